import { SessionId } from './ids';
import { Role, isRole } from './roles';

/** Which page this is: the host's own JupyterLab, or the one that the gateway serves to a guest. */
export type PageContext =
  | { readonly mode: 'host' }
  | {
      readonly mode: 'guest';
      readonly session: SessionId;
      readonly role: Role;
    };

/** Reads the page config option `cohost`: a JSON string that only the gateway sets. */
export function readPageContext(option: string): PageContext {
  if (!option) {
    return { mode: 'host' };
  }
  const parsed = JSON.parse(option) as Record<string, unknown>;
  if (parsed.mode !== 'guest') {
    return { mode: 'host' };
  }
  return {
    mode: 'guest',
    session: String(parsed.session) as SessionId,
    role: isRole(parsed.role) ? parsed.role : 'viewer'
  };
}

/** Where documents and rooms stand below the base URL. */
export function roomAddresses(page: PageContext): {
  readonly documents: string;
  readonly rooms: string;
} {
  return page.mode === 'guest'
    ? { documents: 'documents', rooms: 'rooms' }
    : { documents: 'cohost/api/documents', rooms: 'cohost/rooms' };
}
