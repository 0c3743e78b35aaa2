import { DocumentChange, YDocument } from '@jupyter/ydoc';
import { URLExt } from '@jupyterlab/coreutils';
import { Contents, ServerConnection, User } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { IBodies, PageContext, roomAddresses } from '../protocol';
import { hasUnsent, keepPlain, RoomProvider } from '../sync';
import { IDocumentName, locateDocument } from './locate';

export type SharedDocument = YDocument<DocumentChange>;

export interface IRoomContext {
  readonly settings: ServerConnection.ISettings;
  readonly page: PageContext;
  readonly user: User.IManager;
}

/** One document of this page that is bound to a room on the host's server. */
export class OpenRoom implements IDisposable {
  constructor(
    private readonly _context: IRoomContext,
    name: IDocumentName,
    readonly sharedModel: SharedDocument
  ) {
    this._name = name;
    keepPlain(sharedModel.ydoc);
    this.provider = this._connect();
    sharedModel.disposed.connect(() => this._part());
    void this._introduce();
  }

  readonly provider: RoomProvider;

  get path(): string {
    return this._name.path;
  }

  get name(): IDocumentName {
    return this._name;
  }

  /** The contents model without content; undefined until the server has answered. */
  get model(): Contents.IModel | undefined {
    return this._model;
  }

  /** The path changed: `[old, new]`. */
  get pathChanged(): Signal<this, readonly [string, string]> {
    return this._pathChanged;
  }

  /** Whether somebody else may have written it; so it is until the server has answered. */
  get others(): boolean {
    return this._context.page.mode === 'guest' || this._others;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The connection is closed: after the document is, and when nothing is left to send. */
  get disposed(): Signal<this, void> {
    return this._disposed;
  }

  /** Whether this page holds edits that the server has not acknowledged and still can. */
  get isOwing(): boolean {
    const { state } = this.provider;
    return state.kind !== 'closed' && hasUnsent(state);
  }

  /** Resolves with the contents model when the document is whole. */
  async whole(): Promise<Contents.IModel> {
    await this.provider.ready;
    return this._model!;
  }

  /** Saves now; resolves with the model when the bytes are in the file. */
  async save(): Promise<Contents.IModel> {
    await this.provider.save();
    const modified = new Date().toISOString();
    this._model = { ...this._model!, last_modified: modified };
    return this._model;
  }

  /** Asks for the contents model anew, as after a change of role: whether it can be written is told to JupyterLab. */
  async refresh(): Promise<void> {
    if (this.provider.state.kind !== 'closed') {
      await this._locate();
    }
    if (this._model && !this._isDisposed) {
      const writable = this._model.writable && this.provider.may('edit');
      this._model = { ...this._model, writable };
      this._refreshed.emit(this._model);
    }
  }

  /** The contents model was asked for anew. */
  get refreshed(): ISignal<this, Contents.IModel> {
    return this._refreshed;
  }

  /** The file has another path now. */
  moved(path: string): void {
    const old = this.path;
    if (old === path) {
      return;
    }
    this._name = { ...this._name, path };
    if (this._model) {
      const name = path.split('/').pop()!;
      this._model = { ...this._model, path, name };
    }
    this._pathChanged.emit([old, path]);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.provider.dispose();
    this._disposed.emit();
    Signal.clearData(this);
  }

  /** The document was closed in this page: its last edits are sent first, however long the server is away. */
  private _part(): void {
    const check = () => {
      if (!this.isOwing) {
        this.dispose();
      }
    };
    this.provider.stateChanged.connect(check);
    check();
  }

  private _connect(): RoomProvider {
    const { settings, page } = this._context;
    return new RoomProvider({
      doc: this.sharedModel.ydoc,
      awareness: this.sharedModel.awareness,
      locate: () => this._locate(),
      url: URLExt.join(settings.wsUrl, roomAddresses(page).rooms),
      WebSocket: settings.WebSocket,
      params:
        settings.appendToken && settings.token ? { token: settings.token } : {}
    });
  }

  private async _locate(): ReturnType<typeof locateDocument> {
    const { settings, page } = this._context;
    const answer = await locateDocument(settings, page, this._name);
    this._others = answer.others !== false;
    // The server saves, so its hash and time change behind this page: to compare them would look like a conflict.
    this._model = {
      ...answer.model,
      content: null,
      hash: undefined,
      hash_algorithm: undefined,
      path: this.path,
      format: this._name.format
    };
    return answer;
  }

  /** Tells the others who is here; the server stamps what it knows over it. */
  private async _introduce(): Promise<void> {
    const { user } = this._context;
    await user.ready;
    const identity = user.identity as IBodies['welcome']['user'] | null;
    if (identity && !this._isDisposed) {
      this.sharedModel.awareness.setLocalStateField('user', identity);
    }
  }

  private _name: IDocumentName;
  private _model: Contents.IModel | undefined;
  private _others = true;
  private _isDisposed = false;
  private readonly _refreshed = new Signal<this, Contents.IModel>(this);
  private readonly _disposed = new Signal<this, void>(this);
  private readonly _pathChanged = new Signal<this, readonly [string, string]>(
    this
  );
}
