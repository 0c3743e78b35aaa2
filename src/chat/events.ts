import { Keys, Verify } from './keys';
import { Newcomers } from './messages';
import { EntryId } from './model';

/** What a node is given: no clock, randomness or socket of its own. */
export interface INodeOptions {
  readonly keys?: Keys;
  readonly clock: IClock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Replaced by loads that check each signature once for all their nodes. */
  readonly verify?: Verify;
}

export interface IClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** @returns the way to cancel. */
  later(ms: number, call: () => void): () => void;
}

/** What the panel shows between the messages. */
export type INotice =
  | { readonly kind: 'transcript'; readonly from: string; readonly at: number }
  | {
      readonly kind: 'newcomers';
      readonly newcomers: Newcomers;
      readonly from: string;
    }
  | { readonly kind: 'forged'; readonly claims: string }
  /** One author signed two different entries with one number. */
  | { readonly kind: 'twofold'; readonly author: string }
  /** The partner of a 1-to-1 thread sent what was said before this page opened. */
  | { readonly kind: 'again'; readonly from: string }
  | { readonly kind: 'error'; readonly message: string };

/** What changed. `message`: somebody else said something new, in the thread with `peer` (null: to all). */
export type NodeEvent =
  | { readonly kind: 'changed' }
  | {
      readonly kind: 'message';
      readonly id: EntryId;
      readonly peer: string | null;
      readonly live: boolean;
    }
  | { readonly kind: 'notice'; readonly notice: INotice };

export type Send = (message: object) => void;
