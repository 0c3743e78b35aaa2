import { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { chatPlugin } from './chat';
import { connectionPlugin } from './connection';
import { guestPlugin } from './guest';
import { languagePlugin } from './language';
import { sharePlugin } from './share';
import { readOnlyPlugin } from './readonly';
import { presencePlugin } from './presence';
import { quietPlugin } from './quiet';
import { roomsPlugin } from './rooms';
import { statePlugin } from './state';
import { trustPlugin } from './trust';

/** Every plugin of the extension. Plugins only wire. */
export const plugins: JupyterFrontEndPlugin<unknown>[] = [
  languagePlugin,
  quietPlugin,
  sharePlugin,
  connectionPlugin,
  roomsPlugin,
  trustPlugin,
  statePlugin,
  presencePlugin,
  chatPlugin,
  readOnlyPlugin,
  guestPlugin
];
