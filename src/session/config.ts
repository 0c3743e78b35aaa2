import { PageConfig } from '@jupyterlab/coreutils';

import { Capability, Role } from './model';

/** What the gateway wrote into the page: this is a guest's page. */
export interface IGuestConfig {
  readonly mode: 'guest';
  readonly session: string;
  readonly role: Role;
  readonly capabilities?: readonly Capability[];
  readonly title?: string;
  readonly host?: string;
  /** What to open, relative to the session's root. */
  readonly open?: readonly string[];
}

/** The guest's config, or null on the host's own page. */
export function guestConfig(
  option: string = PageConfig.getOption('cohost')
): IGuestConfig | null {
  if (option === '') {
    return null;
  }
  try {
    const config = JSON.parse(option) as Partial<IGuestConfig> | null;
    return config?.mode === 'guest' ? (config as IGuestConfig) : null;
  } catch {
    return null;
  }
}
