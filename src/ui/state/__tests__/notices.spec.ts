import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { OpenRoom } from '../../../drive';
import { SyncState } from '../../../sync';
import { IDocumentActions } from '../actions';
import { followNotices } from '../notices';
import { OutsideNotices } from '../outside';

const trans = nullTranslator.load('');
const shown = () => Notification.manager.notifications;
afterEach(() => shown().forEach(({ id }) => Notification.dismiss(id)));

/** The part of a room's provider that notices look at. */
class Provider {
  readonly id = 'd';
  readonly notice = new Signal<this, object>(this);
  readonly refused = new Signal<this, { message: string }>(this);
  readonly stateChanged = new Signal<this, void>(this);
  readonly saveState = null;
  readonly standing = { kind: 'saved' };
  state: SyncState = { kind: 'synced' };
  may = () => true;
}

function followed() {
  const provider = new Provider();
  const room = { provider, path: 'd/rides.py' } as unknown as OpenRoom;
  const done: string[] = [];
  const actions = {
    close: () => done.push('close'),
    reload: () => done.push('reload'),
    saveCopy: () => done.push('copy')
  } as unknown as IDocumentActions;
  followNotices(room, actions, {} as OutsideNotices, trans);
  return { provider, done };
}

describe('[UI-60] what a document tells', () => {
  it.each(['forbidden', 'not_found'] as const)(
    'offers to close what is not shared any more (%s), and a copy of what was not sent',
    reason => {
      const { provider, done } = followed();
      provider.state = { kind: 'closed', reason, message: 'no', unsent: true };
      provider.stateChanged.emit();
      const [{ options }] = shown();
      expect(options.actions?.map(({ label }) => label)).toEqual([
        'Save my copy…',
        'Close document'
      ]);
      options.actions![1].callback(new MouseEvent('click'));
      expect(done).toEqual(['close']);
    }
  );

  it('offers to open anew what was begun anew', () => {
    const { provider } = followed();
    provider.state = {
      ...{ kind: 'closed', reason: 'history_replaced' },
      ...{ message: 'anew', unsent: true }
    };
    provider.stateChanged.emit();
    expect(shown()[0].options.actions?.map(({ label }) => label)).toEqual([
      'Save my copy…',
      'Reload document'
    ]);
  });

  it('says once what is refused again and again, and again when it was closed', () => {
    const { provider } = followed();
    const refuse = () => provider.refused.emit({ message: 'You can read.' });
    refuse();
    refuse();
    expect(shown()).toHaveLength(1);
    Notification.dismiss(shown()[0].id);
    refuse();
    expect(shown().map(({ message }) => message)).toEqual([
      'rides.py: You can read.'
    ]);
  });
});
