import { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { sharePlugin } from './share';

/** Every plugin of the extension. Plugins only wire. */
export const plugins: JupyterFrontEndPlugin<unknown>[] = [sharePlugin];
