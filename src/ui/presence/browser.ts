import { FileBrowser } from '@jupyterlab/filebrowser';

import { markListed } from '../listing';
import { AvatarSheet } from './avatars';
import { Roster } from './roster';

/** Avatars beside the files that others have open, and beside the folders that lead to them. */
export function markFiles(
  browser: FileBrowser,
  roster: Roster,
  sheet: AvatarSheet
): void {
  markListed(browser, roster.changed, ({ item, text, path }) => {
    const isFolder = item.dataset.isdir === 'true';
    const key = text?.textContent ? sheet.key(roster.in(path, isFolder)) : '';
    if ((item.dataset.cohostWith ?? '') !== key) {
      item.dataset.cohostWith = key;
    }
  });
}
