import { Decoder, readVarUint8Array } from 'lib0/decoding';
import { applyAwarenessUpdate } from 'y-protocols/awareness';
import type { WebsocketProvider } from 'y-websocket';

import {
  IUser,
  MESSAGES,
  readAwareness,
  readBody,
  said,
  writeAwareness
} from '../protocol';

/**
 * Who is behind each awareness id, as the server told it. It tells once; the states that come carry no `user`, and get it
 * here, so that whoever reads this page's awareness finds it where it always stands.
 */
export class Identities {
  constructor(private readonly _socket: WebsocketProvider) {}

  /** Reads awareness in y-websocket's place. */
  listen(): void {
    const { awareness, messageHandlers } = this._socket;
    messageHandlers[MESSAGES.identities] = (_: unknown, decoder: Decoder) =>
      this.take(readBody('identities', decoder).users);
    messageHandlers[MESSAGES.awareness] = (_: unknown, decoder: Decoder) =>
      applyAwarenessUpdate(
        awareness,
        this.stamp(readVarUint8Array(decoder)),
        this._socket
      );
  }

  /** Takes over what the server told, by awareness id. */
  take(users: Readonly<Record<string, IUser>>): void {
    for (const [client, user] of Object.entries(users)) {
      this._users.set(Number(client), user);
    }
  }

  /** The same update with `user` in each state; what a state says itself counts for nothing. */
  stamp(update: Uint8Array): Uint8Array {
    const entries = readAwareness(update).map(({ client, clock, state }) => {
      if (state === null) {
        this._users.delete(client);
        return { client, clock, state };
      }
      const user = this._users.get(client);
      const own = said(state);
      return { client, clock, state: user ? { ...own, user } : own };
    });
    return writeAwareness(entries);
  }

  private readonly _users = new Map<number, IUser>();
}
