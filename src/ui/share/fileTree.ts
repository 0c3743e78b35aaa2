import { Contents } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ITreeRow } from './treeRows';
import { everythingName } from './words';

type Listing = readonly Contents.IModel[];

/** Folders first, then by name as people count (file 2 before file 10). */
export function sorted(models: Listing): Contents.IModel[] {
  const order = new Intl.Collator(undefined, { numeric: true });
  const rank = (model: Contents.IModel) => (model.type === 'directory' ? 0 : 1);
  return [...models].sort(
    (a, b) => rank(a) - rank(b) || order.compare(a.name, b.name)
  );
}

/** The visible rows below `path`, whose children stand in `listings` once it was opened. */
export function rowsBelow(
  path: string,
  level: number,
  listings: ReadonlyMap<string, Listing>,
  opened: ReadonlySet<string>
): ITreeRow[] {
  return (listings.get(path) ?? []).flatMap(model => {
    const folder = model.type === 'directory';
    const isOpen = folder && opened.has(model.path);
    const row: ITreeRow = {
      item: { path: model.path, type: folder ? 'directory' : 'file' },
      label: model.name,
      type: model.type,
      level,
      folder,
      isOpen
    };
    const below = isOpen
      ? rowsBelow(model.path, level + 1, listings, opened)
      : [];
    return [row, ...below];
  });
}

/** A tree that asks the contents manager for a folder when it is opened. */
export function useFileTree(
  contents: Contents.IManager,
  trans: TranslationBundle
) {
  const [listings, setListings] = React.useState<ReadonlyMap<string, Listing>>(
    new Map()
  );
  const [opened, setOpened] = React.useState<ReadonlySet<string>>(new Set());
  const [failed, setFailed] = React.useState('');

  const load = async (path: string) => {
    try {
      const model = await contents.get(path, { content: true });
      setListings(old => new Map(old).set(path, sorted(model.content)));
      setFailed('');
    } catch {
      setFailed(
        trans.__('Cannot list %1. Choose another folder.', path || '/')
      );
    }
  };
  React.useEffect(() => void load(''), [contents]);

  const open = (path: string, isOpen: boolean) => {
    setOpened(old => {
      const next = new Set(old);
      if (isOpen) {
        next.add(path);
      } else {
        next.delete(path);
      }
      return next;
    });
    if (isOpen) {
      void load(path);
    }
  };
  const root: ITreeRow = {
    item: { path: '', type: 'directory' },
    label: everythingName(trans),
    type: 'directory',
    level: 1,
    folder: true,
    isOpen: true
  };
  return {
    rows: [root, ...rowsBelow('', 2, listings, opened)],
    failed,
    open
  };
}
