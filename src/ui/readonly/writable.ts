import { createReadonlyLabel, IDocumentWidget } from '@jupyterlab/docregistry';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';

import { OpenRoom } from '../../drive';

/** JupyterLab's name for the badge in a document's toolbar. */
const BADGE = 'read-only-indicator';
const SAVE = 'docmanager:save';

function badgeOf({ toolbar }: IDocumentWidget): Widget | undefined {
  return [...toolbar.children()].find(
    ({ node }) => node.dataset.jpItemName === BADGE
  );
}

/** Shows or takes away JupyterLab's own badge, which it looks at only once. */
export function showReadOnly(widget: IDocumentWidget, readOnly: boolean): void {
  const badge = badgeOf(widget);
  if (!readOnly) {
    badge?.dispose();
  } else if (!badge) {
    const label = createReadonlyLabel(widget);
    if (!widget.toolbar.insertBefore('kernelName', BADGE, label)) {
      widget.toolbar.addItem(BADGE, label);
    }
  }
}

/** Badge and **Save** say what this person may do now: the server is asked again when that changed. */
export function followWritable(
  widget: IDocumentWidget,
  room: OpenRoom,
  commands: CommandRegistry
): void {
  const { provider } = room;
  const { context } = widget;
  let mayEdit: boolean | undefined;
  const show = async () => {
    const isKnown = mayEdit === undefined || mayEdit === provider.may('edit');
    mayEdit = context.isReady ? provider.may('edit') : undefined;
    if (isKnown) {
      return;
    }
    await room.refresh();
    if (!widget.isDisposed) {
      showReadOnly(widget, context.contentsModel?.writable === false);
      commands.notifyCommandChanged(SAVE);
    }
  };
  const follow = () => void show().catch(() => undefined);
  provider.identityChanged.connect(follow);
  void context.ready.then(follow);
  widget.disposed.connect(() => provider.identityChanged.disconnect(follow));
}
