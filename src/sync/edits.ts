import { IDisposable } from '@lumino/disposable';
import * as Y from 'yjs';

import { IBodies } from '../protocol';
import { SendCounter } from './counter';
import { TAKEN_BACK } from './options';
import { Rollback } from './rollback';

export interface IEditsHooks {
  /** Whether this page may edit now. */
  may(): boolean;
  /** Edits were made, or are known to be with the server. */
  changed(): void;
  /** A change of this page was taken back; `message` is for the person and may be empty. */
  refused(body: IBodies['refused']): void;
  /** Only a new handshake brings what is missing. */
  reconnect(): void;
}

/** What this page changed in a document: whether the server has it, and how it is taken back when the server will not. */
export class OwnEdits implements IDisposable {
  /** @param remote - the origin of transactions that came from the room. */
  constructor(
    private readonly _doc: Y.Doc,
    private readonly _remote: object,
    private readonly _hooks: IEditsHooks
  ) {
    this._rollback = new Rollback(_doc, _remote);
    this._rollback.start();
    _doc.on('update', this._onUpdate);
  }

  /** What was sent and acknowledged on the socket of now. */
  readonly counter = new SendCounter();

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._doc.off('update', this._onUpdate);
    this._rollback.dispose();
  }

  /** The first `count` frames of the socket are committed or refused. */
  acked(count: number): void {
    this.counter.acked(count);
    if (!this.counter.unsent) {
      this._rollback.accepted();
    }
    this._hooks.changed();
  }

  /**
   * This page may only read.
   * @param could - it could edit a moment ago.
   */
  forbid(could: boolean): void {
    if (this._rollback.undo() && could) {
      this._hooks.refused({ code: 'forbidden', message: TAKEN_BACK });
    }
    this.counter.nothingToSend();
  }

  /** What the server refused is a hole in this page's history: after the rollback only a new handshake fills it. */
  refuse(body: IBodies['refused']): void {
    if (this._rollback.undo() && this._hooks.may()) {
      this._hooks.reconnect();
    }
    this._hooks.refused(body);
  }

  private _onUpdate = (_update: Uint8Array, origin: unknown): void => {
    if (origin === this._remote) {
      return;
    }
    if (!this._hooks.may()) {
      this._takeBack();
      return;
    }
    this.counter.edited();
    this._hooks.changed();
  };

  /** A reader's page changed the document by itself: take it back before it is seen. */
  private _takeBack(): void {
    if (this._isTakingBack) {
      return;
    }
    this._isTakingBack = true;
    queueMicrotask(() => {
      if (!this._isDisposed && this._rollback.undo()) {
        this._hooks.refused({ code: 'forbidden', message: '' });
      }
      this._isTakingBack = false;
    });
  }

  private readonly _rollback: Rollback;
  private _isTakingBack = false;
  private _isDisposed = false;
}
