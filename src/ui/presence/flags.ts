import { IUser } from '../../protocol';
import { paint } from './colors';

const SHOWN_MS = 2000;
const GAP_PX = 1;
/** Between the end of a text and a name behind it. */
const BESIDE_PX = 6;

/** Where a caret stands in the window, and what of it can be seen. */
export interface ICaretBox {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
  /** The part of the window in which the editor can be seen. */
  readonly clip: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  /** Where the text ends in the row above, in the caret's own and in the one below; -Infinity for no text. */
  readonly ends: Readonly<Record<'above' | 'own' | 'below', number>>;
}

interface ISize {
  readonly width: number;
  readonly height: number;
}

/**
 * The corner of a flag: above the caret or below it where there is no text, else behind the text of the row above, of its
 * own or of the one below. Null when the caret cannot be seen.
 */
export function flagPlace(
  { left, top, bottom, clip, ends }: ICaretBox,
  { width, height }: ISize
): { readonly left: number; readonly top: number } | null {
  const isOut =
    bottom <= clip.top ||
    top >= clip.bottom ||
    left < clip.left ||
    left > clip.right;
  if (isOut) {
    return null;
  }
  const most = Math.max(0, clip.right - width);
  const at = Math.min(left - 1, most);
  const tops = {
    above: top - height - GAP_PX,
    own: Math.round((top + bottom - height) / 2),
    below: bottom + GAP_PX
  };
  const fits = (row: 'above' | 'below') =>
    row === 'above'
      ? tops.above >= clip.top
      : tops.below + height <= clip.bottom;
  for (const row of ['above', 'below'] as const) {
    if (fits(row) && ends[row] <= at) {
      return { left: at, top: tops[row] };
    }
  }
  for (const row of ['above', 'own', 'below'] as const) {
    const behind = Math.max(at, ends[row] + BESIDE_PX);
    if ((row === 'own' || fits(row)) && behind <= most) {
      return { left: behind, top: tops[row] };
    }
  }
  return { left: at, top: fits('above') ? tops.above : tops.below };
}

/** The names of those who moved a moment ago, drawn above the page so that no editor cuts them off. */
export class Flags {
  constructor(private readonly _where: (client: number) => ICaretBox | null) {}

  /** Shows a name for two seconds. */
  show(client: number, user: IUser): void {
    const flag = this._flags.get(client) ?? this._add(client);
    if (flag.name !== user.display_name) {
      flag.name = flag.node.textContent = user.display_name;
      paint(flag.node, user);
    }
    window.clearTimeout(flag.timer);
    flag.timer = window.setTimeout(() => this.hide(client), SHOWN_MS);
    // It fades by an animation, which began with the first move.
    flag.node.getAnimations().forEach(fade => (fade.currentTime = 0));
    this._place(client, flag);
  }

  hide(client: number): void {
    const flag = this._flags.get(client);
    if (flag) {
      window.clearTimeout(flag.timer);
      flag.node.remove();
      this._flags.delete(client);
    }
    if (this._flags.size === 0) {
      document.removeEventListener('scroll', this._onScroll, true);
    }
  }

  /** Carets may stand elsewhere now. */
  move(): void {
    this._flags.forEach((flag, client) => this._place(client, flag));
  }

  dispose(): void {
    [...this._flags.keys()].forEach(client => this.hide(client));
  }

  private _add(client: number): IFlag {
    if (this._flags.size === 0) {
      document.addEventListener('scroll', this._onScroll, {
        capture: true,
        passive: true
      });
    }
    const node = document.createElement('div');
    node.className = 'jp-cohost-flag';
    node.setAttribute('aria-hidden', 'true');
    node.dir = 'auto';
    document.body.appendChild(node);
    const flag = { node, name: '', timer: 0 };
    this._flags.set(client, flag);
    return flag;
  }

  private _place(client: number, { node }: IFlag): void {
    const box = this._where(client);
    const size = { width: node.offsetWidth, height: node.offsetHeight };
    const place = box && flagPlace(box, size);
    node.hidden = !place;
    if (place) {
      node.style.top = `${Math.round(place.top)}px`;
      node.style.left = `${Math.round(place.left)}px`;
    }
  }

  private _onScroll = (): void => {
    window.cancelAnimationFrame(this._frame);
    this._frame = window.requestAnimationFrame(() => this.move());
  };

  private readonly _flags = new Map<number, IFlag>();
  private _frame = 0;
}

interface IFlag {
  readonly node: HTMLElement;
  name: string;
  timer: number;
}
