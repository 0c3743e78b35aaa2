import { Dialog, InputDialog, showErrorMessage } from '@jupyterlab/apputils';
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

/** Asks, tells the others, then writes where the person says: a file of the session, or a download. */
export async function saveTranscript(
  node: ChatNode,
  contents: Contents.IManager | null,
  trans: TranslationBundle
): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const answer = await InputDialog.getText({
    title: trans.__('Save what was said?'),
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

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
