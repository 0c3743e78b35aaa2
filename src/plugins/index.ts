import { JupyterFrontEndPlugin } from '@jupyterlab/application';

/** Every plugin of the extension. Plugins only wire. */
export const plugins: JupyterFrontEndPlugin<unknown>[] = [];
