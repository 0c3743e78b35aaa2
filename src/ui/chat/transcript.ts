import {
  Dialog,
  InputDialog,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { Contents } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';

import { ChatNode } from '../../chat';
import { nameOf } from './words';

/** The discussion as Markdown. Long texts that this page has not fetched leave their beginning. */
export function transcriptOf(node: ChatNode, trans: TranslationBundle): string {
  return node.log.messages
    .filter(({ deleted }) => !deleted)
    .map(({ entry, text, head, edited, size }) => {
      const at = entry.stamp ? new Date(entry.stamp.at).toISOString() : '';
      const mark = edited ? ` (${trans.__('edited')})` : '';
      const body =
        text ??
        `${head ?? ''}… (${trans.__('%1 characters', size.toLocaleString())})`;
      return `**${nameOf(node, entry.author, trans)}** ${at}${mark}\n\n${body}\n`;
    })
    .join('\n');
}

/** Asks, tells the others, then writes where the person says: a file of the host's (`contents`), or a download. */
export async function saveTranscript(
  node: ChatNode,
  contents: Contents.IManager | null,
  trans: TranslationBundle
): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const answer = await InputDialog.getText({
    title: trans.__('Save the chat?'),
    label: contents
      ? trans.__('The others are told that you do. Save as this file:')
      : trans.__('The others are told that you do. Download as:'),
    text: `chat-${day}.md`,
    okLabel: trans.__('Save and tell')
  });
  const path = answer.value?.trim();
  if (!answer.button.accept || !path) {
    return;
  }
  if (contents && !(await mayWrite(path, contents, trans))) {
    return;
  }
  node.tellTranscript();
  const content = transcriptOf(node, trans);
  if (!contents) {
    download(content, path.split('/').pop() ?? 'chat.md');
    return;
  }
  try {
    await contents.save(path, { type: 'file', format: 'text', content });
  } catch (error) {
    await showErrorMessage(
      trans.__('The transcript was not saved'),
      error as Error,
      [Dialog.okButton()]
    );
  }
}

/** Asks before something that is there is replaced. */
async function mayWrite(
  path: string,
  contents: Contents.IManager,
  trans: TranslationBundle
): Promise<boolean> {
  const folder = await contents
    .get(PathExt.dirname(path))
    .catch(() => ({ content: [] }));
  const names = folder.content as readonly { readonly name: string }[];
  const isThere = names.some(({ name }) => name === PathExt.basename(path));
  if (!isThere) {
    return true;
  }
  const answer = await showDialog({
    title: trans.__('Replace the file?'),
    body: trans.__('There is a file %1 already.', path),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Replace') })
    ]
  });
  return answer.button.accept;
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
