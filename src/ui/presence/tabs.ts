import { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { OpenRoom } from '../../drive';
import { nameList } from '../share/words';
import { AvatarSheet } from './avatars';
import { Roster } from './roster';

/** Avatars on a document's tab, and the names in its tooltip. */
export function markTabPeople(
  { title, disposed }: Widget,
  room: OpenRoom,
  roster: Roster,
  sheet: AvatarSheet,
  trans: TranslationBundle
): void {
  let words = '';
  const mark = () => {
    const people = roster.in(room.path);
    const key = sheet.key(people);
    if (title.dataset['cohost-with'] === key) {
      return;
    }
    title.dataset = { ...title.dataset, 'cohost-with': key };
    const caption = title.caption.replace(words, '');
    words = people.length
      ? `\n${trans.__('With %1', nameList(people.map(({ name }) => name)))}`
      : '';
    title.caption = caption + words;
  };
  mark();
  roster.changed.connect(mark);
  disposed.connect(() => roster.changed.disconnect(mark));
}
