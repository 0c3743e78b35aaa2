import {
  IConnectionLost,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { guestConfig } from '../session/config';
import { connectionLost } from '../ui/state';

const RESTART = 'hub:restart';

/**
 * Stands in for JupyterLab's own, which package.json disables: it opens a dialog in the middle of typing. A guest's
 * page has its bar.
 */
export const connectionPlugin: JupyterFrontEndPlugin<IConnectionLost> = {
  id: 'jupyterlab-cohost:connection',
  description: 'Tells that the server does not answer, without a dialog.',
  autoStart: true,
  provides: IConnectionLost,
  requires: [JupyterFrontEnd.IPaths],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    paths: JupyterFrontEnd.IPaths,
    translator: ITranslator | null
  ): IConnectionLost => {
    if (guestConfig()) {
      return () => Promise.resolve();
    }
    const trans = (translator ?? nullTranslator).load('jupyterlab_cohost');
    const restart = () => void app.commands.execute(RESTART);
    return connectionLost(trans, paths.urls.hubPrefix ? restart : null);
  }
};
