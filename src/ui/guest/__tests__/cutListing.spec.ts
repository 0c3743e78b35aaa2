import { FileBrowser } from '@jupyterlab/filebrowser';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { LIMITS } from '../../../protocol';
import { CutListing } from '../cutListing';

const trans = nullTranslator.load('');

it('[CONT-19] says that a folder has more than what is listed, and only then', () => {
  let count = LIMITS.listing_entries;
  const model = { items: () => Array.from({ length: count }).values() };
  const refreshed = new Signal<object, void>(model);
  const browser = { model: Object.assign(model, { refreshed }) };
  const cut = new CutListing(
    browser as unknown as Pick<FileBrowser, 'model'>,
    trans
  );
  expect(cut.node.textContent).toContain('Only the first 5,000 entries');
  expect(cut.isHidden).toBe(false);
  count--;
  refreshed.emit();
  expect([cut.node.textContent, cut.isHidden]).toEqual(['', true]);
  cut.dispose();
});
