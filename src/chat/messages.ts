import { inOwnLanguage } from '../protocol/sentences';
import { IEntry, IMember, IPerson } from './model';
import { Have } from './ranges';

/** What the broker says; a frame is a JSON array of these (protocol/chat.md). */
export type FromBroker =
  | {
      readonly type: 'welcome';
      readonly session: string;
      readonly node: string;
      readonly person: IPerson;
      readonly members: readonly IMember[];
      readonly authors: readonly IAuthor[];
      readonly newcomers: Newcomers;
      readonly since: number;
      readonly time: number;
    }
  | ({ readonly type: 'joined' } & IMember)
  | { readonly type: 'away'; readonly node: string }
  | { readonly type: 'left'; readonly node: string }
  | ({ readonly type: 'author' } & IAuthor)
  | { readonly type: 'entry'; readonly entry: IEntry }
  | IRefused
  | {
      readonly type: 'direct';
      readonly node: string;
      readonly from: string;
      readonly to: string;
      readonly at: number;
      readonly box: string;
      readonly data: string;
    }
  | { readonly type: 'delivered'; readonly id: string; readonly at: number }
  | { readonly type: 'typing'; readonly from: string; readonly to?: string }
  | {
      readonly type: 'wanted';
      readonly id: string;
      readonly node: string;
      readonly have: Have;
      readonly marks?: Record<string, string>;
      readonly since: number;
    }
  | {
      readonly type: 'history';
      readonly id: string;
      readonly node?: string;
      readonly entries: readonly IEntry[];
      readonly done: boolean;
      readonly peers?: number;
      readonly lost?: boolean;
      readonly refused?: number;
    }
  | {
      readonly type: 'body_wanted';
      readonly id: string;
      readonly key: string;
      readonly seq: number;
    }
  | {
      readonly type: 'body';
      readonly id: string;
      readonly missing?: boolean;
      readonly salt?: string;
      readonly text?: string;
    }
  | {
      readonly type: 'digest';
      readonly node: string;
      readonly digest: string;
    }
  | { readonly type: 'transcript'; readonly from: string; readonly at: number }
  | {
      readonly type: 'settings';
      readonly newcomers: Newcomers;
      readonly from: string;
    }
  | { readonly type: 'full'; readonly message: string };

export interface IRefused {
  readonly type: 'refused';
  readonly code: string;
  readonly message: string;
  readonly key?: string;
  readonly seq?: number;
  readonly id?: string;
  readonly next?: number;
  readonly retry_ms?: number;
}

export interface IAuthor {
  readonly key: string;
  readonly person: IPerson;
}

/** Whether who comes late gets the discussion so far, or only what comes. */
export type Newcomers = 'all' | 'new';

/** The messages of a frame; a frame that cannot be read has none. */
export function readFrame(frame: string): readonly FromBroker[] {
  try {
    const messages: unknown = JSON.parse(frame);
    return Array.isArray(messages)
      ? messages.filter(isMessage).map(message => inOwnLanguage(message))
      : [];
  } catch {
    return [];
  }
}

function isMessage(value: unknown): value is FromBroker {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { type?: unknown }).type === 'string'
  );
}
