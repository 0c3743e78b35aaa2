import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { fromRelative, MOVE_MS, readPeer, RoomPresence, toRelative } from '..';

const user = { username: 'ada', display_name: 'Ada', initials: 'A' };

function others(awareness: Awareness, client: number, state: unknown): void {
  const before = awareness.getStates().has(client);
  if (state === null) {
    awareness.getStates().delete(client);
  } else {
    awareness.getStates().set(client, state as Record<string, unknown>);
  }
  const added = before ? [] : [client];
  const removed = state === null ? [client] : [];
  const updated = before && state !== null ? [client] : [];
  awareness.emit('change', [{ added, updated, removed }, 'test']);
}

describe('RoomPresence', () => {
  let doc: Y.Doc;
  let awareness: Awareness;
  let presence: RoomPresence;

  beforeEach(() => {
    jest.useFakeTimers();
    doc = new Y.Doc();
    awareness = new Awareness(doc);
    presence = new RoomPresence(awareness);
  });

  afterEach(() => {
    presence.dispose();
    awareness.destroy();
    jest.useRealTimers();
  });

  it('[PRES-2] sends at most ten moves a second, the last one in any case', () => {
    const sent: unknown[] = [];
    awareness.on('change', () => sent.push(awareness.getLocalState()?.at));
    for (let move = 0; move < 100; move++) {
      presence.tell({ cell: `c${move}` });
      jest.advanceTimersByTime(10);
    }
    jest.advanceTimersByTime(MOVE_MS);
    expect(sent.length).toBeLessThanOrEqual(12);
    expect(sent[sent.length - 1]).toEqual({ cell: 'c99' });
  });

  it('[PRES-2] says nothing twice', () => {
    let sent = 0;
    awareness.on('update', () => sent++);
    for (let time = 0; time < 5; time++) {
      presence.tell({ cell: 'same' });
      jest.advanceTimersByTime(2 * MOVE_MS);
    }
    expect(sent).toBe(1);
  });

  it('[PRES-3] asks for a selection when it leaves, so that it fits the text of then', () => {
    const text = doc.getText('source');
    presence.select('c1', () => ({
      ranges: toRelative(text, [[0, text.length]])
    }));
    text.insert(0, 'typed meanwhile');
    jest.advanceTimersByTime(MOVE_MS);
    const { at } = awareness.getLocalState()!;
    expect(fromRelative(text, at.ranges[0])).toEqual([0, 15]);
  });

  it('[PRES-4] tells which cells somebody left and entered', () => {
    const seen: string[][] = [];
    presence.changed.connect((_, cells) => {
      seen.push([...cells].sort());
    });
    others(awareness, 7, { user, at: { cell: 'a' } });
    others(awareness, 7, { user, at: { cell: 'b' } });
    others(awareness, 7, null);
    expect(seen).toEqual([['a'], ['a', 'b'], ['b']]);
    expect(presence.peers.size).toBe(0);
  });
});

describe('relative positions', () => {
  it('[PRES-3] survive edits before them, and mean nothing in another text', () => {
    const doc = new Y.Doc();
    const text = doc.getText('one');
    text.insert(0, 'hello');
    const [range] = toRelative(text, [[1, 3]]);
    text.insert(0, '>> ');
    expect(fromRelative(text, range)).toEqual([4, 6]);
    expect(fromRelative(doc.getText('other'), range)).toBeNull();
    expect(fromRelative(text, ['nonsense!', ''])).toBeNull();
  });
});

describe('readPeer', () => {
  it('[PRES-5] takes nothing on trust but who it is', () => {
    expect(readPeer(1, { at: { cell: 'a' } })).toBeNull();
    const peer = readPeer(1, {
      user: { ...user, color: 7 },
      at: {
        cell: 'x'.repeat(1000),
        ranges: [['a', 'b'], 'no', ['a'], [1, 2]],
        top: ['a', 'b'],
        activity: 'dancing',
        follows: {}
      }
    });
    expect(peer).toMatchObject({
      cell: undefined,
      ranges: [['a', 'b']],
      top: undefined,
      activity: undefined,
      follows: undefined
    });
    expect(peer?.user.color).toBeUndefined();
  });
});
