import { ServerConnection } from '@jupyterlab/services';
import { URLExt } from '@jupyterlab/coreutils';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { ChatLink, LinkState, systemClock } from './link';
import { EntryId } from './model';
import { INotice, NodeEvent } from './events';
import { ChatNode } from './node';

/** Where the chat's socket stands: below the gateway on a guest's page, below the server on the host's. */
export function chatAddress(
  settings: ServerConnection.ISettings,
  session: string | null
): string {
  const path =
    session === null
      ? 'chat'
      : `cohost/api/sessions/${encodeURIComponent(session)}/chat`;
  const url = URLExt.join(settings.wsUrl, path);
  return session !== null && settings.appendToken && settings.token !== ''
    ? `${url}?token=${encodeURIComponent(settings.token)}`
    : url;
}

/** A message of somebody else that came in while this page was open. */
export interface IHeard {
  readonly id: EntryId;
  /** The participant of a 1-to-1 thread, or null. */
  readonly peer: string | null;
}

/** This page's part in the discussion of one session. It lives in this object, and nowhere else. */
export class PageChat implements IDisposable {
  constructor(settings: ServerConnection.ISettings, session: string | null) {
    this.node = new ChatNode({ clock: systemClock, random: Math.random });
    const open = () =>
      new settings.WebSocket(chatAddress(settings, session)) as WebSocket;
    this._link = new ChatLink(this.node, open, systemClock, Math.random);
    this._link.onState = () => this._changed.emit();
    this.node.listen(event => this._onEvent(event));
    this._link.connect();
    window.addEventListener('pagehide', () => this.node.leave(), {
      signal: this._end.signal
    });
  }

  readonly node: ChatNode;

  get state(): LinkState {
    return this.isDisposed
      ? { kind: 'closed', code: 1000, reason: '' }
      : this._link.state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get heard(): ISignal<this, IHeard> {
    return this._heard;
  }

  /** What happened besides messages, the last at the end. */
  get notices(): readonly INotice[] {
    return this._notices;
  }

  get noticed(): ISignal<this, INotice> {
    return this._noticed;
  }

  get isDisposed(): boolean {
    return this._end.signal.aborted;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._end.abort();
    this._link.dispose();
    this.node.dispose();
    this._changed.emit();
    Signal.clearData(this);
  }

  private _onEvent(event: NodeEvent): void {
    switch (event.kind) {
      case 'changed':
        this._changed.emit();
        break;
      case 'message':
        if (event.live) {
          this._heard.emit({ id: event.id, peer: event.peer });
        }
        break;
      case 'notice':
        this._notices = [...this._notices.slice(-9), event.notice];
        this._noticed.emit(event.notice);
        this._changed.emit();
        break;
    }
  }

  private readonly _end = new AbortController();
  private readonly _link: ChatLink;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _heard = new Signal<this, IHeard>(this);
  private readonly _noticed = new Signal<this, INotice>(this);
  private _notices: INotice[] = [];
}
