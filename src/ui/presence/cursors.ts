/**
 * Cursors and selections of others in CodeMirror editors: drawn as layers, so that they take no place in the text, and
 * wrapped lines, folded code and both directions of writing are CodeMirror's own affair.
 */
import {
  EditorSelection,
  Extension,
  SelectionRange,
  StateEffect
} from '@codemirror/state';
import {
  EditorView,
  layer,
  LayerMarker,
  RectangleMarker,
  ViewPlugin,
  ViewUpdate
} from '@codemirror/view';
import type * as Y from 'yjs';

import { IUser } from '../../protocol';
import { fromRelative, IPeer, RoomPresence, toRelative } from '../../sync';
import { paint } from './colors';
import { Flags, ICaretBox } from './flags';
import { personsOf } from './people';

/** The text of one editor. */
export interface ICursorSource {
  readonly presence: RoomPresence;
  readonly text: Y.Text;
  /** The cell's id; undefined in files. */
  readonly cell?: string;
}

interface IDrawn {
  readonly client: number;
  readonly user: IUser;
  readonly idle: boolean;
  /** The caret is drawn at the text before it, or after it. */
  readonly side: -1 | 1;
  anchor: number;
  head: number;
}

const moved = StateEffect.define<null>();

/** A rectangle in its person's colour. */
class Mark implements LayerMarker {
  constructor(
    private readonly _rectangle: RectangleMarker,
    readonly peer: IDrawn
  ) {}

  eq(other: LayerMarker): boolean {
    return (
      other instanceof Mark &&
      other.peer.client === this.peer.client &&
      other.peer.idle === this.peer.idle &&
      this._rectangle.eq(other._rectangle)
    );
  }

  draw(): HTMLElement {
    const node = this._rectangle.draw();
    paint(node, this.peer.user);
    node.dataset.client = String(this.peer.client);
    node.classList.toggle('jp-mod-idle', this.peer.idle);
    return node;
  }
}

class RemoteCursors {
  constructor(
    private readonly _view: EditorView,
    private readonly _source: ICursorSource
  ) {
    _source.presence.changed.connect(this._onPresence, this);
    this._resolve();
  }

  drawn: IDrawn[] = [];

  update(update: ViewUpdate): void {
    if (update.docChanged) {
      for (const peer of this.drawn) {
        peer.anchor = update.changes.mapPos(peer.anchor, 1);
        peer.head = update.changes.mapPos(peer.head, 1);
      }
    }
    if (hasMoved(update)) {
      this._resolve();
    }
    const { docChanged, selectionSet, focusChanged } = update;
    if ((docChanged || selectionSet || focusChanged) && this._view.hasFocus) {
      this._tell();
    }
    if (docChanged || update.geometryChanged) {
      this._later(() => this._flags.move());
    }
  }

  destroy(): void {
    this._isGone = true;
    this._source.presence.changed.disconnect(this._onPresence, this);
    this._flags.dispose();
    window.cancelAnimationFrame(this._frame);
  }

  /** Shows the names of those whose caret is under the pointer. */
  hover({ clientX, clientY }: MouseEvent): void {
    if (this.drawn.length === 0) {
      return;
    }
    const carets = this._view.dom.querySelectorAll('.jp-cohost-caret');
    for (const caret of carets) {
      const box = caret.getBoundingClientRect();
      const near =
        Math.abs(clientX - box.left) < 5 &&
        clientY >= box.top - 2 &&
        clientY <= box.bottom + 2;
      const client = Number((caret as HTMLElement).dataset.client);
      const peer = near && this.drawn.find(one => one.client === client);
      if (peer) {
        this._flags.show(client, peer.user);
      }
    }
  }

  private _onPresence(_: RoomPresence, cells: ReadonlySet<string>): void {
    if (!cells.has(this._source.cell ?? '') || this._frame) {
      return;
    }
    this._frame = window.requestAnimationFrame(() => {
      this._frame = 0;
      this._view.dispatch({ effects: moved.of(null) });
    });
  }

  private _resolve(): void {
    const before = new Map(this.drawn.map(peer => [peer.client, peer]));
    const { presence, cell } = this._source;
    this.drawn = [];
    for (const { peer } of personsOf(presence.peers.values())) {
      const drawn = peer.cell === cell && this._draw(peer);
      if (!drawn) {
        continue;
      }
      this.drawn.push(drawn);
      const last = before.get(peer.client);
      if (last?.head !== drawn.head || last.anchor !== drawn.anchor) {
        this._later(() => this._flags.show(drawn.client, drawn.user));
      }
      before.delete(peer.client);
    }
    before.forEach((_, client) => this._flags.hide(client));
  }

  private _draw(peer: IPeer): IDrawn | null {
    const range =
      peer.ranges?.[0] && fromRelative(this._source.text, peer.ranges[0]);
    if (!range) {
      return null;
    }
    const end = this._view.state.doc.length;
    const [anchor, head] = range.map(index => Math.min(index, end));
    const { client, user } = peer;
    const side = peer.behind ? -1 : 1;
    return { client, user, idle: !!peer.activity, side, anchor, head };
  }

  /** The layout of an editor cannot be read while it updates. */
  private _later(act: () => void): void {
    window.requestAnimationFrame(() => this._isGone || act());
  }

  private _tell(): void {
    const { presence, cell, text } = this._source;
    presence.select(cell, () => {
      const { ranges, main } = this._view.state.selection;
      const sent = [main, ...ranges.filter(range => range !== main)];
      const within = (index: number) => Math.min(index, text.length);
      if (!text.doc) {
        return null;
      }
      const all = sent.map(
        one => [within(one.anchor), within(one.head)] as const
      );
      const behind = isBehind(this._view, main) || undefined;
      return { ranges: toRelative(text, all), behind };
    });
  }

  private _where(client: number): ICaretBox | null {
    const peer = this.drawn.find(one => one.client === client);
    const at = peer && this._view.coordsAtPos(peer.head, peer.side);
    if (!at || !this._view.dom.isConnected || at.bottom - at.top < 1) {
      return null;
    }
    // On an empty line it is a DOMRect, whose edges are no properties of its own.
    const { left, top, bottom } = at;
    const middle = (top + bottom) / 2;
    const row = bottom - top;
    const ends = {
      above: textEnd(this._view, middle - row),
      own: textEnd(this._view, middle),
      below: textEnd(this._view, middle + row)
    };
    return { left, top, bottom, clip: clipOf(this._view), ends };
  }

  private readonly _flags = new Flags(client => this._where(client));
  private _frame = 0;
  private _isGone = false;
}

function hasMoved(update: ViewUpdate): boolean {
  return update.transactions.some(transaction =>
    transaction.effects.some(effect => effect.is(moved))
  );
}

/** Whether the caret of a selection is drawn behind the text before it, and elsewhere than in front of what follows. */
function isBehind(view: EditorView, range: SelectionRange): boolean {
  const { empty, assoc, anchor, head } = range;
  if (empty ? assoc >= 0 : head < anchor) {
    return false;
  }
  const before = view.coordsAtPos(head, -1);
  const after = view.coordsAtPos(head, 1);
  return (
    !!before &&
    !!after &&
    (Math.abs(before.left - after.left) > 1 ||
      Math.abs(before.top - after.top) > 1)
  );
}

/** Where the text of the row at a height of the window ends; -Infinity where there is none. */
function textEnd(view: EditorView, y: number): number {
  const { right } = view.contentDOM.getBoundingClientRect();
  const last = view.posAtCoords({ x: right, y }, false);
  // Behind the text before it, or where a run of the other direction begins.
  const ends = ([-1, 1] as const)
    .map(side => view.coordsAtPos(last, side))
    .map(box =>
      box && box.top <= y && y <= box.bottom ? box.right : -Infinity
    );
  return Math.max(...ends);
}

/** What can be seen of the editor: as wide as it is itself, as high as what scrolls it. */
function clipOf(view: EditorView): ICaretBox['clip'] {
  const { left, right } = view.scrollDOM.getBoundingClientRect();
  const scroller = view.dom.closest('.jp-WindowedPanel-outer') ?? view.dom;
  const { top, bottom } = scroller.getBoundingClientRect();
  return { left, right, top, bottom };
}

/** The extension of one editor: draws the others, and tells where this person is. */
export function remoteCursors(source: ICursorSource): Extension {
  const plugin = ViewPlugin.define(view => new RemoteCursors(view, source), {
    eventObservers: {
      mousemove(event) {
        this.hover(event);
      }
    }
  });
  const marks = (
    view: EditorView,
    name: string,
    range: (peer: IDrawn) => ReturnType<typeof EditorSelection.range> | null
  ) =>
    (view.plugin(plugin)?.drawn ?? []).flatMap(peer => {
      const drawn = range(peer);
      return drawn
        ? RectangleMarker.forRange(view, name, drawn).map(
            rectangle => new Mark(rectangle, peer)
          )
        : [];
    });
  const update = (change: ViewUpdate) =>
    change.docChanged ||
    change.viewportChanged ||
    change.geometryChanged ||
    hasMoved(change);
  return [
    plugin,
    layer({
      above: false,
      class: 'jp-cohost-selections',
      update,
      markers: view =>
        marks(view, 'jp-cohost-selection', ({ anchor, head }) =>
          anchor === head ? null : EditorSelection.range(anchor, head)
        )
    }),
    layer({
      above: true,
      class: 'jp-cohost-carets',
      update,
      markers: view =>
        marks(view, 'jp-cohost-caret', ({ head, side }) =>
          EditorSelection.cursor(head, side)
        )
    })
  ];
}
