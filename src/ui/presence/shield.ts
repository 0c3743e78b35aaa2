/** How long after the last key one still seems to type into what is gone. */
const QUIET_MS = 3000;
const MODIFIERS: readonly string[] = ['Shift', 'Control', 'Alt', 'Meta'];

/**
 * Takes the keys of somebody who goes on typing into a cell that is gone, so that none of them is a command or lands in
 * another cell. Ends with a click, Escape, or when no key came for a moment.
 */
export class KeyShield {
  /** @param typed - gets what would have been typed: a character, a line end, or `null` for one step back. */
  constructor(private readonly _typed: (text: string | null) => void) {
    // Before JupyterLab, which listens on the document.
    window.addEventListener('keydown', this._onKey, true);
    window.addEventListener('pointerdown', this.end, true);
    this._wait();
  }

  end = (): void => {
    window.clearTimeout(this._timer);
    window.removeEventListener('keydown', this._onKey, true);
    window.removeEventListener('pointerdown', this.end, true);
  };

  private _wait(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(this.end, QUIET_MS);
  }

  private _onKey = (event: KeyboardEvent): void => {
    if (MODIFIERS.includes(event.key)) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key === 'Escape') {
      this.end();
      return;
    }
    this._wait();
    if (event.ctrlKey || event.metaKey) {
      return;
    }
    if (event.key === 'Backspace') {
      this._typed(null);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      this._typed('\n');
    } else if ([...event.key].length === 1) {
      this._typed(event.key);
    }
  };

  private _timer = 0;
}
