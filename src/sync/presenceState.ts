/**
 * What one page tells the others about where its person is: the field `at` of its awareness state. Everything in it comes
 * from other people's pages, so it is read with care; who it is (`user`) is the server's word.
 */
import { IUser } from '../protocol';

/** A selection as two relative positions (Yjs, binary, base64): anchor and head. */
export type RelativeRange = readonly [anchor: string, head: string];

/** `idle`: nothing done for two minutes; `away`: the page is hidden since ten. */
export type Activity = 'active' | 'idle' | 'away';

/** Where a person is in one document. */
export interface IPlace {
  /** The cell's id; absent in files and before a cell was entered. */
  readonly cell?: string;
  /** The keyboard goes into the text, not to commands on cells. */
  readonly edit?: boolean;
  readonly ranges?: readonly RelativeRange[];
  /** The caret stands behind the text before it, where that is elsewhere than in front of the text after it: where a line
   * is wrapped, or the direction of writing changes.
   */
  readonly behind?: boolean;
  /** This document is the one in front of that page. */
  readonly front?: boolean;
  /** What stands at the upper edge: a cell's id (empty in files), and how much of it (or which line) is scrolled out. */
  readonly top?: readonly [cell: string, offset: number];
  /** Whom this page follows, by user name. */
  readonly follows?: string;
  /** Absent while active. */
  readonly activity?: Exclude<Activity, 'active'>;
}

/** One page of somebody who is in this document. */
export interface IPeer extends IPlace {
  readonly client: number;
  readonly user: IUser & { readonly verified?: boolean };
}

const MAX_RANGES = 32;
const MAX_TEXT = 200;

type Unknown = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_TEXT;

const isRange = (value: unknown): value is RelativeRange =>
  Array.isArray(value) && value.length === 2 && value.every(isText);

function readTop(value: unknown): IPlace['top'] {
  return Array.isArray(value) && isText(value[0]) && Number.isFinite(value[1])
    ? [value[0], value[1] as number]
    : undefined;
}

function readPlace(at: unknown): IPlace {
  const { cell, edit, ranges, behind, front, top, follows, activity } = (at ??
    {}) as Unknown;
  return {
    cell: isText(cell) ? cell : undefined,
    edit: edit === true,
    ranges: Array.isArray(ranges)
      ? ranges.slice(0, MAX_RANGES).filter(isRange)
      : [],
    behind: behind === true,
    front: front === true,
    top: readTop(top),
    follows: isText(follows) ? follows : undefined,
    activity: activity === 'idle' || activity === 'away' ? activity : undefined
  };
}

/** The peer behind an awareness state, or null for one that names nobody. */
export function readPeer(client: number, state: unknown): IPeer | null {
  const { user, at } = (state ?? {}) as Unknown;
  const person = (user ?? {}) as Unknown;
  if (typeof person.username !== 'string') {
    return null;
  }
  const name = String(person.display_name || person.name || person.username);
  return {
    ...readPlace(at),
    client,
    user: {
      username: person.username,
      name,
      display_name: name,
      initials: String(person.initials ?? ''),
      color: typeof person.color === 'string' ? person.color : undefined,
      verified: person.verified === true
    }
  };
}
