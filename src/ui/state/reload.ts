import {
  Dialog,
  InputDialog,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { Contents } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';

import { OpenRoom } from '../../drive';
import { IDocumentActions } from './actions';

/** A text file of what stands in this page, for the person's own computer. */
export function download(room: OpenRoom): void {
  const { source } = room.sharedModel as { source?: unknown };
  const text =
    typeof source === 'string' ? source : JSON.stringify(source, null, 1);
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = room.path.split('/').pop() ?? 'document';
  link.click();
  URL.revokeObjectURL(url);
}

/** Closes every view of the document and opens it again. */
async function reload(
  docManager: IDocumentManager,
  { path }: OpenRoom
): Promise<void> {
  await docManager.closeFile(path);
  docManager.openOrReveal(path);
}

/** Whether nothing stands at the path, or the person wants it replaced. */
async function mayWrite(
  contents: Contents.IManager,
  path: string,
  trans: TranslationBundle
): Promise<boolean> {
  try {
    await contents.get(path, { content: false });
  } catch {
    return true;
  }
  const { button } = await showDialog({
    title: trans.__('Replace file?'),
    body: trans.__('“%1” is there already. Its content would be lost.', path),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Replace') })
    ]
  });
  return button.accept;
}

/** Writes a copy to another path and opens it. */
async function saveAs(
  docManager: IDocumentManager,
  room: OpenRoom,
  trans: TranslationBundle
): Promise<void> {
  const { value: path } = await InputDialog.getText({
    title: trans.__('Save as'),
    label: trans.__('Path from the root folder'),
    text: room.path
  });
  if (!path) {
    return;
  }
  const { source } = room.sharedModel as { source?: unknown };
  const { type, format } = room.name;
  const contents = docManager.services.contents;
  if (!(await mayWrite(contents, path, trans))) {
    return;
  }
  try {
    await contents.save(path, {
      type,
      format: format ?? (type === 'notebook' ? 'json' : 'text'),
      content: source as Contents.IModel['content']
    });
    await docManager.closeFile(room.path);
    docManager.openOrReveal(path);
  } catch (error) {
    await showErrorMessage(trans.__('Not saved'), error as Error);
  }
}

export function documentActions(
  docManager: IDocumentManager,
  trans: TranslationBundle
): IDocumentActions {
  const asking = new Set<OpenRoom>();
  const saveAsOnce = async (room: OpenRoom) => {
    if (!asking.has(room)) {
      asking.add(room);
      await saveAs(docManager, room, trans).finally(() => asking.delete(room));
    }
  };
  return {
    reload: room => void reload(docManager, room),
    saveCopy: download,
    saveAs: room => void saveAsOnce(room),
    close: room => void docManager.closeFile(room.path)
  };
}
