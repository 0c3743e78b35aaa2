import {
  IRenderMimeRegistry,
  RenderMimeRegistry
} from '@jupyterlab/rendermime';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';

import { fileResolver } from './beside';
import { stillSanitizer } from './still';

/** Who may have written what stands at a path, and what this person asked for. */
export interface ICaution {
  /** Without a path: anything that this page shows. */
  isOthers(path?: string): boolean;
  /** Whether this person asked to load what the document at `path` names elsewhere. */
  loads(path: string): boolean;
}

/** Links that run commands work inside outputs that are vouched for, and nowhere in what anybody may have written. */
function limitCommandLinks(registry: RenderMimeRegistry): void {
  const handler = registry.trustHandler;
  if (!handler) {
    return;
  }
  const whole = ['jp-Notebook', 'jp-MarkdownCell', 'jp-MarkdownViewer'];
  Object.defineProperty(registry, 'trustHandler', {
    value: {
      markTrusted: (node: HTMLElement) =>
        whole.some(name => node.classList.contains(name))
          ? handler.unmarkTrusted(node)
          : handler.markTrusted(node),
      unmarkTrusted: (node: HTMLElement) => handler.unmarkTrusted(node)
    }
  });
}

/** Makes the page's own sanitizers careful; returns what the registry's did before. */
function sanitizerOf(
  root: IRenderMimeRegistry,
  others: readonly IRenderMime.ISanitizer[],
  caution: ICaution
): IRenderMime.ISanitizer {
  const as = (sanitizer: IRenderMime.ISanitizer): IRenderMime.ISanitizer => {
    const sanitize = sanitizer.sanitize.bind(sanitizer);
    return {
      getAutolink: () => sanitizer.getAutolink?.() ?? true,
      get allowNamedProperties() {
        return sanitizer.allowNamedProperties;
      },
      sanitize
    };
  };
  const base = as(root.sanitizer);
  for (const sanitizer of new Set([root.sanitizer, ...others])) {
    const careful = stillSanitizer(
      as(sanitizer),
      () => caution.isOthers(),
      () => false,
      false
    );
    sanitizer.sanitize = careful.sanitize;
  }
  return base;
}

/**
 * From now on, what untrusted content of a document loads is decided by `caution`. Every document's registry is a clone
 * that has the document's resolver, and is made before anything is rendered; so it is guarded before, whoever makes it.
 *
 * @param root - of which they are cloned.
 * @param sanitizers - others that the page has, for what belongs to no document, as the table of contents.
 */
export function guardRegistries(
  root: IRenderMimeRegistry,
  sanitizers: readonly IRenderMime.ISanitizer[],
  caution: ICaution
): void {
  const base = sanitizerOf(root, sanitizers, caution);
  const guarded = new WeakSet<RenderMimeRegistry>();
  const { clone } = RenderMimeRegistry.prototype;
  RenderMimeRegistry.prototype.clone = function (
    this: RenderMimeRegistry,
    options: IRenderMimeRegistry.ICloneOptions = {}
  ) {
    const resolver = options.resolver as
      (IRenderMime.IResolver & { readonly path?: string }) | undefined;
    if (guarded.has(this) || typeof resolver?.path !== 'string') {
      const copy = clone.call(this, options) as RenderMimeRegistry;
      if (guarded.has(this)) {
        guarded.add(copy);
      }
      return copy;
    }
    const sanitizer = stillSanitizer(
      options.sanitizer ?? base,
      () => caution.isOthers(resolver.path!),
      () => caution.loads(resolver.path!),
      true
    );
    const copy = clone.call(this, {
      ...options,
      resolver: fileResolver(resolver),
      sanitizer
    }) as RenderMimeRegistry;
    limitCommandLinks(copy);
    guarded.add(copy);
    return copy;
  };
}
