import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { fromBase64, toBase64 } from 'lib0/buffer';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { IPeer, IPlace, readPeer, RelativeRange } from './presenceState';

/** At most ten moves a second leave this page. */
export const MOVE_MS = 100;

/** Anchor and head as indices into a text. */
export type IndexRange = readonly [anchor: number, head: number];

/** What a page tells of its selection. */
export type Selected = Pick<IPlace, 'ranges' | 'behind'>;

type Ask = () => Selected | null;

/** Who else is in one document and where, and what this page tells about itself. */
export class RoomPresence implements IDisposable {
  constructor(private readonly _awareness: Awareness) {
    _awareness.on('change', this._onChange);
    this._read([..._awareness.getStates().keys()]);
  }

  /** Every other page in the document, by its client id. */
  get peers(): ReadonlyMap<number, IPeer> {
    return this._peers;
  }

  /** Peers came, went or moved; the argument holds the ids of the cells that they left or entered ('' for no cell). */
  get changed(): ISignal<this, ReadonlySet<string>> {
    return this._changed;
  }

  /** What this page tells. */
  get place(): IPlace {
    return this._place;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Tells a part of the place anew, now or with the next move that may leave. */
  tell(part: Partial<IPlace>): void {
    this._place = { ...this._place, ...part };
    this._soon();
  }

  /**
   * Tells a selection.
   * @param cell - undefined in files.
   * @param ask - asked when the move leaves, for then the shared text holds what was typed; null keeps the last.
   */
  select(cell: string | undefined, ask: Ask): void {
    this._ask = ask;
    this.tell({ cell, edit: true });
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    clearTimeout(this._timer);
    this._awareness.off('change', this._onChange);
    Signal.clearData(this);
  }

  private _soon(): void {
    if (this._timer !== undefined || this._isDisposed) {
      return;
    }
    const wait = Math.max(0, this._sentAt + MOVE_MS - Date.now());
    this._timer = setTimeout(() => this._send(), wait);
  }

  private _send(): void {
    this._timer = undefined;
    const selected = this._ask?.();
    this._ask = null;
    if (selected) {
      this._place = { ...this._place, behind: undefined, ...selected };
    }
    const text = JSON.stringify(this._place);
    if (text !== this._sent && this._awareness.getLocalState()) {
      this._sent = text;
      this._sentAt = Date.now();
      this._awareness.setLocalStateField('at', this._place);
    }
  }

  private _onChange = (change: {
    added: number[];
    updated: number[];
    removed: number[];
  }): void => {
    this._read([...change.added, ...change.updated, ...change.removed]);
  };

  private _read(clients: readonly number[]): void {
    const cells = new Set<string>();
    const people = new Set<string>();
    for (const client of clients) {
      if (client === this._awareness.clientID) {
        continue;
      }
      const before = this._peers.get(client);
      const state = this._awareness.getStates().get(client);
      const after = readPeer(client, state);
      if (after) {
        this._peers.set(client, after);
      } else {
        this._peers.delete(client);
      }
      [before, after].forEach(peer => {
        if (peer) {
          cells.add(peer.cell ?? '');
          people.add(peer.user.username);
        }
      });
    }
    // Of several pages of one person only one is shown, and that may be another one now.
    for (const { user, cell } of this._peers.values()) {
      if (people.has(user.username)) {
        cells.add(cell ?? '');
      }
    }
    if (cells.size > 0) {
      this._changed.emit(cells);
    }
  }

  private readonly _peers = new Map<number, IPeer>();
  private readonly _changed = new Signal<this, ReadonlySet<string>>(this);
  private _place: IPlace = {};
  private _ask: Ask | null = null;
  private _sent = '';
  private _sentAt = 0;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _isDisposed = false;
}

/** Indices as positions that survive edits. Indices must lie in the text. */
export function toRelative(
  text: Y.Text,
  ranges: readonly IndexRange[]
): RelativeRange[] {
  const encode = (index: number) =>
    toBase64(
      Y.encodeRelativePosition(
        Y.createRelativePositionFromTypeIndex(text, index)
      )
    );
  return ranges.map(([anchor, head]) => [encode(anchor), encode(head)]);
}

/** Positions of others as indices of now; null for one that lies in no text that this page has, or in another. */
export function fromRelative(
  text: Y.Text,
  [anchor, head]: RelativeRange
): IndexRange | null {
  const from = resolve(text, anchor);
  const to = resolve(text, head);
  return from === null || to === null ? null : [from, to];
}

function resolve(text: Y.Text, position: string): number | null {
  try {
    const absolute = Y.createAbsolutePositionFromRelativePosition(
      Y.decodeRelativePosition(fromBase64(position)),
      text.doc!
    );
    return absolute && absolute.type === text ? absolute.index : null;
  } catch {
    return null;
  }
}
