import { can } from '../protocol';
import { IScopeItem, ISession } from './model';

/** Whether a scope covers a file. */
function covers(scope: readonly IScopeItem[], path: string): boolean {
  return scope.some(
    item =>
      item.path === path ||
      (item.type === 'directory' &&
        (item.path === '' || path.startsWith(`${item.path}/`)))
  );
}

/** Whether somebody else may write the file at `path`, or will with a link that was given; without it, any file. */
export function isOpenToEditors(session: ISession, path?: string): boolean {
  const roles = [...session.invites, ...session.participants]
    .map(({ role }) => role)
    .filter(role => role !== 'host');
  return (
    roles.some(role => can(role, 'edit')) &&
    (path === undefined || covers(session.scope, path))
  );
}
