import { ISignal, Signal } from '@lumino/signaling';

import { PageChat, IHeard } from '../../chat/page';
import { EntryId, IMessage, Log } from '../../chat';
import { mentions } from './mentions';

/** What the panel shows: one session's chat, one thread of it, what is being written, what has not been read. */
export class ChatModel {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Somebody wrote to this person: by name, or 1-to-1. */
  get called(): ISignal<this, string> {
    return this._called;
  }

  get chat(): PageChat | null {
    return this._chat;
  }

  /** The participant of the 1-to-1 thread in front, or null for everybody. */
  get peer(): string | null {
    return this._peer;
  }

  get log(): Log | null {
    const node = this._chat?.node;
    return node
      ? this._peer === null
        ? node.log
        : node.letters.with(this._peer)
      : null;
  }

  /** Messages of others that this person has not seen. */
  get unread(): number {
    return [...this._unread.values()].reduce((sum, count) => sum + count, 0);
  }

  unreadIn(peer: string | null): number {
    return this._unread.get(peer) ?? 0;
  }

  /** The session in front. What was said in another one is not forgotten: its page chat lives on. */
  show(chat: PageChat | null): void {
    if (chat === this._chat) {
      return;
    }
    this._chat?.changed.disconnect(this._emit, this);
    this._chat?.heard.disconnect(this._onHeard, this);
    this._chat = chat;
    this._peer = null;
    this._unread.clear();
    this.stopWriting();
    chat?.changed.connect(this._emit, this);
    chat?.heard.connect(this._onHeard, this);
    this._emit();
  }

  open(peer: string | null): void {
    this._peer = peer;
    this.stopWriting();
    this.read();
    this._emit();
  }

  /** Whether the person sees the thread in front. */
  isSeen: () => boolean = () => false;

  /** The thread in front has been seen. */
  read(): void {
    if (this._unread.delete(this._peer)) {
      this._emit();
    }
  }

  draft = '';
  replyTo: EntryId | null = null;
  editing: EntryId | null = null;

  write(draft: string): void {
    this.draft = draft;
    if (draft !== '') {
      this._chat?.node.type(this._peer ?? undefined);
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
    const node = this._chat?.node;
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

  private _onHeard(chat: PageChat, { id, peer }: IHeard): void {
    const inFront = peer === this._peer && this.isSeen();
    if (!inFront) {
      this._unread.set(peer, (this._unread.get(peer) ?? 0) + 1);
    }
    const { node } = chat;
    const log = peer === null ? node.log : node.letters.with(peer);
    const message = log.message(id);
    const text = message?.text ?? message?.head ?? '';
    const isCalled = peer !== null || mentions(text, node.me?.name ?? '');
    if (message && isCalled && !inFront) {
      this._called.emit(node.people.person(message.entry.author)?.name ?? '');
    }
    this._emit();
  }

  private _emit(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _called = new Signal<this, string>(this);
  private readonly _unread = new Map<string | null, number>();
  private _chat: PageChat | null = null;
  private _peer: string | null = null;
}
