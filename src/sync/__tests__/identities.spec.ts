import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import {
  applyAwarenessUpdate,
  Awareness,
  encodeAwarenessUpdate
} from 'y-protocols/awareness';
import * as Y from 'yjs';

import { IUser, MESSAGES, ownMoves, readAwareness } from '../../protocol';
import { Identities } from '../identities';

const ADA: IUser = {
  username: 'p1',
  name: 'Ada',
  display_name: 'Ada',
  initials: 'A',
  role: 'editor'
};

function awarenessOf(state: Record<string, unknown>): Awareness {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(state);
  return awareness;
}

const updateOf = (awareness: Awareness) =>
  encodeAwarenessUpdate(awareness, [...awareness.getStates().keys()]);

describe('Identities', () => {
  it('[PRES-5] puts the server’s word into states, and nobody else’s', () => {
    const ada = awarenessOf({ at: { cell: 'c' }, user: { name: 'The host' } });
    const here = awarenessOf({});
    const identities = new Identities(null!);
    const take = () =>
      applyAwarenessUpdate(here, identities.stamp(updateOf(ada)), null);
    take();
    expect(here.getStates().get(ada.clientID)).toEqual({ at: { cell: 'c' } });
    identities.take({ [ada.clientID]: ADA });
    ada.setLocalStateField('at', { cell: 'd' });
    take();
    expect(here.getStates().get(ada.clientID)).toEqual({
      at: { cell: 'd' },
      user: ADA
    });
    [ada, here].forEach(awareness => awareness.destroy());
  });

  it('[PRES-5] lets states go', () => {
    const ada = awarenessOf({ x: 1 });
    const identities = new Identities(null!);
    identities.take({ [ada.clientID]: ADA });
    ada.setLocalState(null);
    const gone = encodeAwarenessUpdate(ada, [ada.clientID]);
    expect(readAwareness(identities.stamp(gone))[0].state).toBeNull();
    ada.destroy();
  });
});

describe('ownMoves', () => {
  const frameOf = (awareness: Awareness) => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGES.awareness);
    encoding.writeVarUint8Array(encoder, updateOf(awareness));
    return encoding.toUint8Array(encoder);
  };

  it('[PRES-2] sends this page’s state only, without who it is', () => {
    const ada = awarenessOf({ at: { cell: 'c' }, user: ADA });
    const bob = awarenessOf({ at: {} });
    applyAwarenessUpdate(ada, updateOf(bob), null);
    const sent = ownMoves(frameOf(ada), ada.clientID)!;
    const decoder = decoding.createDecoder(sent);
    expect(decoding.readVarUint(decoder)).toBe(MESSAGES.awareness);
    expect(readAwareness(decoding.readVarUint8Array(decoder))).toEqual([
      expect.objectContaining({
        client: ada.clientID,
        state: { at: { cell: 'c' } }
      })
    ]);
    expect(ownMoves(frameOf(ada), 12345)).toBeNull();
    [ada, bob].forEach(awareness => awareness.destroy());
  });
});
