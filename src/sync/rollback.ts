import * as Y from 'yjs';

/** A set of transaction origins that holds all but one. The undo manager asks for an origin and for its class. */
class AllBut extends Set<unknown> {
  constructor(private readonly _excluded: object) {
    super();
  }

  override has(origin: unknown): boolean {
    return origin !== this._excluded && origin !== this._excluded.constructor;
  }
}

/**
 * Remembers what this page changed and the server has not taken yet, so that a refused change can be taken back.
 *
 * @param remote - the origin of transactions that came from the room.
 */
export class Rollback {
  constructor(
    private readonly _doc: Y.Doc,
    private readonly _remote: object
  ) {}

  /** Whether there are local changes that were not accepted. */
  get pending(): boolean {
    return (this._manager?.undoStack.length ?? 0) > 0;
  }

  /** Begins to remember; call it when the document's types exist. */
  start(): void {
    if (this._manager || this._doc.share.size === 0) {
      return;
    }
    this._manager = new Y.UndoManager([...this._doc.share.values()], {
      doc: this._doc,
      trackedOrigins: new AllBut(this._remote),
      captureTimeout: 24 * 3600 * 1000
    });
  }

  /** The server has everything: nothing to take back. */
  accepted(): void {
    this._manager?.clear();
  }

  /** Takes back all that was not accepted. Returns whether there was anything. */
  undo(): boolean {
    if (!this._manager || !this.pending) {
      return false;
    }
    while (this._manager.undoStack.length > 0) {
      this._manager.undo();
    }
    this._manager.clear();
    return true;
  }

  dispose(): void {
    this._manager?.destroy();
    this._manager = null;
  }

  private _manager: Y.UndoManager | null = null;
}
