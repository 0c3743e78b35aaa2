import { NotebookModel } from '@jupyterlab/notebook';
import * as Y from 'yjs';

import { RoomNotebook } from '../sharedModels';

const DAMAGED = 'This cell cannot be shown: it is damaged.';

type Parts = Record<string, unknown>;

/** A cell as a client writes it. */
const cell = (source: string, parts: Parts = {}) => {
  const all: Parts = {
    cell_type: 'code',
    id: source,
    source: new Y.Text(source),
    metadata: new Y.Map(),
    outputs: new Y.Array(),
    execution_count: null,
    ...parts
  };
  const entries = Object.entries(all).filter(
    ([, value]) => value !== undefined
  );
  return new Y.Map(entries);
};

/** A page, and somebody who writes into the document what a page would not. */
class Room {
  readonly editor = new Y.Doc();
  readonly notebook = new RoomNotebook();
  readonly model: NotebookModel;

  constructor() {
    this.cells.push([cell('one'), cell('two')]);
    this.deliver();
    this.model = new NotebookModel({ sharedModel: this.notebook });
  }

  get cells(): Y.Array<unknown> {
    return this.editor.getArray('cells');
  }

  edit(change: (cells: Y.Array<unknown>) => void): void {
    this.editor.transact(() => change(this.cells));
    this.deliver();
  }

  deliver(): void {
    const { ydoc } = this.notebook;
    const update = Y.encodeStateAsUpdate(
      this.editor,
      Y.encodeStateVector(ydoc)
    );
    Y.applyUpdate(ydoc, update, 'room');
  }

  get shown(): string[] {
    return this.notebook.cells.map(one => one.getSource());
  }

  /** What the widgets of JupyterLab are made of. */
  get models(): (string | undefined)[] {
    return [...this.model.cells].map(
      one => one?.sharedModel.getSource() as string | undefined
    );
  }
}

const BAD: Record<string, () => unknown> = {
  nothing: () => new Y.Map(),
  'no map': () => 5,
  'a list': () => new Y.Array(),
  'no type': () => cell('bad', { cell_type: undefined }),
  'another type': () => cell('bad', { cell_type: 'evil' }),
  'a type that is shared': () => cell('bad', { cell_type: new Y.Text('code') }),
  'no id': () => cell('bad', { id: undefined }),
  'an id that is a number': () => cell('bad', { id: 5 }),
  'no source': () => cell('bad', { source: undefined }),
  'a source that is no text': () => cell('bad', { source: 'plain' }),
  'no metadata': () => cell('bad', { metadata: undefined }),
  'metadata that are no map': () => cell('bad', { metadata: 5 }),
  'no outputs': () => cell('bad', { outputs: undefined }),
  'outputs that are no list': () => cell('bad', { outputs: { a: 1 } }),
  'attachments that are none': () =>
    cell('bad', { cell_type: 'markdown', attachments: 5 })
};

describe('[ROOM-68] whatever stands in a notebook', () => {
  it.each(Object.keys(BAD))('%s: the other cells live on', name => {
    const room = new Room();
    room.edit(cells => cells.insert(1, [BAD[name]()]));
    expect(room.shown).toEqual(['one', DAMAGED, 'two']);
    expect(room.models).toEqual(room.shown);
    room.notebook.getCell(0).setSource('one more');
    room.edit(cells =>
      (cells.get(2) as Y.Map<Y.Text>).get('source')!.insert(0, '2 ')
    );
    expect(room.shown).toEqual(['one more', DAMAGED, '2 two']);
    room.edit(cells => cells.delete(1));
    expect(room.models).toEqual(['one more', '2 two']);
  });

  it.each(Object.keys(BAD))(
    '%s: a page that opens it shows the others',
    name => {
      const room = new Room();
      room.cells.insert(0, [BAD[name]()]);
      const late = new RoomNotebook();
      Y.applyUpdate(late.ydoc, Y.encodeStateAsUpdate(room.editor));
      expect(late.cells.map(one => one.getSource())).toEqual([
        DAMAGED,
        'one',
        'two'
      ]);
    }
  );

  it('a cell that is damaged and mended again', () => {
    const room = new Room();
    for (const part of ['cell_type', 'source', 'metadata', 'outputs', 'id']) {
      const first = room.cells.get(0) as Y.Map<unknown>;
      room.edit(() => first.delete(part));
      expect(room.models).toEqual([DAMAGED, 'two']);
      room.edit(() => first.set(part, fresh(part)));
      expect(room.models).toEqual(['one', 'two']);
    }
  });

  it('a source that is put in place of another is the one that is typed in', () => {
    const room = new Room();
    const first = room.cells.get(0) as Y.Map<unknown>;
    room.edit(() => first.set('source', new Y.Text('other')));
    room.notebook.getCell(0).updateSource(0, 0, 'an');
    expect(room.models).toEqual(['another', 'two']);
    Y.applyUpdate(room.editor, Y.encodeStateAsUpdate(room.notebook.ydoc));
    expect(String(first.get('source'))).toBe('another');
  });

  it('a cell that becomes one of another type is shown as that', () => {
    const room = new Room();
    room.edit(cells =>
      (cells.get(0) as Y.Map<unknown>).set('cell_type', 'raw')
    );
    expect([...room.model.cells].map(one => one.type)).toEqual(['raw', 'code']);
  });

  it('a change of the list and of a cell at once', () => {
    const room = new Room();
    room.edit(cells => {
      (cells.get(1) as Y.Map<unknown>).delete('source');
      cells.insert(0, [cell('new'), new Y.Map()]);
    });
    expect(room.models).toEqual(['new', DAMAGED, 'one', DAMAGED]);
    room.edit(cells => cells.delete(1, 2));
    expect(room.models).toEqual(['new', DAMAGED]);
  });

  it('what is done to the sentence is in no document', () => {
    const room = new Room();
    room.edit(cells => cells.insert(0, [new Y.Map()]));
    room.notebook.getCell(0).setSource('typed');
    expect(
      (room.notebook.ydoc.getArray('cells').get(0) as Y.Map<unknown>).size
    ).toBe(0);
    room.notebook.deleteCell(0);
    expect(room.models).toEqual(['one', 'two']);
  });
});

function fresh(part: string): unknown {
  return {
    cell_type: 'code',
    id: 'one',
    source: new Y.Text('one'),
    metadata: new Y.Map(),
    outputs: new Y.Array()
  }[part];
}
