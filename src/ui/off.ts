import { JupyterFrontEnd } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { TranslationBundle } from '@jupyterlab/translation';

const OTHER = '@jupyter/docprovider-extension:content-provider';

/** Whether another extension of this page binds documents to rooms of its own. */
function otherBinds(app: JupyterFrontEnd): boolean {
  return (
    app.hasPlugin(OTHER) &&
    !PageConfig.Extension.isDisabled(OTHER) &&
    PageConfig.getOption('disableRTC') !== 'true'
  );
}

/**
 * Why nothing is shared on this page and what to do, or "". Two extensions that both bind documents would write one
 * file against each other: the server refuses while both run there, and this page binds nothing while it has both.
 */
export function offReason(
  app: JupyterFrontEnd,
  trans: TranslationBundle
): string {
  const told = PageConfig.getOption('cohostOff');
  if (told !== '' || !otherBinds(app)) {
    return told;
  }
  return trans.__(
    'Sharing is off while jupyter-collaboration is on in this page: to share, start the server with --YDocExtension.disable_rtc=True.'
  );
}
