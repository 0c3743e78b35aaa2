/**
 * The room socket's messages of our own (protocol/README.md). A frame is `varuint type`, then a varstring of JSON;
 * `ack` has a varuint in place of the string. Frames below 100 are y-websocket's.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

import { Digest, DocumentId, Epoch } from './ids';
import { MESSAGES } from './tables';

/** JupyterLab's user model, as the server stamps it. */
export interface IUser {
  readonly username: string;
  readonly name: string;
  readonly display_name: string;
  readonly initials: string;
  readonly color?: string;
  readonly avatar_url?: string;
  /** False for a guest whose name is only what they typed. */
  readonly verified?: boolean;
  readonly role?: string;
}

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed';

export type ChangeAction = 'undo' | 'difference';

/** What the people present are told; `change` names another program's change, `where` its conflicts. */
export interface INotice {
  readonly code: string;
  readonly message: string;
  readonly change?: string;
  readonly where?: readonly string[];
}

/** The body of each message by its name. */
export interface IBodies {
  /** `identities`: this page is told once who is who, not in every state. */
  hello: { version: number; identities?: true };
  welcome: {
    version: number;
    epoch: Epoch;
    path: string;
    capabilities: string[];
    user: IUser;
    limits: Record<string, number>;
  };
  /** How many of this socket's sync messages are committed or were refused. */
  ack: number;
  /** `at`: milliseconds since 1970; `safe` is false when the journal cannot be written. */
  save_state: {
    state: SaveState;
    at: number;
    reason?: string;
    safe: boolean;
  };
  refused: { code: string; message: string };
  vouched: { digests: Digest[]; all?: boolean };
  vouch: { digests: Digest[] };
  /** `restore`: a file that is gone is made again. */
  save: { id: string; restore?: true };
  save_result: { id: string; ok: boolean; message?: string };
  notice: INotice;
  renamed: { path: string };
  change: { id: string; change: string; action: ChangeAction };
  change_result: {
    id: string;
    ok: boolean;
    message?: string;
    difference?: string;
  };
  ping: Record<string, never>;
  pong: Record<string, never>;
  /** Who is behind awareness ids; comes before the states. */
  identities: { users: Record<string, IUser> };
  /** What a copy that has all changes so far says. */
  copy: { kind: string; digest: string };
}

export type MessageName = keyof IBodies;

/** What `POST documents` answers. */
export interface IDocumentAnswer<Model = unknown> {
  readonly id: DocumentId;
  readonly epoch: Epoch;
  /** The contents model without content. */
  readonly model: Model;
  /** False when nobody but the server's own users could ever write it; a guest is not told. */
  readonly others?: boolean;
}

/** One frame of our own. */
export function encodeMessage<Name extends MessageName>(
  name: Name,
  body: IBodies[Name]
): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MESSAGES[name]);
  if (name === 'ack') {
    encoding.writeVarUint(encoder, body as number);
  } else {
    encoding.writeVarString(encoder, JSON.stringify(body));
  }
  return encoding.toUint8Array(encoder);
}

/** The body after the type. Throws on bytes that are not such a body. */
export function readBody<Name extends MessageName>(
  name: Name,
  decoder: decoding.Decoder
): IBodies[Name] {
  const body: unknown =
    name === 'ack'
      ? decoding.readVarUint(decoder)
      : JSON.parse(decoding.readVarString(decoder));
  return body as IBodies[Name];
}

const SYNC_STEP_2 = 1;
const SYNC_UPDATE = 2;

/** Whether a frame is counted by the server's acknowledgements: a step 2 or an update. */
export function carriesUpdate(frame: Uint8Array): boolean {
  return (
    frame[0] === MESSAGES.sync &&
    (frame[1] === SYNC_STEP_2 || frame[1] === SYNC_UPDATE)
  );
}

/** Whether a sync frame answers a step 1. */
export function isStep2(frame: Uint8Array): boolean {
  return frame[1] === SYNC_STEP_2;
}

/** Whether a step 2 or update frame says nothing: no structs and no deletions. */
export function isEmptyUpdate(frame: Uint8Array): boolean {
  return frame.length === 5 && frame[2] === 2 && !frame[3] && !frame[4];
}
