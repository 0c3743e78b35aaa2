import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { IAsked, ISession } from '../../../session/model';
import { SessionsModel } from '../../../session/sessions';
import { AskedNotices } from '../askedNotices';

const trans = nullTranslator.load('');
const BO: IAsked = { user: 'bo', at: Date.UTC(2026, 10, 21, 12) };

function sessionsWith(asked: IAsked[]) {
  const session = { id: 's', title: 'Our notes', asked } as unknown as ISession;
  const model = { running: [session], changed: new Signal<object, void>({}) };
  return model as unknown as SessionsModel & {
    running: ISession[];
    changed: Signal<object, void>;
  };
}

function messages(): string[] {
  return Notification.manager.notifications.map(one => one.message);
}

describe('who asked while the server was stopped [HUB-36]', () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(() => Notification.dismiss());

  const open = (sessions: SessionsModel) =>
    new AskedNotices(sessions, trans, window.localStorage);

  it('is told once, until they come in', () => {
    const sessions = sessionsWith([BO]);
    const notices = open(sessions);
    sessions.changed.emit();
    expect(messages()).toHaveLength(1);
    expect(messages()[0]).toContain('“bo” asked for “Our notes”');
    sessions.running[0] = { ...sessions.running[0], asked: [] };
    sessions.changed.emit();
    expect(messages()).toEqual([]);
    notices.dispose();
  });

  it('is not told again where the host has read it, but a new wish is', () => {
    const sessions = sessionsWith([BO]);
    const first = open(sessions);
    const [notice] = Notification.manager.notifications;
    notice.options.actions?.[0].callback(new MouseEvent('click'));
    first.dispose();
    const second = open(sessions);
    expect(messages()).toEqual([]);
    const later = { ...BO, at: BO.at + 1 };
    sessions.running[0] = { ...sessions.running[0], asked: [later] };
    sessions.changed.emit();
    expect(messages()).toHaveLength(1);
    second.dispose();
    expect(messages()).toEqual([]);
  });

  it('is told where the browser keeps nothing or nonsense', () => {
    for (const kept of ['{', '7', '{}']) {
      const storage = {
        getItem: () => kept,
        setItem: () => {
          throw new Error('full');
        }
      };
      const notices = new AskedNotices(sessionsWith([BO]), trans, storage);
      const [notice] = Notification.manager.notifications;
      notice.options.actions?.[0].callback(new MouseEvent('click'));
      notices.dispose();
    }
  });
});
