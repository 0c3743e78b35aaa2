import { IRenderMime } from '@jupyterlab/rendermime-interfaces';

import { besideAddress, isBeside } from './beside';

/** What content of others never holds, wherever it stands: it would run a command, send a form, or cover the page. */
const DROPPED =
  'script, form, iframe, frame, object, embed, applet, link, meta, base, style, select, textarea, svg, math';
const COMMANDS =
  /^(?:data-commandlinker-|formaction$|action$|on|ping$|itemtype$|xlink:)/i;
/** Classes of the page's own parts: with them, content could look like a dialog. Those of rendered text stay. */
const OWN_CLASS = /^(?:(?:jp|lm|p|bp\d?|cm|rc)-|Toastify)/;
const KEPT_CLASS =
  /^jp-(?:RenderedMermaid|needs-(?:light|dark)-background$|toc-ignore$)/;
const LOADING: readonly string[] = [
  ...['src', 'srcset', 'imagesrcset', 'poster', 'background', 'data'],
  ...['lowsrc', 'dynsrc', 'longdesc', 'manifest']
];
const PICTURE = /^data:image\/(?:png|jpe?g|gif|webp|bmp|svg\+xml)[;,]/i;
/** Functions that a style may have: none of them loads anything. */
const FUNCTIONS =
  /\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|calc|min|max|clamp|(?:repeating-)?(?:linear|radial|conic)-gradient|repeat|minmax|fit-content|translate[xyz3d]*|rotate[xyz3d]*|scale[xyz3d]*|skew[xy]?|matrix|cubic-bezier|rect)\(/gi;
/** Declarations with which content would leave its place. */
const PLACED =
  /^(?:position|z-index|inset.*|-webkit-mask.*|mask.*|behavior|-moz-binding)$/i;

/** The class of what stands in place of an image that was not loaded. */
export const NOT_LOADED = 'jp-cohost-not-loaded';

/** What a sanitizer has to know. */
interface IStill {
  /** Whether this person asked to load what stands elsewhere. */
  readonly loads: boolean;
  /** Whether `fileResolver` will look at the addresses. */
  readonly resolves: boolean;
}

/** Whether an address is another server's: this one would take the request for the person's own. */
function isElsewhere(address: string): boolean {
  try {
    const { protocol, origin } = new URL(address, window.location.href);
    return /^https?:$/.test(protocol) && origin !== window.location.origin;
  } catch {
    return false;
  }
}

/** Leaves in a style what neither loads nor hides something nor leaves its place. */
function stillStyle({ style }: HTMLElement): void {
  const names = Array.from({ length: style.length }, (_, at) => style.item(at));
  for (const name of names) {
    const value = style.getPropertyValue(name).replace(FUNCTIONS, '');
    if (/[\\(]/.test(value) || PLACED.test(name) || name.startsWith('--')) {
      style.removeProperty(name);
    }
  }
}

/** The address that a browser may load from, or undefined. */
function stillAddress(
  name: string,
  address: string,
  { loads, resolves }: IStill
): string | undefined {
  const text = address.trim();
  if (PICTURE.test(text) || (loads && isElsewhere(text))) {
    return name.includes('srcset') ? undefined : text;
  }
  if (name !== 'src' || !resolves) {
    return undefined;
  }
  if (text.startsWith('attachment:')) {
    return text;
  }
  return isBeside(text) ? besideAddress(text) : undefined;
}

function clean(element: Element, may: IStill): void {
  for (const { name, value } of [...element.attributes]) {
    if (COMMANDS.test(name)) {
      element.removeAttribute(name);
    } else if (LOADING.includes(name)) {
      const address = stillAddress(name, value, may);
      if (address === undefined) {
        element.removeAttribute(name);
      } else {
        element.setAttribute(name, address);
      }
    } else if (name === 'style') {
      stillStyle(element as HTMLElement);
    } else if (name === 'class') {
      const kept = value
        .split(/\s+/)
        .filter(word => !OWN_CLASS.test(word) || KEPT_CLASS.test(word));
      element.setAttribute(name, kept.join(' '));
    }
  }
}

/** Browsers nest no deeper than 512, and take ever longer for each tag beyond: 200,000 of them stop a page for minutes. */
const DEEPEST = 256;
const TAG = /<(\/?)([a-z][a-z0-9-]*)(?:"[^"]*"|'[^']*'|[^"'<>])*>/gi;
const VOID =
  /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i;

/** Sanitized HTML, in which every tag is closed, without the tags that are nested too deeply; their text stays. */
function shallow(html: string): string {
  let depth = 0;
  return html.replace(TAG, (tag, closing: string, name: string) => {
    if (VOID.test(name)) {
      return tag;
    }
    const level = closing ? depth-- : ++depth;
    return level > DEEPEST ? '' : tag;
  });
}

/** The text that stands for an image which was not loaded. */
function standIn(image: Element, document: Document): Element {
  const stand = document.createElement('span');
  stand.className = NOT_LOADED;
  stand.textContent = image.getAttribute('alt') || '🖼';
  return stand;
}

/**
 * Sanitized HTML made still: nothing in it runs a command, sends a form or leaves its place; without `loads`, nothing
 * is fetched from elsewhere, and files beside the document by `fileResolver` only. A document of the parser's is inert:
 * what stands in it loads nothing.
 */
export function still(html: string, may: IStill): string {
  const document = new DOMParser().parseFromString(shallow(html), 'text/html');
  const { body } = document;
  body.querySelectorAll(DROPPED).forEach(element => element.remove());
  const images = [...body.querySelectorAll('img[src]')];
  body.querySelectorAll('*').forEach(element => clean(element, may));
  images
    .filter(image => !image.hasAttribute('src'))
    .forEach(image => image.replaceWith(standIn(image, document)));
  return body.innerHTML;
}

/** Text output: escaped, then coloured by spans; long ones need no second look. */
function isSpans(options?: IRenderMime.ISanitizerOptions): boolean {
  return options?.allowedTags?.join() === 'span';
}

/**
 * A sanitizer for content that others may have written.
 *
 * @param isOthers - whether they may, asked at every use.
 * @param loads - whether this person asked to load what stands elsewhere.
 * @param resolves - whether `fileResolver` will look at the addresses.
 */
export function stillSanitizer(
  base: IRenderMime.ISanitizer,
  isOthers: () => boolean,
  loads: () => boolean,
  resolves: boolean
): IRenderMime.ISanitizer {
  return {
    getAutolink: () => base.getAutolink?.() ?? true,
    get allowNamedProperties() {
      return base.allowNamedProperties;
    },
    sanitize: (dirty, options) => {
      const html = base.sanitize(dirty, options);
      return isSpans(options) || !isOthers()
        ? html
        : still(html, { loads: loads(), resolves });
    }
  };
}
