import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';

/** An output as nbformat has it. */
export interface IOutput {
  readonly output_type: string;
  readonly data?: unknown;
  readonly metadata?: unknown;
}

/** `metadata.widgets` as ipywidgets saves it. */
export interface IWidgets {
  readonly [WIDGET_STATE]: {
    readonly version_major?: unknown;
    readonly version_minor?: unknown;
    readonly state: Readonly<Record<string, unknown>>;
  };
}

export const WIDGET_STATE = 'application/vnd.jupyter.widget-state+json';

const DIGESTED = new Set([
  'display_data',
  'execute_result',
  'update_display_data'
]);
const MOST_NESTED = 200;
const LONE_SURROGATE = /\p{Surrogate}/u;

type Dict = Readonly<Record<string, unknown>>;

/** Without anything inherited that a reader would find: Yjs takes a key `__proto__` for the object's prototype. */
function isDict(value: unknown): value is Dict {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return false;
  }
  const parent: object | null = Object.getPrototypeOf(value);
  return (
    parent === null ||
    (Object.getPrototypeOf(parent) === null && Object.keys(parent).length === 0)
  );
}

/** Whether all readers, in both languages, read the same in it. */
function isCanonical(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return !LONE_SURROGATE.test(value);
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      return value === null || (depth <= MOST_NESTED && areIn(value, depth));
    default:
      return false;
  }
}

function areIn(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    return Array.from(value).every(entry => isCanonical(entry, depth + 1));
  }
  return (
    isDict(value) &&
    Object.keys(value).every(
      key =>
        key !== '__proto__' &&
        !LONE_SURROGATE.test(key) &&
        isCanonical(value[key], depth + 1)
    )
  );
}

function digest(body: Dict): string | undefined {
  const text = isCanonical(body, 0) ? canonicalize(body) : undefined;
  return text && bytesToHex(sha256(utf8ToBytes(text)));
}

/**
 * SHA-256 in hex over the canonical JSON (RFC 8785) of data and metadata as they stand, which is what the page shows.
 * Undefined for outputs that are never active, and for what has no canonical form: numbers that are not finite, lone
 * surrogates, keys `__proto__`, what is no JSON, what is nested deeper than 200.
 */
export function outputDigest(output: IOutput): string | undefined {
  const data = output.data ?? {};
  const metadata = output.metadata ?? {};
  return DIGESTED.has(output.output_type) && isDict(data) && isDict(metadata)
    ? digest({ output_type: 'display_data', data, metadata })
    : undefined;
}

function bundleOf(widgets: unknown): IWidgets[typeof WIDGET_STATE] | undefined {
  const bundle = isDict(widgets) ? widgets[WIDGET_STATE] : undefined;
  return isDict(bundle) && isDict(bundle.state)
    ? (bundle as IWidgets[typeof WIDGET_STATE])
    : undefined;
}

/**
 * The digests of the models in `metadata.widgets`, by model id. A model without a canonical form is not in the map: it
 * can never be vouched for.
 */
export function widgetDigests(widgets: unknown): ReadonlyMap<string, string> {
  const bundle = bundleOf(widgets);
  const version = [
    bundle?.version_major ?? null,
    bundle?.version_minor ?? null
  ];
  const digests = new Map<string, string>();
  for (const [key, model] of Object.entries(bundle?.state ?? {})) {
    const found = isDict(model)
      ? digest({ widget_model: key, version, model })
      : undefined;
    if (found !== undefined) {
      digests.set(key, found);
    }
  }
  return digests;
}

/** What of `metadata.widgets` may be given to a widget manager: the models that are vouched for. */
export function vouchedWidgets(
  widgets: unknown,
  isVouched: (digest: string) => boolean
): IWidgets | undefined {
  const bundle = bundleOf(widgets);
  const vouched = [...widgetDigests(widgets)].filter(([, found]) =>
    isVouched(found)
  );
  if (bundle === undefined || vouched.length === 0) {
    return undefined;
  }
  const { version_major, version_minor, state } = bundle;
  const models = vouched.map(([key]) => [key, state[key]]);
  return {
    [WIDGET_STATE]: {
      version_major,
      version_minor,
      state: Object.fromEntries(models) as Dict
    }
  };
}
