import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { IDocumentAnswer } from '../protocol';
import { SyncState } from './state';

/** Thrown by `locate` when the room cannot be had and trying again is of no use. */
export class RoomRefused extends Error {
  constructor(
    readonly reason: Extract<SyncState, { kind: 'closed' }>['reason'],
    message: string
  ) {
    super(message);
    this.name = 'RoomRefused';
  }
}

export interface IRoomOptions {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /**
   * Finds the document's id and epoch: one request before the socket, and again when sockets are refused before they
   * open, for browsers do not tell why. Rejects with RoomRefused when it is of no use to try again.
   */
  readonly locate: () => Promise<Pick<IDocumentAnswer, 'id' | 'epoch'>>;
  /** Address of the rooms, `ws:` or `wss:`, without the document. */
  readonly url: string;
  readonly WebSocket: typeof WebSocket;
  /** Query parameters of the socket's address, such as a token. */
  readonly params?: Record<string, string>;
  readonly random?: () => number;
}

/** For who typed while their role became one that reads. */
export const TAKEN_BACK =
  'You can only read here now. Your last change was taken back.';

/** For who sees the document being opened anew. */
export const DIFFERED =
  'Your copy of this document read differently from the host’s. It was opened again.';
