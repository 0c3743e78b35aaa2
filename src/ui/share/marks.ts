import { FileBrowser } from '@jupyterlab/filebrowser';
import { TranslationBundle } from '@jupyterlab/translation';

import { SessionsModel } from '../../session/sessions';
import { markListed } from '../listing';
import { covers } from './draft';

/** Marks in the file browser what a running session shares. */
export function markShared(
  browser: FileBrowser,
  sessions: SessionsModel,
  trans: TranslationBundle
): void {
  const { contents } = browser.model.manager.services;
  markListed(browser, sessions.changed, ({ text, path }) => {
    const isLocal = contents.driveName(browser.model.path) === '';
    const scope = sessions.running.flatMap(session => session.scope);
    const isShared = isLocal && scope.some(one => covers(one, path));
    if (text && isShared !== 'cohostShared' in text.dataset) {
      text.toggleAttribute('data-cohost-shared', isShared);
      text.toggleAttribute('aria-description', isShared);
      if (isShared) {
        text.setAttribute('aria-description', trans.__('shared'));
      }
    }
  });
}
