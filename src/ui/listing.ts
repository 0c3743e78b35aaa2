import { PathExt } from '@jupyterlab/coreutils';
import { FileBrowser } from '@jupyterlab/filebrowser';
import { ISignal } from '@lumino/signaling';

/** A row of the file browser; `path` is relative to the drive's root, `text` holds the name. */
export interface IListed {
  readonly item: HTMLElement;
  readonly text: HTMLElement | null;
  readonly path: string;
}

/**
 * Marks the rows of a file browser: now, when rows come or change, and when `changed` says so; until the browser is gone.
 * `mark` writes only what differs, for its own writing is a change, too.
 */
export function markListed(
  browser: FileBrowser,
  changed: ISignal<unknown, unknown>,
  mark: (row: IListed) => void
): void {
  const content = () =>
    browser.node.querySelector<HTMLElement>('.jp-DirListing-content');
  const markAll = () => {
    const { contents } = browser.model.manager.services;
    const folder = contents.localPath(browser.model.path);
    content()
      ?.querySelectorAll<HTMLElement>('.jp-DirListing-item')
      .forEach(item => {
        const text = item.querySelector<HTMLElement>('.jp-DirListing-itemText');
        const path = PathExt.join(folder, text?.textContent ?? '');
        mark({ item, text, path });
      });
  };
  const observer = new MutationObserver(markAll);
  const node = content();
  if (node) {
    observer.observe(node, {
      childList: true,
      subtree: true,
      characterData: true
    });
  }
  markAll();
  changed.connect(markAll);
  browser.disposed.connect(() => {
    changed.disconnect(markAll);
    observer.disconnect();
  });
}
