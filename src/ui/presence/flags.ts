import { IUser } from '../../protocol';
import { paint } from './colors';

const SHOWN_MS = 2000;
const GAP_PX = 1;

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
}

/** The top of a flag: above the line, below it where above cannot be seen; null when the caret cannot be seen. */
export function flagTop(box: ICaretBox, height: number): number | null {
  const { clip } = box;
  const isOut =
    box.bottom <= clip.top ||
    box.top >= clip.bottom ||
    box.left < clip.left ||
    box.left > clip.right;
  if (isOut) {
    return null;
  }
  const above = box.top - height - GAP_PX;
  return above >= clip.top ? above : box.bottom + GAP_PX;
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
    const top = box && flagTop(box, node.offsetHeight);
    node.hidden = top === null;
    if (box && top !== null) {
      const right = Math.max(0, box.clip.right - node.offsetWidth);
      node.style.top = `${Math.round(top)}px`;
      node.style.left = `${Math.round(Math.min(box.left - 1, right))}px`;
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
