/**
 * How JupyterLab gets and saves documents that are bound to rooms: the first whole copy comes over the socket, and a
 * save is a message. What no room can hold (images, folders) goes the ordinary way.
 */
import {
  Contents,
  IContentProvider,
  SharedDocumentFactory
} from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

import { IRoomContext, OpenRoom, SharedDocument } from './room';
import { OpenRooms } from './rooms';
import { RoomFile, RoomNotebook } from './sharedModels';

/** The name under which the provider is registered. */
export const CONTENT_PROVIDER_ID = 'cohost';

const SHARED_FORMATS: readonly unknown[] = ['text', 'json'];

type Options = Contents.ISharedFactoryOptions;

export class RoomContentProvider implements IContentProvider {
  constructor(
    private readonly _drive: Contents.IDrive,
    private readonly _context: IRoomContext,
    readonly rooms: OpenRooms
  ) {
    this.sharedModelFactory.registerDocumentFactory(
      'file',
      () => new RoomFile()
    );
    this.sharedModelFactory.registerDocumentFactory(
      'notebook',
      () => new RoomNotebook()
    );
    _drive.fileChanged.connect(this._onDriveChanged, this);
  }

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  /** The documents that can be shared, by contents type; other extensions add theirs. */
  readonly sharedModelFactory = {
    collaborative: true,
    documentFactories: new Map<string, SharedDocumentFactory>(),
    registerDocumentFactory: (
      type: Contents.ContentType,
      factory: SharedDocumentFactory
    ): void =>
      void this.sharedModelFactory.documentFactories.set(type, factory),
    createNew: (options: Options): SharedDocument | undefined =>
      this._createNew(options)
  };

  /** The open documents in the form that jupyter-collaboration's dependants know. */
  get providers(): Map<
    string,
    { readonly ready: Promise<void> } & OpenRoom['provider']
  > {
    return new Map(
      [...this.rooms].map(({ name, provider }) => [
        `${name.format}:${name.type}:${name.path}`,
        provider
      ])
    );
  }

  async get(
    path: string,
    options: Contents.IFetchOptions = {}
  ): Promise<Contents.IModel> {
    const rooms = this._find(path, options);
    if (rooms.length > 0) {
      const models = await Promise.all(rooms.map(room => room.whole()));
      return models[0];
    }
    return this._drive.get(path, { ...options, contentProviderId: undefined });
  }

  async save(
    path: string,
    options: Partial<Contents.IModel> & Contents.IContentProvisionOptions = {}
  ): Promise<Contents.IModel> {
    const [room] = this._find(path, options);
    return room
      ? room.save()
      : this._drive.save(path, { ...options, contentProviderId: undefined });
  }

  private _createNew(options: Options): SharedDocument | undefined {
    const { path, format, contentType } = options;
    const factory = this.sharedModelFactory.documentFactories.get(contentType);
    if (!factory || !SHARED_FORMATS.includes(format)) {
      return undefined;
    }
    const model = factory(options) as SharedDocument;
    const room = new OpenRoom(
      this._context,
      { path, format, type: contentType },
      model
    );
    room.provider.renamed.connect((_, to) => this._onRenamed(room, to));
    room.refreshed.connect((_, newValue) =>
      this._fileChanged.emit({ type: 'save', oldValue: null, newValue })
    );
    this.rooms.add(room);
    return model;
  }

  private _find(
    path: string,
    { type, format }: { type?: string; format?: string | null }
  ): OpenRoom[] {
    return this.rooms
      .at(path)
      .filter(({ name }) => !type || name.type === type)
      .filter(({ name }) => !format || name.format === format);
  }

  /** This page renamed a file or folder: the server tells too, but later. */
  private _onDriveChanged(_: unknown, change: Contents.IChangedArgs): void {
    const from = change.oldValue?.path;
    const to = change.newValue?.path;
    if (change.type !== 'rename' || !from || !to) {
      return;
    }
    for (const room of [...this.rooms]) {
      if (room.path === from || room.path.startsWith(`${from}/`)) {
        room.moved(to + room.path.slice(from.length));
      }
    }
  }

  /** Somebody else renamed it: contexts follow the drive's signal. */
  private _onRenamed(room: OpenRoom, to: string): void {
    const from = room.path;
    if (from === to) {
      return;
    }
    room.moved(to);
    this._fileChanged.emit({
      type: 'rename',
      oldValue: { path: from },
      newValue: { ...room.model, path: to }
    });
  }

  private readonly _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
}
