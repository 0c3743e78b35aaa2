import { YFile, YNotebook } from '@jupyter/ydoc';
import * as Y from 'yjs';

import { keepPlain } from '../plainText';

/** What the observers of a text are told, as an editor would apply it. */
function mirror(text: Y.Text): () => string {
  let shown = text.toString();
  text.observe(event => {
    let at = 0;
    for (const { retain, insert, delete: gone } of event.delta) {
      at += retain ?? 0;
      const typed = (insert as string | undefined) ?? '';
      shown = shown.slice(0, at) + typed + shown.slice(at + (gone ?? 0));
      at += typed.length;
      expect(typed).not.toContain('\r');
    }
  });
  return () => shown;
}

describe('sources that this page writes', () => {
  it('[SAVE-42] have one kind of line end, whoever sets them', () => {
    const file = new YFile();
    keepPlain(file.ydoc);
    const shown = mirror(file.ysource);
    file.setSource('one\r\ntwo\rthree\n');
    file.updateSource(4, 4, 'x\r\r\ny');
    expect(file.getSource()).toBe('one\nx\n\nytwo\nthree\n');
    expect(shown()).toBe(file.getSource());
    file.undo();
    file.redo();
    expect(file.getSource()).toBe(shown());
  });

  it('[SAVE-42] also in cells that are pasted; outputs stay as they are', () => {
    const notebook = new YNotebook({ disableDocumentWideUndoRedo: true });
    keepPlain(notebook.ydoc);
    const cell = notebook.addCell({
      cell_type: 'code',
      source: 'a\r\nb',
      metadata: {},
      outputs: [{ output_type: 'stream', name: 'stdout', text: '1%\r2%\r\n' }]
    });
    expect(cell.getSource()).toBe('a\nb');
    const shown = mirror(cell.ymodel.get('source'));
    cell.updateSource(1, 1, '\r\nc');
    expect(shown()).toBe('a\nc\nb');
    expect(JSON.stringify(cell.toJSON())).toContain('1%\\r2%\\r\\n');
  });
});
