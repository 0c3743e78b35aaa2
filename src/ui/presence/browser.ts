import { FileBrowser } from '@jupyterlab/filebrowser';
import { PathExt } from '@jupyterlab/coreutils';

import { AvatarSheet } from './avatars';
import { Roster } from './roster';

/** Avatars beside the files that others have open, and beside the folders that lead to them. */
export function markFiles(
  browser: FileBrowser,
  roster: Roster,
  sheet: AvatarSheet
): void {
  const content = () =>
    browser.node.querySelector<HTMLElement>('.jp-DirListing-content');
  const mark = () => {
    const folder = browser.model.manager.services.contents.localPath(
      browser.model.path
    );
    content()
      ?.querySelectorAll<HTMLElement>('.jp-DirListing-item')
      .forEach(item => {
        const name = item.querySelector('.jp-DirListing-itemText')?.textContent;
        const isFolder = item.dataset.isdir === 'true';
        const path = PathExt.join(folder, name ?? '');
        const key = name ? sheet.key(roster.in(path, isFolder)) : '';
        if ((item.dataset.cohostWith ?? '') !== key) {
          item.dataset.cohostWith = key;
        }
      });
  };
  const observer = new MutationObserver(mark);
  const observe = () => {
    const node = content();
    if (node) {
      observer.observe(node, {
        childList: true,
        subtree: true,
        characterData: true
      });
    }
    mark();
  };
  observe();
  roster.changed.connect(mark);
  browser.disposed.connect(() => {
    roster.changed.disconnect(mark);
    observer.disconnect();
  });
}
