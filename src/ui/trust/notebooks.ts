import { ICodeCellModel } from '@jupyterlab/cells';
import { Notebook, NotebookPanel } from '@jupyterlab/notebook';

import { outputDigest } from '../../crypto';
import { followOwnOutputs, GuardedOutputs, OpenRoom } from '../../drive';
import { Digest } from '../../protocol';

/** The digests of all outputs that a notebook shows now. */
export function digestsIn(notebook: Notebook): Digest[] {
  const digests = [...(notebook.model?.cells ?? [])]
    .filter(cell => cell.type === 'code')
    .flatMap(cell => (cell as ICodeCellModel).outputs.toJSON())
    .map(output => outputDigest(output));
  return digests.filter(digest => digest !== undefined) as Digest[];
}

/** The cell's own flag feeds the trust indicator: let it say what is true. */
function tellTruth(notebook: Notebook): void {
  for (const cell of notebook.model?.cells ?? []) {
    const outputs = (cell as Partial<ICodeCellModel>).outputs;
    if (outputs instanceof GuardedOutputs) {
      cell.trusted = outputs.allVouched;
    }
  }
}

/** Follows one shared notebook: its kernel's outputs are vouched for, its indicator tells the truth. */
export function followNotebook(panel: NotebookPanel, room: OpenRoom): void {
  const notebook = panel.content;
  const { ledger } = room.provider;
  followOwnOutputs(panel.sessionContext, digests =>
    room.provider.vouch(digests)
  );
  let timer = 0;
  const look = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => tellTruth(notebook), 100);
  };
  ledger.grown.connect(look);
  notebook.modelContentChanged.connect(look);
  panel.disposed.connect(() => {
    ledger.grown.disconnect(look);
    window.clearTimeout(timer);
  });
}
