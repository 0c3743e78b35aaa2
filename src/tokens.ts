import { Token } from '@lumino/coreutils';
import { ISignal } from '@lumino/signaling';

import type { OpenRoom, OpenRooms } from './drive';
import type { GuestModel } from './session/guest';
import type { SessionsModel } from './session/sessions';

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

/** The host's running sessions. */
export interface ICohostSessions {
  /** Null on a guest's page. */
  readonly sessions: SessionsModel | null;
}

export const ICohostSessions = new Token<ICohostSessions>(
  'jupyterlab-cohost:ICohostSessions',
  'The sessions that this server’s owner shares.'
);

/** The guest's place in a session. */
export interface ICohostGuest {
  /** Null on the host's page. */
  readonly guest: GuestModel | null;
}

export const ICohostGuest = new Token<ICohostGuest>(
  'jupyterlab-cohost:ICohostGuest',
  'The session that this page is a guest of.'
);
