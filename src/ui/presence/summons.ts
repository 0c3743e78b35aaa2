import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { TranslationBundle } from '@jupyterlab/translation';

import { ISummons, PeopleModel } from '../../session/people';

const SHOWN_MS = 30_000;

/** Shows that somebody asks to look at a place: nobody is dragged there, and a newer call takes the place of the last. */
export function showSummonses(
  people: PeopleModel,
  goTo: (place: ISummons) => void,
  me: () => string,
  trans: TranslationBundle
): void {
  const shown = new Map<string, string>();
  people.summoned.connect((_, place) => {
    if (place.participant === me()) {
      return;
    }
    const last = shown.get(place.participant);
    if (last !== undefined) {
      Notification.dismiss(last);
    }
    const words = trans.__(
      '%1 asks you to look at %2',
      place.name,
      PathExt.basename(place.path)
    );
    const id = Notification.info(words, {
      autoClose: SHOWN_MS,
      actions: [
        {
          label: trans.__('Go there'),
          displayType: 'accent',
          callback: () => goTo(place)
        }
      ]
    });
    shown.set(place.participant, id);
  });
}
