import { Setting } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

/** What a guest chooses for their own eyes only. */
const OWN: readonly string[] = [
  '@jupyterlab/apputils-extension:themes',
  '@jupyterlab/codemirror-extension:plugin',
  '@jupyterlab/fileeditor-extension:plugin'
];

const keyOf = (plugin: string) => `jupyterlab-cohost:settings:${plugin}`;

type Manager = Pick<Setting.IManager, 'fetch' | 'save'>;

/**
 * Keeps the guest's own settings in this browser: the gateway has those of everybody, and takes none.
 *
 * @returns the plugins that this browser has kept something for.
 */
export function keepOwnSettings(
  manager: Manager,
  storage: Storage
): readonly string[] {
  const { fetch, save } = manager;
  manager.save = (plugin, raw) => {
    if (!OWN.includes(plugin)) {
      return save.call(manager, plugin, raw);
    }
    storage.setItem(keyOf(plugin), raw);
    return Promise.resolve();
  };
  manager.fetch = async plugin => {
    const entry: ISettingRegistry.IPlugin = await fetch.call(manager, plugin);
    const raw = OWN.includes(plugin) ? storage.getItem(keyOf(plugin)) : null;
    return raw === null ? entry : { ...entry, raw };
  };
  return OWN.filter(plugin => storage.getItem(keyOf(plugin)) !== null);
}
