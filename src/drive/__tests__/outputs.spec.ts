import { YCodeCell, YNotebook } from '@jupyter/ydoc';
import { CodeCellModel } from '@jupyterlab/cells';
import { IOutput } from '@jupyterlab/nbformat';
import { NotebookModel } from '@jupyterlab/notebook';
import { OutputAreaModel } from '@jupyterlab/outputarea';
import * as Y from 'yjs';

import { Ledger } from '../../sync';
import { guardOutputs } from '../trust/outputs';
import { markOutputs } from '../trust/sharedCells';

const shared = new Set<unknown>();

beforeAll(() => {
  const cellOf = markOutputs(notebook => shared.has(notebook));
  const source = {
    ledger: new Ledger(),
    added: () => undefined,
    runs: () => true,
    lastState: () => undefined
  };
  guardOutputs(outputs => (cellOf(outputs) ? source : undefined));
});

const printed = (text: string, name = 'stdout'): IOutput => ({
  output_type: 'stream',
  name,
  text
});
const shown = (text: string): IOutput => ({
  output_type: 'display_data',
  data: { 'text/plain': text },
  metadata: {}
});

/** A page with one code cell; what it sends waits until it is delivered. */
class Page {
  readonly notebook = new YNotebook({ disableDocumentWideUndoRedo: true });
  readonly sent: Uint8Array[] = [];
  written = 0;

  constructor(history?: Uint8Array) {
    shared.add(this.notebook);
    if (history) {
      Y.applyUpdate(this.notebook.ydoc, history, 'room');
    } else {
      this.notebook.addCell({ cell_type: 'code', source: '' });
    }
    this._model = new NotebookModel({ sharedModel: this.notebook });
    this.notebook.ydoc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'room') {
        this.sent.push(update);
        this.written++;
      }
    });
  }

  get cell(): CodeCellModel {
    return this._model.cells.get(0) as CodeCellModel;
  }

  get outputs(): OutputAreaModel {
    return this.cell.outputs as OutputAreaModel;
  }

  /** What it shows, and what its document says. */
  get seen(): IOutput[][] {
    const cell = this.cell.sharedModel as YCodeCell;
    return [this.outputs.toJSON(), cell.getOutputs()];
  }

  receive(...updates: Uint8Array[]): void {
    if (updates.length > 0) {
      Y.applyUpdate(this.notebook.ydoc, Y.mergeUpdates(updates), 'room');
    }
  }

  private readonly _model: NotebookModel;
}

/** A page in which cells run, and one that watches. */
function pages(): [Page, Page] {
  const runs = new Page();
  return [runs, new Page(Y.encodeStateAsUpdate(runs.notebook.ydoc))];
}

/** A kernel's messages, as an output area takes them. */
type Message = (outputs: OutputAreaModel) => unknown;

/** The same numbers for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return below => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0;
    return ((state >>> 8) & 0xffff) % below;
  };
}

function anyMessage(below: (most: number) => number, step: number): Message {
  const kinds: Message[] = [
    outputs => outputs.add(printed(`${step}\n`)),
    outputs => outputs.add(printed(`\r${step} %`)),
    outputs => outputs.add(printed(`𝟛${step}`, 'stderr')),
    outputs => outputs.add(shown(`shown ${step}`)),
    outputs => outputs.clear(true),
    outputs => outputs.clear(true),
    outputs => outputs.clear(),
    outputs =>
      outputs.length > 0 && outputs.get(0).type !== 'stream'
        ? outputs.set(0, shown(`set ${step}`))
        : undefined
  ];
  return kinds[below(kinds.length)];
}

describe('outputs while several pages have the notebook open', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    '[OUT-1] are on every page what the kernel said, once (seed %i)',
    seed => {
      const below = random(seed);
      const [runs, watches] = pages();
      const alone = new OutputAreaModel();
      for (let step = 0; step < 80; step++) {
        const message = anyMessage(below, step);
        message(runs.outputs);
        message(alone);
        if (below(4) === 0) {
          watches.receive(...runs.sent.splice(0, 1 + below(6)));
        }
      }
      watches.receive(...runs.sent);
      const wanted = alone.toJSON();
      expect(runs.seen).toEqual([wanted, wanted]);
      expect(watches.seen).toEqual([wanted, wanted]);
      expect(watches.written).toBe(0);
    }
  );

  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    '[OUT-1] are the same on all pages when two of them run the cell (seed %i)',
    seed => {
      const below = random(seed + 1000);
      const both = pages();
      for (let step = 0; step < 60; step++) {
        const one = below(2);
        anyMessage(below, step)(both[one].outputs);
        if (below(3) === 0) {
          const from = both[below(2)];
          const to = both.find(page => page !== from)!;
          to.receive(...from.sent.splice(0));
        }
      }
      both[0].receive(...both[1].sent);
      both[1].receive(...both[0].sent);
      const [shownThere, written] = both[0].seen;
      expect(both[1].seen).toEqual([written, written]);
      expect(shownThere).toEqual(written);
    }
  );

  it('[OUT-1] clear and print in one step, so that nobody sees the gap', () => {
    const [runs, watches] = pages();
    runs.outputs.add(printed('1'));
    runs.outputs.clear(true);
    runs.sent.splice(0).forEach(update => watches.receive(update));
    runs.outputs.add(printed('2'));
    expect(runs.sent.length).toBe(1);
    watches.receive(...runs.sent);
    expect(watches.seen[0]).toEqual([printed('2')]);
  });

  it('[OUT-1] of a file keep their number, also two streams side by side', () => {
    const both = [printed('a\n'), printed('b\n'), printed('c\n', 'stderr')];
    const [runs] = pages();
    (runs.cell.sharedModel as YCodeCell).setOutputs(both);
    const watches = new Page(Y.encodeStateAsUpdate(runs.notebook.ydoc));
    expect(watches.seen).toEqual([both, both]);
    expect(runs.seen).toEqual([both, both]);
  });

  it.each([
    ['nothing', null],
    ['a word', 'word'],
    ['no type', { data: {} }],
    ['a type that nobody knows', { output_type: 'evil', data: {} }],
    [
      'an update',
      { output_type: 'update_display_data', data: {}, metadata: {} }
    ],
    ['a stream without a text', { output_type: 'stream', name: 'stdout' }],
    ['a stream of numbers', { output_type: 'stream', name: 'x', text: [5] }],
    ['data that is none', { output_type: 'display_data', data: 5 }],
    ['an error without lines', { output_type: 'error', ename: 'E' }]
  ])('[OUT-2] a damaged one is a sentence: %s', (_, damaged) => {
    const [runs] = pages();
    const cell = runs.cell.sharedModel as YCodeCell;
    const entry = damaged && typeof damaged === 'object';
    const outputs = cell.ymodel.get('outputs') as Y.Array<unknown>;
    outputs.insert(0, [
      entry ? new Y.Map(Object.entries(damaged)) : damaged,
      new Y.Map(Object.entries(shown('honest')))
    ]);
    const opens = new Page(Y.encodeStateAsUpdate(runs.notebook.ydoc));
    for (const page of [runs, opens]) {
      expect(JSON.stringify(page.outputs.get(0).toJSON())).toContain('damaged');
      expect(page.outputs.get(1).toJSON()).toEqual(shown('honest'));
    }
    expect(opens.written).toBe(0);
  });
});
