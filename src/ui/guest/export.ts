/**
 * A notebook as Markdown or as a script, made in the guest's page: nothing of it runs on the host's server, and what
 * others put into the notebook stays text.
 */
import * as nbformat from '@jupyterlab/nbformat';

export type ExportFormat = 'markdown' | 'script';

export interface IExported {
  readonly name: string;
  readonly text: string;
}

interface ILanguage {
  readonly name?: unknown;
  readonly file_extension?: unknown;
}

const COMMENTS: Readonly<Record<string, string>> = {
  javascript: '// ',
  typescript: '// ',
  java: '// ',
  'c++': '// ',
  rust: '// ',
  go: '// ',
  scala: '// ',
  sql: '-- ',
  lua: '-- ',
  haskell: '-- ',
  matlab: '% '
};

/** @param name - of the notebook's file. */
export function exportNotebook(
  notebook: nbformat.INotebookContent,
  name: string,
  format: ExportFormat
): IExported {
  const language = (notebook.metadata.language_info ?? {}) as ILanguage;
  const base = name.replace(/\.ipynb$/i, '');
  const { cells } = notebook;
  switch (format) {
    case 'markdown':
      return {
        name: `${base}.md`,
        text: cells.map(cell => markdownOf(cell, language)).join('\n\n') + '\n'
      };
    case 'script':
      return {
        name: base + extensionOf(language),
        text: cells.map(cell => scriptOf(cell, language)).join('\n\n') + '\n'
      };
  }
}

function extensionOf({ file_extension }: ILanguage): string {
  return typeof file_extension === 'string' &&
    /^\.\w{1,8}$/.test(file_extension)
    ? file_extension
    : '.txt';
}

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.join('') : String(value ?? '');

/** A fence that nothing in the text closes. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(a => a.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function markdownOf(cell: nbformat.ICell, { name }: ILanguage): string {
  const source = textOf(cell.source);
  if (cell.cell_type !== 'code') {
    return cell.cell_type === 'markdown' ? source : fenced(source);
  }
  const language = typeof name === 'string' ? name.replace(/\W/g, '') : '';
  const outputs = (cell.outputs as nbformat.IOutput[]).map(outputOf);
  return [fenced(source, language), ...outputs.filter(Boolean)].join('\n\n');
}

function outputOf(output: nbformat.IOutput): string {
  switch (output.output_type) {
    case 'stream':
      return fenced(textOf(output.text));
    case 'error':
      return fenced(`${textOf(output.ename)}: ${textOf(output.evalue)}`);
    default: {
      const data = (output.data ?? {}) as Record<string, unknown>;
      const image = ['image/png', 'image/jpeg'].find(type => data[type]);
      if (image) {
        const bytes = textOf(data[image]).replace(/[^\w+/=]/g, '');
        return `![](data:${image};base64,${bytes})`;
      }
      const text = textOf(data['text/plain']);
      return text === '' ? '' : fenced(text);
    }
  }
}

function scriptOf(cell: nbformat.ICell, { name }: ILanguage): string {
  const source = textOf(cell.source);
  const comment = COMMENTS[String(name ?? '').toLowerCase()] ?? '# ';
  return cell.cell_type === 'code'
    ? source
    : source
        .split('\n')
        .map(line => (comment + line).trimEnd())
        .join('\n');
}

/** Hands text to the browser as a file. */
export function saveText({ name, text }: IExported): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
