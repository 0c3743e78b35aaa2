import { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { quietDialogs } from '../ui/quietDialogs';

/** Others change what this page works on at any time: what JupyterLab says about that must not take anybody's keys. */
export const quietPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-cohost:quiet',
  description:
    'Tells in notifications what would open a dialog while somebody types.',
  autoStart: true,
  activate: (): void => void quietDialogs()
};
