import { Capability, IMe, IScopeItem } from './model';

/** Whether `path` is `folder` or below it; "" is the root. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(folder + '/');
}

/** What the guest may do on `path`: their role, less where it is narrowed. Without a path: anywhere. */
export function canOn(
  me: Pick<IMe, 'capabilities' | 'narrowed'>,
  capability: Capability,
  path?: string
): boolean {
  const limits = me.narrowed.filter(
    limit => path !== undefined && isWithin(path, limit.path)
  );
  return [me, ...limits].every(one => one.capabilities.includes(capability));
}

function isInSharedFolder(
  scope: readonly IScopeItem[],
  folder: string
): boolean {
  return scope.some(
    item => item.type === 'directory' && isWithin(folder, item.path)
  );
}

/** Whether the guest may make, rename and delete files in `folder`. */
export function canOrganize(me: IMe, folder: string): boolean {
  return (
    canOn(me, 'edit', folder) && isInSharedFolder(me.session.scope, folder)
  );
}

/** Whether the guest may rename or delete this file: what is shared by name is the host's to move. */
export function canMove(me: IMe, path: string | undefined): boolean {
  const folder = path?.split('/').slice(0, -1).join('/');
  return folder !== undefined && canOrganize(me, folder);
}
