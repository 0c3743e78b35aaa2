import { IDocumentManager } from '@jupyterlab/docmanager';

import { OpenRoom } from '../../drive';
import { IDocumentActions } from './notices';

/** A text file of what stands in this page, for the person's own computer. */
function download(room: OpenRoom): void {
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

export function documentActions(
  docManager: IDocumentManager
): IDocumentActions {
  return {
    reload: room => void reload(docManager, room),
    saveCopy: download
  };
}
