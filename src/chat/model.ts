/** What travels in a discussion (protocol/chat.md). Times of the clock are milliseconds since 1970. */

/** A participant as the host's server knows it. */
export interface IPerson {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly initials: string;
  readonly role: string;
  /** May delete what others wrote, and decides what newcomers see. */
  readonly host: boolean;
  readonly verified: boolean;
}

/** One page of a participant. */
export interface IMember {
  readonly node: string;
  /** Ed25519 public key, base64url. */
  readonly key: string;
  /** X25519 public key, base64url. */
  readonly seal: string;
  readonly person: IPerson;
  /** No sign of life: may come back. */
  readonly away: boolean;
  readonly digest: string;
  /** When we heard the digest, in ms; not there: before we came. */
  readonly digestAt?: number;
}

/** Names an entry. */
export interface IReference {
  readonly author: string;
  readonly key: string;
  readonly seq: number;
  /** Logical time. */
  readonly time: number;
}

export type EntryKind = 'message' | 'edit' | 'delete' | 'reaction';

/** A text with the salt of its hash; in an entry, a long one leaves only its head. */
export type Body =
  | { readonly salt: string; readonly text: string }
  | { readonly salt: string; readonly head: string };

/** What the server says about an entry that was posted. */
export interface IStamp {
  readonly at: number;
  readonly host: boolean;
  readonly mac: string;
}

export interface IEntry extends IReference {
  readonly kind: EntryKind;
  readonly hash?: string;
  readonly head_hash?: string;
  /** Characters (code points). */
  readonly size?: number;
  readonly reply?: IReference;
  readonly target?: IReference;
  readonly emoji?: string;
  readonly on?: boolean;
  /** The participant that a 1-to-1 entry is for. */
  readonly to?: string;
  readonly signature: string;
  /** Not signed, but its hash is. Gone when the message is deleted. */
  readonly body?: Body;
  /** Not signed. Missing while the server has not taken the entry. */
  readonly stamp?: IStamp;
}

export type EntryId = string & { readonly __brand: 'EntryId' };

export function idOf(entry: { key: string; seq: number }): EntryId {
  return `${entry.key}:${entry.seq}` as EntryId;
}

export function referenceTo(entry: IReference): IReference {
  const { author, key, seq, time } = entry;
  return { author, key, seq, time };
}

/** The one order that everybody sees: logical time, then author, then the author's page. */
export function compareEntries(a: IReference, b: IReference): number {
  return (
    a.time - b.time ||
    compareText(a.author, b.author) ||
    compareText(a.key, b.key) ||
    a.seq - b.seq
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface IReaction {
  readonly emoji: string;
  /** Participant ids. */
  readonly from: readonly string[];
}

/** A message as it is shown. */
export interface IMessage {
  readonly id: EntryId;
  readonly entry: IEntry;
  /** null: deleted, or long and not fetched (then `head` has its beginning), or not known to anybody here. */
  readonly text: string | null;
  readonly head: string | null;
  readonly size: number;
  /** The entry whose text is shown: the message or its last edit. */
  readonly shown: IEntry;
  readonly edited: boolean;
  readonly deleted: null | 'author' | 'host';
  readonly reactions: readonly IReaction[];
  /** The message that this answers, if it is known here. */
  readonly answers: EntryId | null;
  /** Not taken by the server yet. */
  readonly pending: boolean;
}
