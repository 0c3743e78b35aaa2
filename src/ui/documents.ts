import { DocumentRegistry, IDocumentWidget } from '@jupyterlab/docregistry';
import { Contents } from '@jupyterlab/services';

import { CONTENT_PROVIDER_ID, RoomContentProvider } from '../drive';

/** Models that are shared documents; others (images, PDF) have their own ways. */
const SHARED_MODELS: readonly string[] = ['text', 'notebook'];

/**
 * Lets every viewer and editor of text and notebooks, of whatever extension, open documents through rooms: the preview
 * that is opened first then shares its document with the editor that comes later.
 */
export function shareWidgetFactories(
  registry: DocumentRegistry,
  drive: Contents.IDrive,
  provider: RoomContentProvider
): void {
  drive.contentProviderRegistry?.register(CONTENT_PROVIDER_ID, provider);
  const share = (name: string | undefined) => {
    const factory = name && registry.getWidgetFactory(name);
    if (
      factory &&
      SHARED_MODELS.includes(factory.modelName ?? 'text') &&
      !factory.contentProviderId
    ) {
      (factory as { contentProviderId?: string }).contentProviderId =
        CONTENT_PROVIDER_ID;
    }
  };
  [...registry.widgetFactories()].forEach(({ name }) => share(name));
  registry.changed.connect((_, { type, change, name }) => {
    if (type === 'widgetFactory' && change === 'added') {
      share(name);
    }
  });
}

/** Calls back for every document widget that any factory makes from now on. */
export function eachDocumentWidget(
  registry: DocumentRegistry,
  visit: (widget: IDocumentWidget) => void
): void {
  const follow = (name: string | undefined) =>
    name &&
    registry
      .getWidgetFactory(name)
      ?.widgetCreated.connect((_, widget) => visit(widget));
  [...registry.widgetFactories()].forEach(({ name }) => follow(name));
  registry.changed.connect((_, { type, change, name }) => {
    if (type === 'widgetFactory' && change === 'added') {
      follow(name);
    }
  });
}
