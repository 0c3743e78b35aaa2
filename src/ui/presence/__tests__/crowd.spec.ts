import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { ISession, Role } from '../../../session/model';
import { IRoleChange, SessionsModel } from '../../../session/sessions';
import { Everyone } from '../everyone';
import { isWanted } from '../filter';
import { IMember } from '../roster';

const trans = nullTranslator.load('');

/** Two sessions whose roles change as the server's would. */
class Sessions {
  constructor(...people: Record<string, Role>[]) {
    this.people = people.map(one => new Map(Object.entries(one)));
  }

  readonly people: Map<string, Role>[];
  readonly refused = new Set<string>();

  get running(): readonly ISession[] {
    return this.people.map(
      (people, at) =>
        ({
          id: `s${at}`,
          participants: [...people].map(([id, role]) => ({ id, role }))
        }) as unknown as ISession
    );
  }

  find = (id: string) => this.running.find(one => one.id === id);

  async setRoles(changes: readonly IRoleChange[]) {
    const failed = new Map<string, unknown>();
    for (const { session, who, role } of changes) {
      if (this.refused.has(who)) {
        failed.set(who, new Error('Not allowed.'));
      } else {
        this.people[Number(session.slice(1))].set(who, role);
      }
    }
    return failed;
  }
}

const everyone = (sessions: Sessions) =>
  new Everyone(sessions as unknown as SessionsModel, trans);
const notices = () => Notification.manager.notifications;
const undo = async () => {
  const [notice] = notices().filter(({ options }) => options.actions?.length);
  notice.options.actions![0].callback(new MouseEvent('click'));
  await new Promise(resolve => setTimeout(resolve));
};
afterEach(() => notices().forEach(({ id }) => Notification.dismiss(id)));

describe('[UI-57] everyone a viewer', () => {
  it('lowers the guests of all sessions, and gives back what each had', async () => {
    const before = [
      { host: 'host', ada: 'editor', bo: 'runner', cy: 'viewer' },
      { di: 'editor' }
    ] as Record<string, Role>[];
    const sessions = new Sessions(...before);
    const all = everyone(sessions);
    expect(all.isRaised).toBe(true);
    await all.makeViewers();
    expect(sessions.people.map(one => Object.fromEntries(one))).toEqual([
      { host: 'host', ada: 'viewer', bo: 'viewer', cy: 'viewer' },
      { di: 'viewer' }
    ]);
    expect(all.isRaised).toBe(false);
    await undo();
    expect(sessions.people.map(one => Object.fromEntries(one))).toEqual(before);
  });

  it('leaves who was given another role since, and who is gone', async () => {
    const sessions = new Sessions({
      ada: 'editor',
      bo: 'editor',
      cy: 'runner'
    });
    await everyone(sessions).makeViewers();
    sessions.people[0].set('ada', 'runner');
    sessions.people[0].delete('bo');
    await undo();
    expect(Object.fromEntries(sessions.people[0])).toEqual({
      ...{ ada: 'runner', cy: 'runner' }
    });
  });

  it('has one way back, the newest, and none for whom the server refused', async () => {
    const sessions = new Sessions({ ada: 'editor', bo: 'editor' });
    const all = everyone(sessions);
    sessions.refused.add('bo');
    await all.makeViewers();
    expect(notices().map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Not allowed\..*1 role/)])
    );
    sessions.people[0].set('ada', 'runner');
    await all.makeViewers();
    const ways = notices().filter(({ options }) => options.actions?.length);
    expect(ways).toHaveLength(1);
    await undo();
    expect(Object.fromEntries(sessions.people[0])).toEqual({
      ...{ ada: 'runner', bo: 'editor' }
    });
  });
});

describe('[UI-55] the filter', () => {
  const member = {
    ...{ name: 'Zoë Müller', role: 'editor', path: 'data/rides.py' },
    spot: null
  } as IMember;

  it.each([
    ...['', 'zoe', 'MÜLL', 'muller zoe', 'edit', 'rides', ' zoë  rides'],
    ...['Müller editor rides.py']
  ])('finds by %j', wanted =>
    expect(isWanted(member, wanted, trans)).toBe(true)
  );

  it.each(['zoa', 'viewer', 'zoe viewer', 'data'])(
    'does not find by %j',
    wanted => expect(isWanted(member, wanted, trans)).toBe(false)
  );
});
