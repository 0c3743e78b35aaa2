import { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { OpenRoom } from '../../drive';
import { dotOf, standingWords } from './words';

/** Marks a document's tab with how it stands, and its tooltip with the same in words. */
export function markTab(
  widget: Widget,
  room: OpenRoom,
  trans: TranslationBundle
): void {
  const { title } = widget;
  let words = '';
  const mark = () => {
    const { standing } = room.provider;
    const caption = words
      ? title.caption.replace(`\n${words}`, '')
      : title.caption;
    words = standingWords(standing, trans);
    title.caption = `${caption}\n${words}`;
    title.dataset = { ...title.dataset, 'cohost-sync': dotOf(standing) };
  };
  const again = () => {
    if (!title.caption.endsWith(`\n${words}`)) {
      mark();
    }
  };
  mark();
  room.provider.stateChanged.connect(mark);
  title.changed.connect(again);
  widget.disposed.connect(() => room.provider.stateChanged.disconnect(mark));
}
