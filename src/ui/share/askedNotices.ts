import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';

import { IAsked, ISession } from '../../session/model';
import { SessionsModel } from '../../session/sessions';

const KEY = 'jupyterlab-cohost:asked';
const MOST_REMEMBERED = 200;

/**
 * Tells the host which people of the hub asked for a session while the server was stopped: until they come in, or the
 * host has read it in this browser.
 */
export class AskedNotices implements IDisposable {
  constructor(
    private readonly _sessions: SessionsModel,
    private readonly _trans: TranslationBundle,
    private readonly _storage: Pick<Storage, 'getItem' | 'setItem'>
  ) {
    _sessions.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._sessions.changed.disconnect(this._onChanged, this);
    this._shown.forEach(notice => Notification.dismiss(notice));
  }

  private _onChanged(): void {
    const asked = new Map(
      this._sessions.running.flatMap(session =>
        (session.asked ?? []).map(
          one => [keyOf(session, one), { session, one }] as const
        )
      )
    );
    this._shown.forEach((notice, key) => {
      if (!asked.has(key)) {
        Notification.dismiss(notice);
        this._shown.delete(key);
      }
    });
    const read = this._read();
    asked.forEach(({ session, one }, key) => {
      if (!this._shown.has(key) && !read.includes(key)) {
        this._shown.set(key, this._tell(key, session, one));
      }
    });
  }

  private _tell(key: string, session: ISession, { user, at }: IAsked): string {
    const text = this._trans.__(
      '“%1” asked for “%2” on %3, while your server was stopped. They can come in now.',
      user,
      session.title,
      new Date(at).toLocaleString()
    );
    return Notification.info(text, {
      autoClose: false,
      actions: [
        {
          label: this._trans.__('Got it'),
          displayType: 'accent',
          callback: () => this._remember(key)
        }
      ]
    });
  }

  private _remember(key: string): void {
    const read = [...this._read(), key].slice(-MOST_REMEMBERED);
    try {
      this._storage.setItem(KEY, JSON.stringify(read));
    } catch {
      // Without storage it is told again when the page is opened anew.
    }
  }

  private _read(): readonly string[] {
    try {
      const read: unknown = JSON.parse(this._storage.getItem(KEY) ?? '[]');
      return Array.isArray(read) ? read.map(String) : [];
    } catch {
      return [];
    }
  }

  private readonly _shown = new Map<string, string>();
  private _isDisposed = false;
}

function keyOf(session: ISession, { user, at }: IAsked): string {
  return `${session.id} ${at} ${user}`;
}
