import { ILabShell } from '@jupyterlab/application';
import { ISignal } from '@lumino/signaling';

/** Below this a side panel beside another one pushes what it holds off the screen. */
const NARROW = '(width < 600px)';

/** What is needed of JupyterLab's shell. */
export interface ISides {
  readonly leftCollapsed: boolean;
  readonly rightCollapsed: boolean;
  readonly layoutModified: ISignal<unknown, void>;
  collapseLeft(): void;
  expandLeft(): void;
  collapseRight(): void;
}

/** The shell as far as side panels go, or null where there are none (Notebook 7, one document). */
export function sidesOf(shell: unknown): ISides | null {
  const sides = shell as Partial<ISides & ILabShell>;
  return sides.collapseLeft && sides.collapseRight && sides.layoutModified
    ? (sides as ISides)
    : null;
}

/**
 * On a phone the side panel that opens closes the one on the other side. A window that narrows keeps the right one; the
 * left one, which a wide window has open by itself, makes way for the document, and comes back with the room.
 */
export function onePanelAtATime(
  shell: ISides,
  narrow: Pick<
    MediaQueryList,
    'matches' | 'addEventListener'
  > = window.matchMedia(NARROW)
): void {
  let before: 'left' | 'right' | null = null;
  let isWaiting = false;
  const look = () => {
    const left = !shell.leftCollapsed;
    const right = !shell.rightCollapsed;
    isWaiting &&= !left;
    if (left && right && narrow.matches) {
      const collapsed = before ?? 'left';
      before = collapsed === 'left' ? 'right' : 'left';
      return collapsed === 'left'
        ? shell.collapseLeft()
        : shell.collapseRight();
    }
    before = left === right ? null : left ? 'left' : 'right';
  };
  narrow.addEventListener('change', () => {
    if (narrow.matches && !shell.leftCollapsed) {
      shell.collapseLeft();
      isWaiting = true;
    } else if (!narrow.matches && isWaiting) {
      isWaiting = false;
      shell.expandLeft();
    }
    look();
  });
  shell.layoutModified.connect(look);
  look();
}
