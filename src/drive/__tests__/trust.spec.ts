import { YNotebook } from '@jupyter/ydoc';
import { CodeCellModel } from '@jupyterlab/cells';
import { NotebookModel } from '@jupyterlab/notebook';

import { outputDigest } from '../../crypto';
import { Digest } from '../../protocol';
import { Ledger } from '../../sync';
import { IUnvouched, UNVOUCHED_TYPE } from '../trust/inert';
import { guardOutputs, GuardedOutputs } from '../trust/outputs';
import { ignoreTrustedMetadata, markOutputs } from '../trust/sharedCells';

const HTML = {
  output_type: 'display_data',
  data: { 'text/html': '<script>1</script>' },
  metadata: {}
};
const digest = outputDigest(HTML) as Digest;

const shared = new Map<unknown, Ledger>();
const added = jest.fn();
const isShared = (notebook: unknown) => shared.has(notebook);

beforeEach(() => added.mockClear());

beforeAll(() => {
  ignoreTrustedMetadata(isShared);
  const cellOf = markOutputs(isShared);
  guardOutputs(outputs => {
    const ledger = shared.get(cellOf(outputs)?.notebook);
    return (
      ledger && { ledger, added, runs: () => true, lastState: () => undefined }
    );
  });
});

/** A notebook with one trusted cell of HTML, as its document says. */
function open(ledger?: Ledger): {
  readonly sharedModel: YNotebook;
  readonly model: NotebookModel;
  cell(): CodeCellModel;
} {
  const sharedModel = new YNotebook({ disableDocumentWideUndoRedo: true });
  if (ledger) {
    shared.set(sharedModel, ledger);
  }
  const model = new NotebookModel({ sharedModel });
  sharedModel.addCell({
    cell_type: 'code',
    source: '',
    metadata: {},
    outputs: [HTML]
  });
  sharedModel.getCell(0).ymodel.get('metadata').set('trusted', true);
  return {
    sharedModel,
    model,
    cell: () => model.cells.get(0) as CodeCellModel
  };
}

describe('outputs of shared notebooks', () => {
  it('[TRUST-30] are not active because the document or the cell says so', () => {
    const { cell } = open(new Ledger());
    expect(cell().outputs.get(0).trusted).toBe(false);
    cell().trusted = true;
    cell().outputs.trusted = true;
    expect(cell().outputs.get(0).trusted).toBe(false);
    cell().outputs.add({ ...HTML, data: { 'text/html': 'other' } });
    expect(cell().outputs.get(1).trusted).toBe(false);
  });

  it('[TRUST-30] are active when vouched for, and rendered anew without a word to the document', () => {
    const ledger = new Ledger();
    const { cell, sharedModel } = open(ledger);
    let rendered = 0;
    let updates = 0;
    cell().outputs.stateChanged.connect(() => rendered++);
    sharedModel.ydoc.on('update', () => updates++);
    ledger.add([digest]);
    expect(cell().outputs.get(0).trusted).toBe(true);
    expect([rendered, updates]).toEqual([1, 0]);
    expect((cell().outputs as GuardedOutputs).allVouched).toBe(true);
  });

  it('[TRUST-30] keep their word, and the document its outputs, when a renderer sets their data', () => {
    const ledger = new Ledger();
    ledger.add([digest]);
    const { cell, sharedModel } = open(ledger);
    let updates = 0;
    sharedModel.ydoc.on('update', () => updates++);
    const output = cell().outputs.get(0);
    output.setData({ data: { 'text/html': 'evil' } });
    expect(output.data['text/html']).toBe('<script>1</script>');
    expect([updates, added.mock.calls.length]).toEqual([0, 0]);
  });

  it('[TRUST-43] what a renderer adds is this page’s, told once, and never of an output that nobody vouches for', () => {
    const ledger = new Ledger();
    const { cell, sharedModel } = open(ledger);
    let told = 0;
    cell().outputs.changed.connect(() => told++);
    sharedModel.ydoc.on('update', () => told++);
    const output = cell().outputs.get(0);
    const picture = { data: { ...HTML.data, 'image/png': 'aaaa' } };
    output.setData(picture);
    expect('image/png' in output.data).toBe(false);
    ledger.add([digest]);
    output.setData(picture);
    output.setData(picture);
    expect(output.data['image/png']).toBe('aaaa');
    expect(output.trusted).toBe(true);
    expect(output.toJSON().data).toEqual(HTML.data);
    expect(told).toBe(0);
    expect(added.mock.calls.map(([, data]) => data)).toEqual([
      { 'image/png': 'aaaa' }
    ]);
  });

  it('[TRUST-40] give renderers their inert forms only, until they are vouched for', () => {
    const ledger = new Ledger();
    const { cell } = open(ledger);
    const data = {
      'application/vnd.vega.v5+json': { data: [{ url: '/api/me' }] },
      'image/svg+xml': '<svg onload="1"/>',
      'text/plain': 'chart'
    };
    const chart = { output_type: 'display_data', data, metadata: {} };
    const metadata = { isolated: true, 'text/html': { isolated: true } };
    cell().outputs.add({ ...chart, metadata });
    const output = cell().outputs.get(1);
    expect(Object.keys(output.data)).toEqual([UNVOUCHED_TYPE]);
    const { hidden, shown } = output.data[
      UNVOUCHED_TYPE
    ] as unknown as IUnvouched;
    expect(hidden).toEqual(['application/vnd.vega.v5+json']);
    expect(Object.keys(shown)).toEqual(['text/plain', 'text/html']);
    expect(shown['text/html']).toMatch(/^<img alt="" src="data:image\/svg/);
    expect(output.metadata).toEqual({ 'text/html': {} });
    expect(output.toJSON()).toEqual({ ...chart, metadata });
    ledger.add([outputDigest({ ...chart, metadata }) as Digest]);
    expect(output.data).toEqual(data);
    expect(output.metadata).toEqual(metadata);
  });

  it('[TRUST-30] never write or read `trusted` in the metadata', () => {
    const { cell, sharedModel } = open(new Ledger());
    expect(cell().getMetadata('trusted')).toBeUndefined();
    expect(sharedModel.getCell(0).toJSON().metadata).toEqual({});
    const metadata = () =>
      sharedModel.getCell(0).ymodel.get('metadata').toJSON();
    sharedModel.getCell(0).ymodel.get('metadata').delete('trusted');
    cell().trusted = true;
    cell().clearExecution();
    cell().setMetadata('trusted', true);
    expect(metadata()).toEqual({});
    cell().setMetadata('tags', ['a']);
    expect(metadata()).toEqual({ tags: ['a'] });
  });

  it('[TRUST-30] stay active when the cell is moved or copied', () => {
    const ledger = new Ledger();
    ledger.add([digest]);
    const { sharedModel, model } = open(ledger);
    sharedModel.insertCell(1, { cell_type: 'raw', source: '' });
    sharedModel.moveCell(0, 1);
    const moved = model.cells.get(1) as CodeCellModel;
    expect(moved.outputs.get(0).trusted).toBe(true);
    sharedModel.addCell(sharedModel.getCell(1).toJSON());
    const copy = model.cells.get(2) as CodeCellModel;
    expect(copy.outputs.get(0).trusted).toBe(true);
  });
});

describe('outputs of notebooks that are not shared, and of consoles', () => {
  it('[TRUST-30] are as they are in JupyterLab', () => {
    const { sharedModel } = open();
    const trusted = new NotebookModel({ sharedModel });
    const cell = trusted.cells.get(0) as CodeCellModel;
    expect(cell.outputs).not.toBeInstanceOf(GuardedOutputs);
    expect(cell.outputs.get(0).trusted).toBe(true);
    const console = new CodeCellModel();
    console.trusted = true;
    console.outputs.add(HTML);
    expect(console.outputs.get(0).trusted).toBe(true);
    trusted.dispose();
    console.dispose();
  });
});
