/** Awareness updates, as y-protocols has them: varuint count, then per state varuint id, varuint clock, varstring of JSON. */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

import { MESSAGES } from './tables';

/** `state` null: that client is gone. */
export interface IAwarenessEntry {
  readonly client: number;
  readonly clock: number;
  readonly state: Readonly<Record<string, unknown>> | null;
}

/** Throws on bytes that are no such update. */
export function readAwareness(update: Uint8Array): IAwarenessEntry[] {
  const decoder = decoding.createDecoder(update);
  const entries: IAwarenessEntry[] = [];
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const state = JSON.parse(decoding.readVarString(decoder));
    entries.push({ client, clock, state });
  }
  return entries;
}

export function writeAwareness(
  entries: readonly IAwarenessEntry[]
): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, entries.length);
  for (const { client, clock, state } of entries) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(state));
  }
  return encoding.toUint8Array(encoder);
}

/** A state without who it is. */
export function said(
  state: Readonly<Record<string, unknown>>
): Readonly<Record<string, unknown>> {
  const { user, ...own } = state;
  return user === undefined ? state : own;
}

/**
 * What of an awareness frame leaves a page: its own state, without who it is, for that is the server's word. y-websocket
 * sends back what it has just heard of all others. Null when nothing is left.
 */
export function ownMoves(
  frame: Uint8Array,
  client: number
): Uint8Array<ArrayBuffer> | null {
  const decoder = decoding.createDecoder(frame);
  decoding.readVarUint(decoder);
  const own = readAwareness(decoding.readVarUint8Array(decoder)).filter(
    entry => entry.client === client
  );
  if (own.length === 0) {
    return null;
  }
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MESSAGES.awareness);
  encoding.writeVarUint8Array(
    encoder,
    writeAwareness(
      own.map(({ state, ...entry }) => ({
        ...entry,
        state: state && said(state)
      }))
    )
  );
  return encoding.toUint8Array(encoder);
}
