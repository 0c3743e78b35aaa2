import { URLExt } from '@jupyterlab/coreutils';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';

/** A picture of one dot. What stands behind its `#` is sent to nobody. */
const DOT =
  'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7#';

/** Whether a browser would take an address for a path: no scheme, no host, not from the origin's root. */
export function isBeside(address: string): boolean {
  return !/^[a-z][a-z0-9+.-]*:|^[\\/]|[\t\n\r]|\p{Surrogate}/iu.test(
    address.trim()
  );
}

/**
 * An address for a file beside a document that no browser asks for. JupyterLab puts HTML into the page first and looks
 * at its addresses then; until then a browser takes a path as one of the page's own, and asks the server for it.
 */
export function besideAddress(path: string): string {
  return DOT + encodeURIComponent(path.trim());
}

function pathIn(address: string): string {
  if (!address.startsWith(DOT)) {
    return address;
  }
  try {
    return decodeURIComponent(address.slice(DOT.length));
  } catch {
    return address;
  }
}

/**
 * The resolver of a document, which knows the addresses of `besideAddress` and makes nothing but files of paths: of
 * `x/../../javascript:…` JupyterLab's makes `javascript:…`, and hands that out as it is.
 */
export function fileResolver<T extends IRenderMime.IResolver>(resolver: T): T {
  const isLocal = (url: string, allowRoot = false): boolean =>
    resolver.isLocal?.(url, allowRoot) ?? URLExt.isLocal(url, allowRoot);
  const own: Partial<IRenderMime.IResolver> = {
    isLocal: (url, allowRoot) => isLocal(pathIn(url), allowRoot),
    resolveUrl: async (url, context) => {
      const path = pathIn(url);
      const resolved = await resolver.resolveUrl(path, context);
      return isLocal(path) && !isLocal(resolved) ? `./${resolved}` : resolved;
    }
  };
  return Object.assign(Object.create(resolver) as T, own);
}
