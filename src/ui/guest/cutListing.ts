import { FileBrowser } from '@jupyterlab/filebrowser';
import { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { LIMITS } from '../../protocol';

/** As many entries of a folder the gateway tells, by name; what comes after is left out. */
const MOST = LIMITS.listing_entries;

/** Below the file browser's list: that a folder has more than what is listed. Empty for every other folder. */
export class CutListing extends Widget {
  constructor(
    private readonly _browser: Pick<FileBrowser, 'model'>,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-cohost-cut-listing');
    this.node.setAttribute('role', 'status');
    _browser.model.refreshed.connect(this._look, this);
    this._look();
  }

  override dispose(): void {
    this._browser.model.refreshed.disconnect(this._look, this);
    super.dispose();
  }

  private _look(): void {
    const isCut = listed(this._browser.model.items()) >= MOST;
    this.node.textContent = isCut
      ? this._trans.__(
          'Only the first %1 entries of a folder are listed, by name. Ask the host to put others into subfolders.',
          MOST.toLocaleString()
        )
      : '';
    this.setHidden(!isCut);
  }
}

function listed(items: IterableIterator<unknown>): number {
  let count = 0;
  while (!items.next().done) {
    count++;
  }
  return count;
}
