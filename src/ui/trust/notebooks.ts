import type { YNotebook } from '@jupyter/ydoc';
import { ICodeCellModel } from '@jupyterlab/cells';
import { Notebook, NotebookPanel } from '@jupyterlab/notebook';

import { outputDigest, widgetDigests } from '../../crypto';
import {
  followOwnOutputs,
  GuardedOutputs,
  OpenRoom,
  WIDGET_VIEW,
  widgetsOf
} from '../../drive';
import { Digest } from '../../protocol';

/** The digests of all outputs that a notebook shows now, and of the widgets behind them. */
export function digestsIn(notebook: Notebook): Digest[] {
  const shared = notebook.model?.sharedModel as YNotebook | undefined;
  const widgets = shared ? widgetDigests(widgetsOf(shared)).values() : [];
  const digests = [...(notebook.model?.cells ?? [])]
    .filter(cell => cell.type === 'code')
    .flatMap(cell => (cell as ICodeCellModel).outputs.toJSON())
    .map(output => outputDigest(output));
  return [...digests, ...widgets].filter(
    digest => digest !== undefined
  ) as Digest[];
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

/** Widgets live where their person may run code: that has changed. */
function showWidgetsAnew(notebook: Notebook): void {
  for (const cell of notebook.model?.cells ?? []) {
    const { outputs } = cell as Partial<ICodeCellModel>;
    if (
      outputs instanceof GuardedOutputs &&
      outputs.toJSON().some(({ data }) => WIDGET_VIEW in Object(data))
    ) {
      outputs.renderAnew();
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
  let ran = room.provider.may('execute');
  const onIdentity = () => {
    if (ran !== room.provider.may('execute')) {
      ran = !ran;
      showWidgetsAnew(notebook);
    }
  };
  room.provider.identityChanged.connect(onIdentity);
  panel.disposed.connect(() => {
    room.provider.identityChanged.disconnect(onIdentity);
    ledger.grown.disconnect(look);
    window.clearTimeout(timer);
  });
}
