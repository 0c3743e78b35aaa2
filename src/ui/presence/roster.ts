import { YNotebook } from '@jupyter/ydoc';
import { ISignal, Signal } from '@lumino/signaling';

import { OpenRoom } from '../../drive';
import { Role } from '../../session/model';
import { IHere, PeopleModel } from '../../session/people';
import { Activity, IPeer } from '../../sync';
import { Presences } from './hub';
import { personsOf } from './people';

/** Where somebody is in a document that this page has open too. */
export interface ISpot {
  readonly room: OpenRoom;
  readonly peer: IPeer;
}

/** One person of the session. */
export interface IMember {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  /** Null when only their cursor is known. */
  readonly role: Role | null;
  readonly verified: boolean;
  readonly isMe: boolean;
  /** Null when nobody tells, as while their page connects anew. */
  readonly activity: Activity | null;
  /** The document in front of them; null in none. */
  readonly path: string | null;
  /** Every document that they have open. */
  readonly paths: readonly string[];
  readonly spot: ISpot | null;
  /** How they reach the server, and how long a message takes there and back; null when it is not known. */
  readonly via: IHere['via'];
  readonly roundTripMs: number | null;
}

/** How often the lists are drawn anew at most. */
const SETTLE_MS = 150;
const SPOTTED_MS = 2000;

/** This page's person. */
export interface IMyself {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  /** On the host's own page. */
  readonly isHost: boolean;
}

/** Who is here: what the server tells, and what the documents of this page show. */
export class Roster {
  constructor(
    private readonly _presences: Presences,
    private readonly _people: PeopleModel | null,
    private readonly _me: () => IMyself
  ) {
    _presences.changed.connect(this._soon, this);
    _people?.changed.connect(this._soon, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Me first, then by name. */
  get members(): readonly IMember[] {
    return (this._members ??= this._look());
  }

  get others(): readonly IMember[] {
    return this.members.filter(member => !member.isMe);
  }

  find(id: string): IMember | undefined {
    return this.members.find(member => member.id === id);
  }

  /** Where exactly somebody is, once this page has their document open; null when it is not told within two seconds. */
  spotted(id: string): Promise<ISpot | null> {
    return new Promise(resolve => {
      const end = (spot: ISpot | null) => {
        window.clearTimeout(timer);
        this._changed.disconnect(look);
        resolve(spot);
      };
      const look = () => {
        const spot = this.find(id)?.spot;
        if (spot) {
          end(spot);
        }
      };
      const timer = window.setTimeout(() => end(null), SPOTTED_MS);
      this._changed.connect(look);
      look();
    });
  }

  /** The others who have this file open, or for a folder something below it. */
  in(path: string, isFolder = false): readonly IMember[] {
    return this.others.filter(({ paths }) =>
      paths.some(one =>
        isFolder ? one.startsWith(path ? `${path}/` : '') : one === path
      )
    );
  }

  private _soon(): void {
    this._members = null;
    if (this._timer === undefined) {
      this._timer = window.setTimeout(() => {
        this._timer = undefined;
        this._compare();
      }, SETTLE_MS);
    }
  }

  /** A caret that moves within its cell changes no list. */
  private _compare(): void {
    const shown = JSON.stringify(
      this.members.map(({ spot, ...member }) => [member, spot?.peer.cell])
    );
    if (shown !== this._shown) {
      this._shown = shown;
      this._changed.emit();
    }
  }

  private _look(): IMember[] {
    const spots = this._spots();
    const me = this._me();
    const ids = new Set([
      me.id,
      ...(this._people?.people.keys() ?? []),
      ...spots.keys()
    ]);
    return [...ids]
      .map(id =>
        memberOf(id, me, this._people?.people.get(id), spots.get(id) ?? [])
      )
      .filter(one => one.isMe || !(me.isHost && isNowhere(one)))
      .sort(
        (a, b) =>
          Number(b.isMe) - Number(a.isMe) ||
          a.name.localeCompare(b.name) ||
          (a.id < b.id ? -1 : 1)
      );
  }

  private _spots(): Map<string, ISpot[]> {
    const spots = new Map<string, ISpot[]>();
    for (const room of this._presences.rooms) {
      const { peers } = this._presences.of(room);
      for (const { user, peer } of personsOf(peers.values())) {
        const known = spots.get(user.username) ?? [];
        spots.set(user.username, [...known, { room, peer }]);
      }
    }
    return spots;
  }

  private _members: IMember[] | null = null;
  private _shown = '';
  private _timer: number | undefined;
  private readonly _changed = new Signal<this, void>(this);
}

function memberOf(
  id: string,
  me: IMyself,
  here: IHere | undefined,
  spots: readonly ISpot[]
): IMember {
  const isMe = id === me.id;
  const front = spots.find(({ peer }) => peer.front);
  const user = spots[0]?.peer.user;
  const seen = spots.map(({ room }) => room.path);
  const paths = [...new Set([...(here?.paths ?? []), ...seen])];
  const elsewhere =
    here?.front && !seen.includes(here.front) ? here.front : null;
  const spot = front ?? (elsewhere === null ? (spots[0] ?? null) : null);
  return {
    id,
    name: here?.name ?? user?.display_name ?? (isMe ? me.name : id),
    color: here?.color || user?.color || (isMe ? me.color : ''),
    role: here?.role ?? (isMe && me.isHost ? 'host' : null),
    verified: here?.verified ?? user?.verified ?? false,
    isMe,
    activity: here?.activity ?? activityOf(spots) ?? (isMe ? 'active' : null),
    path: spot?.room.path ?? elsewhere ?? paths[paths.length - 1] ?? null,
    paths,
    spot,
    via: here?.via ?? null,
    roundTripMs: here?.round_trip_ms ?? null
  };
}

/** What somebody does in the documents that this page has open too; null in none. */
function activityOf(spots: readonly ISpot[]): Activity | null {
  const [person] = personsOf(spots.map(({ peer }) => peer));
  return person?.activity ?? null;
}

/** The host as the session knows them, beside the host's own page, which may have another user name. */
function isNowhere({ role, paths }: IMember): boolean {
  return role === 'host' && paths.length === 0;
}

/** Which cell of its notebook that is, from 1; null in files and for a cell that is gone. */
export function cellNumber({ room, peer }: ISpot): number | null {
  const { sharedModel } = room;
  if (!peer.cell || !(sharedModel instanceof YNotebook)) {
    return null;
  }
  const at = sharedModel.cells.findIndex(cell => cell.getId() === peer.cell);
  return at < 0 ? null : at + 1;
}
