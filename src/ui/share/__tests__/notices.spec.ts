import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { IEvent, IKnock, ISession } from '../../../session/model';
import { SessionsModel } from '../../../session/sessions';
import { Gathered } from '../gathered';
import { Notices } from '../notices';

const trans = nullTranslator.load('');
const shown = () =>
  Notification.manager.notifications.map(({ message }) => message);

afterEach(() =>
  Notification.manager.notifications.forEach(({ id }) =>
    Notification.dismiss(id)
  )
);

/** The part of the model that notices look at. */
class Sessions {
  readonly changed = new Signal<this, void>(this);
  readonly happened = new Signal<this, IEvent>(this);
  running: readonly ISession[] = [];
  find = () => this.running[0];

  become(knocks: readonly IKnock[], names: readonly string[] = []): void {
    const participants = names.map(name => ({ id: name, name }));
    this.running = [{ id: 's', knocks, participants } as unknown as ISession];
    this.changed.emit();
  }
}

function noticed() {
  const sessions = new Sessions();
  let looked = 0;
  const notices = new Notices(
    sessions as unknown as SessionsModel,
    trans,
    () => true,
    () => looked++
  );
  return { sessions, notices, looked: () => looked };
}

const knock = (at: number) =>
  ({ id: `k${at}`, name: `Guest ${at}`, role: 'editor' }) as IKnock;
const knocks = (count: number) =>
  Array.from({ length: count }, (_, at) => knock(at));

describe('[UI-56] what happens to many is told once', () => {
  it.each(['joined', 'left'])('thirty who %s are one notification', kind => {
    const { sessions, notices } = noticed();
    const names = Array.from({ length: 30 }, (_, at) => `Guest ${at}`);
    sessions.become([], names);
    for (const name of names) {
      sessions.happened.emit({
        ...{ type: `participant-${kind}`, session: 's', name },
        participant: kind === 'left' ? name : { id: name }
      });
    }
    expect(shown()).toEqual([`30 people ${kind}`]);
    notices.dispose();
  });

  it('one person is told by name', () => {
    const { sessions, notices } = noticed();
    sessions.become([], ['Ada']);
    sessions.happened.emit({
      ...{ type: 'participant-joined', session: 's' },
      participant: { id: 'Ada' }
    });
    expect(shown()).toEqual(['Ada is here now']);
    notices.dispose();
  });

  it('a minute later it is told anew, and nobody is counted twice', () => {
    let now = 0;
    const words = (names: readonly string[]) => names.join('+');
    const gathered = new Gathered(words, () => now);
    gathered.add('a', 'Ada');
    gathered.add('b', 'Bo');
    gathered.add('a', 'Ada');
    expect(shown()).toEqual(['Ada+Bo']);
    now = 60_001;
    gathered.add('c', 'Cy');
    expect([...shown()].sort()).toEqual(['Ada+Bo', 'Cy']);
  });

  it('what was closed is not counted on', () => {
    const gathered = new Gathered(
      names => names.join('+'),
      () => 0
    );
    gathered.add('a', 'Ada');
    Notification.dismiss(Notification.manager.notifications[0].id);
    gathered.add('b', 'Bo');
    expect(shown()).toEqual(['Bo']);
  });

  it('a crowd at the door is one notification that counts along and shows who waits', () => {
    const { sessions, notices, looked } = noticed();
    sessions.become(knocks(3));
    expect(shown()).toHaveLength(3);
    sessions.become(knocks(12));
    expect(shown()).toEqual(['12 people are waiting to join']);
    sessions.become(knocks(30));
    expect(shown()).toEqual(['30 people are waiting to join']);
    const [show] = Notification.manager.notifications[0].options.actions!;
    show.callback(new MouseEvent('click'));
    expect(looked()).toBe(1);
    sessions.become(knocks(2));
    expect(shown()).toHaveLength(2);
    expect(shown().join()).toContain('Guest 0');
    sessions.become([]);
    expect(shown()).toEqual([]);
    notices.dispose();
  });
});
