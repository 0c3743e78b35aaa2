/** What is opened: `{name, kind, fileContent, expected}`; expected is the length of the text or the number of cells. */
const LINE =
  'The quick brown fox jumps over the lazy dog 0123456789 and on it goes.';

export function text(name, lines = 100) {
  const fileContent = Array.from(
    { length: lines },
    (_, i) => `${i} ${LINE}`
  ).join('\n');
  return {
    name: `${name}.txt`,
    kind: 'text',
    fileContent,
    expected: fileContent.length
  };
}

const cell = (i, outputs) => ({
  cell_type: 'code',
  id: `cell-${i}`,
  metadata: {},
  execution_count: null,
  source: `import math  # cell ${i}\nvalues = [math.sin(${i} * k) for k in range(100)]\nsum(values)`,
  outputs
});

export function notebook(name, cells, outputBytes = 0) {
  const output = i => ({
    output_type: 'stream',
    name: 'stdout',
    text: `${`a line of output from cell ${i} `.repeat(outputBytes / 28 + 1).slice(0, outputBytes)}\n`
  });
  const content = {
    cells: Array.from({ length: cells }, (_, i) =>
      cell(i, outputBytes ? [output(i)] : [])
    ),
    metadata: {
      kernelspec: {
        display_name: 'Python 3',
        language: 'python',
        name: 'python3'
      },
      language_info: { name: 'python' }
    },
    nbformat: 4,
    nbformat_minor: 5
  };
  return {
    name: `${name}.ipynb`,
    kind: 'notebook',
    fileContent: `${JSON.stringify(content, null, 1)}\n`,
    expected: cells
  };
}

export const sizeOf = (doc, kind) =>
  kind === 'text' ? doc.getText('source').length : doc.getArray('cells').length;

/** The `[client, clock]` of each character of a text that is there. */
export function idsOf(ytext) {
  const ids = [];
  for (let item = ytext._start; item; item = item.right) {
    for (let i = 0; !item.deleted && i < item.length; i++) {
      ids.push([item.id.client, item.id.clock + i]);
    }
  }
  return ids;
}
