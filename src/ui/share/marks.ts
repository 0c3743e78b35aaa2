import { PathExt } from '@jupyterlab/coreutils';
import { FileBrowser } from '@jupyterlab/filebrowser';
import { TranslationBundle } from '@jupyterlab/translation';

import { SessionsModel } from '../../session/sessions';
import { covers } from './draft';

/** Marks in the file browser what a running session shares. */
export function markShared(
  browser: FileBrowser,
  sessions: SessionsModel,
  trans: TranslationBundle
): void {
  const { contents } = browser.model.manager.services;
  const content = () =>
    browser.node.querySelector<HTMLElement>('.jp-DirListing-content');
  const mark = () => {
    const folder = contents.localPath(browser.model.path);
    const isLocal = contents.driveName(browser.model.path) === '';
    const scope = sessions.running.flatMap(session => session.scope);
    content()
      ?.querySelectorAll<HTMLElement>('.jp-DirListing-item')
      .forEach(item => {
        const text = item.querySelector<HTMLElement>('.jp-DirListing-itemText');
        const path = PathExt.join(folder, text?.textContent ?? '');
        const isShared = isLocal && scope.some(one => covers(one, path));
        if (text && isShared !== 'cohostShared' in text.dataset) {
          text.toggleAttribute('data-cohost-shared', isShared);
          text.toggleAttribute('aria-description', isShared);
          if (isShared) {
            text.setAttribute('aria-description', trans.__('shared'));
          }
        }
      });
  };
  const observer = new MutationObserver(mark);
  const node = content();
  if (node) {
    observer.observe(node, {
      childList: true,
      subtree: true,
      characterData: true
    });
  }
  mark();
  sessions.changed.connect(mark);
  browser.disposed.connect(() => {
    sessions.changed.disconnect(mark);
    observer.disconnect();
  });
}
