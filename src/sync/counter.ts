/**
 * Counts the frames that one socket carried to the server and the server's acknowledgements of them. Clean means: the
 * server has every edit of this page in its journal.
 */
export class SendCounter {
  /** Frames given to this socket and not acknowledged. */
  get unacked(): number {
    return Math.max(0, this._sent - this._acked);
  }

  /** Whether there are edits that the server did not acknowledge. */
  get unsent(): boolean {
    return this._unsent;
  }

  /** This page changed the document. */
  edited(): void {
    this._unsent = true;
  }

  /** A new socket: both sides count from zero. */
  restart(): void {
    this._sent = this._acked = 0;
    this._caughtUp = false;
  }

  /** @param isStep2 - the frame that brings everything the server lacks. */
  sent(isStep2: boolean): void {
    this._sent += 1;
    this._caughtUp ||= isStep2;
  }

  /** The first `count` frames of this socket are committed or refused. */
  acked(count: number): void {
    this._acked = count;
    if (this._caughtUp && this.unacked === 0) {
      this._unsent = false;
    }
  }

  /** Nothing of this page is to be sent (it may only read, or took its changes back). */
  nothingToSend(): void {
    this._unsent = false;
  }

  private _sent = 0;
  private _acked = 0;
  private _caughtUp = false;
  private _unsent = false;
}
