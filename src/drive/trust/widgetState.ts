import { YNotebook } from '@jupyter/ydoc';
import { JSONExt, PartialJSONValue } from '@lumino/coreutils';

import {
  IWidgets,
  vouchedWidgets,
  WIDGET_STATE,
  widgetDigests
} from '../../crypto';
import { Digest } from '../../protocol';
import { RoomProvider } from '../../sync';

/** Where notebooks keep the state of their widgets. */
const WIDGETS = 'widgets';

type Metadata = Record<string, unknown>;

interface IMetadata {
  getMetadata(key?: string): unknown;
  setMetadata(metadata: unknown, value?: unknown): void;
}

function equal(one: unknown, other: unknown): boolean {
  return JSONExt.deepEqual(
    (one ?? null) as PartialJSONValue,
    (other ?? null) as PartialJSONValue
  );
}

/** The state as a widget manager may have it. */
function vouched(widgets: unknown, { ledger }: RoomProvider): unknown {
  return vouchedWidgets(widgets, digest => ledger.has(digest));
}

/** The state as it stands in the document. */
export function widgetsOf(notebook: YNotebook): unknown {
  const metadata = notebook.ymeta.get('metadata') as
    { get(key: string): unknown } | undefined;
  return metadata?.get(WIDGETS);
}

function withVouched(metadata: Metadata, provider: RoomProvider): Metadata {
  const { [WIDGETS]: all, ...others } = metadata;
  const widgets = vouched(all, provider);
  return widgets === undefined ? others : { ...others, [WIDGETS]: widgets };
}

/** Who changes other metadata, having read all, leaves the state as it stands in the document. */
function restored(
  notebook: YNotebook,
  metadata: Metadata,
  provider: RoomProvider
): Metadata {
  const all = widgetsOf(notebook);
  return all !== undefined && equal(metadata[WIDGETS], vouched(all, provider))
    ? { ...metadata, [WIDGETS]: all }
    : metadata;
}

/**
 * In shared notebooks, the state of widgets is read only as far as it is vouched for: a model can bring a script, and
 * whoever may edit the document could have written it. Works on the prototype, as `ignoreTrustedMetadata` does.
 *
 * A page whose person may run code vouches for the state that its widget manager writes, for that manager has nothing
 * but the kernel's word and what was vouched for; another page's manager writes none.
 */
export function guardWidgetState(
  providerOf: (notebook: YNotebook) => RoomProvider | undefined
): void {
  const notebooks = YNotebook.prototype as unknown as IMetadata;
  const { getMetadata, setMetadata } = notebooks;
  notebooks.getMetadata = function (this: YNotebook, key) {
    const value = getMetadata.call(this, key);
    const provider = providerOf(this);
    if (!provider || value === undefined) {
      return value;
    }
    if (key === undefined) {
      return withVouched(value as Metadata, provider);
    }
    return key === WIDGETS ? vouched(value, provider) : value;
  };
  notebooks.setMetadata = function (this: YNotebook, metadata, value) {
    const provider = providerOf(this);
    if (!provider) {
      setMetadata.call(this, metadata, value);
    } else if (metadata === WIDGETS) {
      if (provider.may('execute')) {
        const digests = [...widgetDigests(value).values()];
        provider.vouch(digests as Digest[]);
        setMetadata.call(this, metadata, value);
      }
    } else if (typeof metadata === 'string') {
      setMetadata.call(this, metadata, value);
    } else if (!equal(metadata, this.getMetadata())) {
      setMetadata.call(this, restored(this, metadata as Metadata, provider));
    }
  };
}

/** What a model that is vouched for last was, in words: `IntSlider(value=7)`. Undefined when nothing is known. */
export function lastState(
  notebook: YNotebook,
  modelId: unknown
): string | undefined {
  const widgets = notebook.getMetadata(WIDGETS) as unknown as
    IWidgets | undefined;
  const model = widgets?.[WIDGET_STATE].state[String(modelId)] as
    { model_name?: unknown; state?: Record<string, unknown> } | undefined;
  const value = model?.state?.value ?? model?.state?.description;
  const name = String(model?.model_name ?? '').replace(/Model$/, '');
  return value === undefined
    ? undefined
    : `${name}(value=${JSON.stringify(value)})`;
}
