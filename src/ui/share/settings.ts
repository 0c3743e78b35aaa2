import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { DEFAULTS, IDefaults, KnockDefault } from './draft';

/** The settings of schema/share.json, read when they are needed; defaults until (or unless) they load. */
export class ShareSettings {
  /** A schema that is not installed leaves the defaults. */
  async load(registry: ISettingRegistry | null, plugin: string): Promise<void> {
    this._settings = (await registry?.load(plugin).catch(() => null)) ?? null;
  }

  get defaults(): IDefaults {
    return {
      role: this._get('role', DEFAULTS.role),
      kind: this._get('kind', DEFAULTS.kind),
      knock: this._get<KnockDefault>('knock', DEFAULTS.knock),
      hostName: this._get('hostName', DEFAULTS.hostName)
    };
  }

  /** Remembers how the host wants to be called; a setting that cannot be written is no reason to stop. */
  keepHostName(name: string): void {
    if (this._settings && name !== this.defaults.hostName) {
      this._settings.set('hostName', name).catch(() => undefined);
    }
  }

  get notifyJoins(): boolean {
    return this._get('notifyJoins', true);
  }

  private _get<T>(key: string, fallback: T): T {
    return (this._settings?.get(key).composite as T | undefined) ?? fallback;
  }

  private _settings: ISettingRegistry.ISettings | null = null;
}
