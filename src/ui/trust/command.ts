import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Notebook, NotebookActions } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';

import { OpenRoom } from '../../drive';
import { digestsIn } from './notebooks';

/** What is trusted is what was on the screen when the person was asked. */
async function trustShared(
  notebook: Notebook,
  room: OpenRoom,
  translator: ITranslator
): Promise<{ trusted: boolean }> {
  const trans = translator.load('jupyterlab_cohost');
  const { ledger } = room.provider;
  const unvouched = digestsIn(notebook).filter(digest => !ledger.has(digest));
  if (unvouched.length === 0) {
    const body = trans.__('Every output of this notebook is trusted.');
    await showDialog({ body, buttons: [Dialog.okButton()] });
    return { trusted: true };
  }
  const result = await showDialog({
    title: trans.__('Trust this notebook?'),
    body: trans.__(
      'Outputs that it has now may then run code in this page and in the pages of everybody here.'
    ),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Trust') })
    ]
  });
  if (result.button.accept) {
    room.provider.vouch(unvouched);
  }
  return { trusted: result.button.accept };
}

/** “Trust Notebook” vouches for the outputs of a shared notebook; for others it is what it was. */
export function replaceTrustAction(
  roomOf: (notebook: Notebook) => OpenRoom | undefined,
  translator: ITranslator
): void {
  const trust = NotebookActions.trust;
  NotebookActions.trust = (notebook, own) => {
    const room = roomOf(notebook);
    return room
      ? trustShared(notebook, room, own ?? translator)
      : trust(notebook, own);
  };
}
