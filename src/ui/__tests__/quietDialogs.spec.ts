import {
  Dialog,
  Notification,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';

import { quietDialogs } from '../quietDialogs';

const modals = () => document.querySelectorAll('.jp-Dialog').length;
const told = () =>
  Notification.manager.notifications.map(({ message }) => message);
const turn = () => new Promise(resolve => setTimeout(resolve, 0));

describe('quietDialogs', () => {
  let stop: () => void;
  let time = 0;
  let text: HTMLTextAreaElement;

  beforeEach(() => {
    time = 1_000_000;
    stop = quietDialogs(() => time);
    text = document.body.appendChild(document.createElement('textarea'));
  });
  afterEach(async () => {
    stop();
    text.remove();
    Notification.dismiss();
    Dialog.flush();
    await turn();
  });

  it('[UI-51] tells in a notification what failed while somebody types, and the keys stay there', async () => {
    text.focus();
    await showErrorMessage('File Save Error for a.py', 'It was moved.');
    await turn();
    expect(modals()).toBe(0);
    expect(told()).toEqual(['File Save Error for a.py: It was moved.']);
    expect(document.activeElement).toBe(text);
  });

  it('[UI-51] tells the same again when it happens again', async () => {
    text.focus();
    await showErrorMessage('Error', 'It was moved.');
    await showErrorMessage('Error', 'It was moved.');
    expect(told()).toHaveLength(2);
  });

  it('[UI-51] does so for three seconds after a key anywhere', async () => {
    text.blur();
    const key = new KeyboardEvent('keydown', { key: 'j', bubbles: true });
    document.body.dispatchEvent(key);
    time += 2000;
    await showErrorMessage('Kernel died', 'It starts again.');
    expect(modals()).toBe(0);
    time += 2000;
    const later = showErrorMessage('Kernel died', 'It starts again.');
    later.catch(() => undefined);
    await turn();
    expect(modals()).toBe(1);
  });

  it('[UI-51] leaves dialogs alone that ask something, and those in answer to nothing typed', async () => {
    text.focus();
    const buttons = [Dialog.cancelButton(), Dialog.okButton()];
    const body = 'It is gone then.';
    showDialog({ title: 'Sure?', body, buttons }).catch(() => undefined);
    await turn();
    expect(modals()).toBe(1);
    expect(told()).toEqual([]);
  });
});
