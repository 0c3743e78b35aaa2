import { ISignal, Signal } from '@lumino/signaling';

import { PageChat, IHeard } from '../../chat/page';
import { EntryId, IMessage, Log } from '../../chat';
import { mentions } from './mentions';

/** One session's chat on this page. */
export interface ISessionChat {
  readonly session: string;
  /** What the session is called. */
  readonly label: string;
  readonly chat: PageChat;
}

/** Somebody wrote to this person: by name, or 1-to-1; or said the first thing in a silent session. */
export interface ICall {
  /** To everybody, and nothing had been said before. */
  readonly isFirst: boolean;
  readonly name: string;
  readonly session: string;
  readonly peer: string | null;
}

/** What the panel shows: a session's chat, one thread of it, what is being written, what has not been read. */
export class ChatModel {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get called(): ISignal<this, ICall> {
    return this._called;
  }

  /** Somebody else said something that is not in front. */
  get unseen(): ISignal<this, void> {
    return this._unseen;
  }

  get sessions(): readonly ISessionChat[] {
    return this._sessions;
  }

  /** The session in front, or null. */
  get session(): string | null {
    return this._session;
  }

  get chat(): PageChat | null {
    return this._front?.chat ?? null;
  }

  /** The participant of the 1-to-1 thread in front, or null for everybody. */
  get peer(): string | null {
    return this._peer;
  }

  get log(): Log | null {
    return this.chat?.node.thread(this._peer ?? undefined) ?? null;
  }

  /** Messages of others that this person has not seen, in all sessions. */
  get unread(): number {
    return [...this._unread.values()].reduce((sum, count) => sum + count, 0);
  }

  unreadIn(peer: string | null, session = this._session): number {
    return this._unread.get(keyOf(session, peer)) ?? 0;
  }

  /** In all threads of a session. */
  unreadOf(session: string): number {
    return [...this._unread]
      .filter(([key]) => key.startsWith(`${session}\n`))
      .reduce((sum, [, count]) => sum + count, 0);
  }

  /** The chats that there are, the newest session first. The one in front stays there while it lives. */
  set(sessions: readonly ISessionChat[]): void {
    const old = this._sessions;
    this._sessions = sessions;
    const isIn = (list: readonly ISessionChat[], { chat }: ISessionChat) =>
      list.some(other => other.chat === chat);
    old.filter(one => !isIn(sessions, one)).forEach(one => this._drop(one));
    sessions.filter(one => !isIn(old, one)).forEach(one => this._add(one));
    if (!this._front) {
      this._show(sessions[0]?.session ?? null, null);
    }
    this._emit();
  }

  /** Goes to another session. */
  choose(session: string): void {
    this._show(session, null);
  }

  open(peer: string | null, session = this._session): void {
    this._show(session, peer);
  }

  /** Whether the person sees the thread in front. */
  isSeen: () => boolean = () => false;

  /** Goes to the thread of what came last and has not been read; stays where there is nothing of that kind. */
  toUnread(): void {
    const last = [...this._unread.keys()].pop();
    if (last && !this._unread.has(keyOf(this._session, this._peer))) {
      const [session, peer] = last.split('\n');
      this._show(session, peer || null);
    }
  }

  /** The thread in front has been seen. */
  read(): void {
    if (this._unread.delete(keyOf(this._session, this._peer))) {
      this._emit();
    }
  }

  draft = '';
  replyTo: EntryId | null = null;
  editing: EntryId | null = null;

  write(draft: string): void {
    this.draft = draft;
    if (draft !== '') {
      this.chat?.node.type(this._peer ?? undefined);
    }
    this._emit();
  }

  /** Adds to what is being written, and asks for the focus. */
  add(text: string): void {
    const gap = this.draft === '' || this.draft.endsWith('\n') ? '' : '\n';
    this.draft += gap + text;
    this._emit();
  }

  reply(id: EntryId): void {
    this.replyTo = id;
    this.editing = null;
    this._emit();
  }

  edit(message: IMessage): void {
    this.editing = message.id;
    this.replyTo = null;
    this.draft = message.text ?? '';
    this._emit();
  }

  stopWriting(): void {
    this.draft = '';
    this.replyTo = this.editing = null;
    this._emit();
  }

  /** Sends what is written. @throws RangeError when it is too long. */
  send(): void {
    const node = this.chat?.node;
    const text = this.draft.trim();
    if (!node || text === '') {
      return;
    }
    const to = this._peer ?? undefined;
    if (this.editing) {
      node.edit(this.editing, text, to);
    } else {
      node.post(text, this.replyTo ?? undefined, to);
    }
    this.stopWriting();
  }

  private get _front(): ISessionChat | undefined {
    return this._sessions.find(({ session }) => session === this._session);
  }

  /** What was being written in a thread waits there. */
  private _show(session: string | null, peer: string | null): void {
    this._drafts.set(keyOf(this._session, this._peer), this.draft);
    this._session = session;
    this._peer = peer;
    this.replyTo = this.editing = null;
    this.draft = this._drafts.get(keyOf(session, peer)) ?? '';
    if (this.isSeen()) {
      this.read();
    }
    this._emit();
  }

  private _add({ session, chat }: ISessionChat): void {
    const onHeard = (_: PageChat, heard: IHeard) =>
      this._onHeard(session, chat, heard);
    chat.changed.connect(this._emit, this);
    chat.heard.connect(onHeard);
    this._stops.set(chat, () => {
      chat.changed.disconnect(this._emit, this);
      chat.heard.disconnect(onHeard);
    });
  }

  private _drop({ session, chat }: ISessionChat): void {
    this._stops.get(chat)?.();
    this._stops.delete(chat);
    [this._unread, this._drafts].forEach(map =>
      [...map.keys()]
        .filter(key => key.startsWith(`${session}\n`))
        .forEach(key => map.delete(key))
    );
    if (session === this._session) {
      this._session = this._peer = null;
      this.stopWriting();
    }
  }

  private _onHeard(session: string, chat: PageChat, heard: IHeard): void {
    const { id, peer } = heard;
    const isInFront =
      session === this._session && peer === this._peer && this.isSeen();
    const { node } = chat;
    const log = node.thread(peer ?? undefined);
    const message = log.message(id);
    const text = message?.text ?? message?.head ?? '';
    if (!isInFront) {
      const key = keyOf(session, peer);
      const count = (this._unread.get(key) ?? 0) + 1;
      this._unread.delete(key);
      this._unread.set(key, count);
      this._unseen.emit();
    }
    const isCalled = peer !== null || mentions(text, node.me?.name ?? '');
    const isFirst = log.messages.length === 1;
    if (message && (isCalled || isFirst) && !isInFront) {
      const name = node.people.person(message.entry.author)?.name ?? '';
      this._called.emit({ name, session, peer, isFirst: !isCalled });
    }
    this._emit();
  }

  private _emit(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _called = new Signal<this, ICall>(this);
  private readonly _unseen = new Signal<this, void>(this);
  private readonly _unread = new Map<string, number>();
  private readonly _drafts = new Map<string, string>();
  private readonly _stops = new Map<PageChat, () => void>();
  private _sessions: readonly ISessionChat[] = [];
  private _session: string | null = null;
  private _peer: string | null = null;
}

/** Names a thread of a session. */
function keyOf(session: string | null, peer: string | null): string {
  return `${session ?? ''}\n${peer ?? ''}`;
}
