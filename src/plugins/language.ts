import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';

import { speak } from '../protocol';

/** Sentences of the server are in the language of the page. */
export const languagePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cohost:language',
  description: 'Translates what the host’s server says to people.',
  autoStart: true,
  requires: [ITranslator],
  activate: (_app: JupyterFrontEnd, translator: ITranslator): void => {
    const trans = translator.load('jupyterlab_cohost');
    speak((template, ...values) => trans.gettext(template, ...values));
  }
};
