import { Token } from '@lumino/coreutils';
import { ISignal } from '@lumino/signaling';

import type { OpenRoom, OpenRooms } from './drive';

/** The documents of this page that are bound to rooms on the host's server. */
export interface ICohostRooms {
  readonly rooms: OpenRooms;

  /** The room of a document widget, or undefined when it is not shared. */
  roomOf(widget: object | null | undefined): OpenRoom | undefined;

  /** Somebody tried to change (or run) what they may only read: a place for a quiet hint. */
  readonly hinted: ISignal<ICohostRooms, IReadOnlyHint>;

  /** Gives such a hint. */
  hint(hint: IReadOnlyHint): void;
}

export interface IReadOnlyHint {
  readonly room: OpenRoom;
  /** What is missing. */
  readonly capability: 'edit' | 'execute';
}

export const ICohostRooms = new Token<ICohostRooms>(
  'jupyterlab-cohost:ICohostRooms',
  'The documents of this page that are shared through the host’s server.'
);
