/**
 * What is rendered without anybody's word: text, images, sanitized HTML, Markdown, LaTeX, JSON. "Safe" in JupyterLab
 * means less: its Vega renderer fetches addresses with the cookies of the page.
 */
const INERT: ReadonlySet<string> = new Set([
  'text/plain',
  'text/html',
  'text/markdown',
  'text/latex',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/bmp',
  'application/json',
  'application/vnd.jupyter.stdout',
  'application/vnd.jupyter.stderr'
]);

const SVG = 'image/svg+xml';

/** What JupyterLab would choose before an SVG. */
const BEFORE_SVG = ['text/html', 'text/markdown', 'text/latex'] as const;

/** In place of an output whose richest form is not inert: that form's names, and what may be shown instead. */
export const UNVOUCHED_TYPE =
  'application/vnd.jupyterlab-cohost.unvouched+json';

export const WIDGET_VIEW = 'application/vnd.jupyter.widget-view+json';

type Data = Readonly<Record<string, unknown>>;

export interface IUnvouched {
  readonly hidden: readonly string[];
  readonly shown: Data;
  /** A widget that is vouched for, in a page without the kernel. */
  readonly isStill?: boolean;
}

/** Whether content of this type is rendered without anybody's word. */
export function isInertType(type: string): boolean {
  return INERT.has(type);
}

/** As an image, an SVG neither runs nor loads anything. */
function svgImage(source: string): string {
  const named = /<svg[^>]+xmlns=[^>]+svg/.test(source)
    ? source
    : source.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  return `<img alt="" src="data:${SVG},${encodeURIComponent(named)}">`;
}

function shownOf(data: Data): Data {
  const shown = Object.fromEntries(
    Object.entries(data).filter(([type]) => INERT.has(type))
  );
  const svg = data[SVG];
  return typeof svg === 'string' && !BEFORE_SVG.some(type => type in shown)
    ? { ...shown, 'text/html': svgImage(svg) }
    : shown;
}

/** The data of an output that nobody vouches for, as renderers may have it. */
export function inertData(data: Data): Data {
  const shown = shownOf(data);
  const hidden = Object.keys(data).filter(
    type => !INERT.has(type) && type !== SVG
  );
  return hidden.length === 0
    ? shown
    : { [UNVOUCHED_TYPE]: { hidden, shown } satisfies IUnvouched };
}

/** A widget in a page that has no kernel to keep it alive: what it last was, in words. */
export function stillWidget(data: Data, lastState: string | undefined): Data {
  const shown = {
    ...shownOf(data),
    ...(lastState === undefined ? {} : { 'text/plain': lastState })
  };
  const content: IUnvouched = { hidden: [WIDGET_VIEW], shown, isStill: true };
  return { [UNVOUCHED_TYPE]: content };
}

/** Metadata of such an output: how large an image is, and nothing that changes where or how it is rendered. */
export function inertMetadata(metadata: Data): Data {
  return Object.fromEntries(
    Object.entries(metadata)
      .filter(([key]) => INERT.has(key) || key === 'needs_background')
      .map(([key, value]) => [key, withoutIsolated(value)])
  );
}

/** An isolated output stands in a frame of this page's origin, written from HTML a second time. */
function withoutIsolated(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => key !== 'isolated')
  );
}
