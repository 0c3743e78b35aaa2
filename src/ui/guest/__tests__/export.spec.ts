import { exportNotebook } from '../export';

const notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { language_info: { name: 'python', file_extension: '.py' } },
  cells: [
    { cell_type: 'markdown', metadata: {}, source: '# Title\n\ntext' },
    {
      cell_type: 'code',
      metadata: {},
      execution_count: 1,
      source: ['a = """```"""\n', 'a'],
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['one\n', 'two\n'] },
        {
          output_type: 'display_data',
          metadata: {},
          data: { 'image/png': 'AAAA\n)<script>', 'text/plain': 'picture' }
        },
        { output_type: 'error', ename: 'E', evalue: 'bad', traceback: [] }
      ]
    }
  ]
} as never;

describe('exportNotebook', () => {
  it('[UI-48] as Markdown: code fenced whatever it holds, outputs as text and pictures', () => {
    const { name, text } = exportNotebook(notebook, 'a.b.ipynb', 'markdown');
    expect(name).toBe('a.b.md');
    expect(text).toBe(
      [
        '# Title\n\ntext',
        '````python\na = """```"""\na\n````',
        '```\none\ntwo\n```',
        '![](data:image/png;base64,AAAAscript)',
        '```\nE: bad\n```\n'
      ].join('\n\n')
    );
  });

  it('[UI-48] as a script: text becomes comments', () => {
    expect(exportNotebook(notebook, 'a.ipynb', 'script')).toEqual({
      name: 'a.py',
      text: '# # Title\n#\n# text\n\na = """```"""\na\n'
    });
  });

  it('a file extension out of the notebook is not believed', () => {
    const evil = {
      ...(notebook as object),
      metadata: { language_info: { file_extension: '/../../x.sh\n' } }
    } as never;
    expect(exportNotebook(evil, 'a.ipynb', 'script').name).toBe('a.txt');
  });
});
