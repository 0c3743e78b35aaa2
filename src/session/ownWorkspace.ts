import { Workspace } from '@jupyterlab/services';

const keyOf = (session: string, name: string) =>
  `jupyterlab-cohost:workspace:${session}:${name}`;

type Manager = Pick<Workspace.IManager, 'fetch' | 'save'>;

/**
 * Keeps which documents are open, and where, in this browser tab: the gateway keeps no workspace, and a reload brings the
 * tabs back.
 *
 * @param storage - the tab's; when it is full or switched off, nothing is kept.
 */
export function keepOwnWorkspace(
  manager: Manager,
  storage: Storage,
  session: string
): void {
  const { fetch } = manager;
  manager.save = (name, workspace) => {
    try {
      storage.setItem(keyOf(session, name), JSON.stringify(workspace));
    } catch {
      /* Not kept. */
    }
    return Promise.resolve();
  };
  manager.fetch = async name =>
    kept(storage, keyOf(session, name)) ?? fetch.call(manager, name);
}

function kept(storage: Storage, key: string): Workspace.IWorkspace | null {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? 'null');
    return isWorkspace(value) ? value : null;
  } catch {
    return null;
  }
}

function isWorkspace(value: unknown): value is Workspace.IWorkspace {
  const { data, metadata } = (value ?? {}) as Record<string, unknown>;
  return data instanceof Object && metadata instanceof Object;
}
