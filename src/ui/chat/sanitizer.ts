import { IRenderMime } from '@jupyterlab/rendermime-interfaces';

/** What a message may not hold: it would load something, take the pointer, or look like a part of the page. */
const DROPPED =
  'form, input, button, select, textarea, iframe, object, embed, video, audio, source, link, meta, base, style, svg image';
const LOADING = ['src', 'srcset', 'poster', 'background', 'data'] as const;
const KEPT_TARGET = /^(?:https?:|mailto:|[^:]*$)/i;

/**
 * JupyterLab's sanitizer, and then: nothing is fetched from elsewhere (who reads would be seen), nothing is styled,
 * named or linked beyond pages and files.
 */
export function quietSanitizer(
  base: IRenderMime.ISanitizer
): IRenderMime.ISanitizer {
  return {
    getAutolink: () => base.getAutolink?.() ?? true,
    allowNamedProperties: false,
    sanitize: (dirty, options) => quiet(base.sanitize(dirty, options))
  };
}

/** A document of the parser's is inert: what stands in it loads nothing. */
export function quiet(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  body.querySelectorAll(DROPPED).forEach(element => element.remove());
  body.querySelectorAll('*').forEach(element => {
    ['style', 'id', 'name'].forEach(name => element.removeAttribute(name));
    LOADING.forEach(name => {
      if (
        !/^data:image\/(?:png|jpeg|gif|webp);/i.test(
          element.getAttribute(name) ?? ''
        )
      ) {
        element.removeAttribute(name);
      }
    });
  });
  body.querySelectorAll('img:not([src])').forEach(image => {
    image.replaceWith(image.getAttribute('alt') || '🖼');
  });
  body.querySelectorAll('a[href]').forEach(link => {
    if (!KEPT_TARGET.test(link.getAttribute('href') ?? '')) {
      link.removeAttribute('href');
    }
  });
  return body.innerHTML;
}
