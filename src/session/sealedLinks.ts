/** A link, and its secret as this browser may keep it. */
export interface IWayIn {
  readonly link: string;
  /** Only the server can open it. */
  readonly sealed: string;
}

/** What is needed of the browser's storage. */
export type IKeeps = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'jupyterlab-cohost:sealed-links';

/** What this browser keeps of links over a restart of the server: useless to whoever reads it here. */
export class SealedLinks {
  /**
   * @param storage - of the browser; null keeps nothing.
   * @param server - tells servers of one origin apart (JupyterHub).
   */
  constructor(
    private readonly _storage: IKeeps | null,
    server: string
  ) {
    this._key = `${KEY}:${server}`;
  }

  get(invite: string): string | undefined {
    const sealed = this._all()[invite];
    return typeof sealed === 'string' ? sealed : undefined;
  }

  keep(invite: string, sealed: string): void {
    if (this.get(invite) !== sealed) {
      this._write({ ...this._all(), [invite]: sealed });
    }
  }

  /** Forgets all but these. */
  only(invites: ReadonlySet<string>): void {
    const all = this._all();
    const left = Object.entries(all).filter(([id]) => invites.has(id));
    if (left.length < Object.keys(all).length) {
      this._write(Object.fromEntries(left));
    }
  }

  private _all(): Record<string, unknown> {
    try {
      const value: unknown = JSON.parse(
        this._storage?.getItem(this._key) ?? '{}'
      );
      return value instanceof Object ? { ...value } : {};
    } catch {
      return {};
    }
  }

  private _write(all: Record<string, unknown>): void {
    try {
      this._storage?.setItem(this._key, JSON.stringify(all));
    } catch {
      /* Not kept. */
    }
  }

  private readonly _key: string;
}
