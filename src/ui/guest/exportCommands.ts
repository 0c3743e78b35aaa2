import { JupyterFrontEnd } from '@jupyterlab/application';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { INotebookModel } from '@jupyterlab/notebook';
import * as nbformat from '@jupyterlab/nbformat';
import { TranslationBundle } from '@jupyterlab/translation';

import { ExportFormat, exportNotebook, saveText } from './export';

export const EXPORT = 'cohost:export';

/** The notebook in front as a file of another kind, for whoever may read it. */
export function addExport(
  app: JupyterFrontEnd,
  documents: IDocumentManager,
  menu: IMainMenu | null,
  trans: TranslationBundle
): void {
  const inFront = () => {
    const widget = app.shell.currentWidget;
    const context = widget && documents.contextForWidget(widget);
    return context?.path.endsWith('.ipynb') ? context : undefined;
  };
  const formats: Record<ExportFormat, string> = {
    markdown: trans.__('Export Notebook as Markdown'),
    script: trans.__('Export Notebook as Script')
  };
  app.commands.addCommand(EXPORT, {
    label: ({ format }) => formats[formatOf(format)],
    describedBy: {
      args: {
        type: 'object',
        properties: {
          format: { type: 'string', enum: ['markdown', 'script'] }
        }
      }
    },
    isVisible: () => inFront() !== undefined,
    execute: ({ format }) => {
      const context = inFront();
      if (context) {
        const model = context.model as INotebookModel;
        const content = model.toJSON() as nbformat.INotebookContent;
        const name = PathExt.basename(context.path);
        saveText(exportNotebook(content, name, formatOf(format)));
      }
    }
  });
  menu?.fileMenu.addGroup(
    Object.keys(formats).map(format => ({ command: EXPORT, args: { format } })),
    11
  );
}

function formatOf(format: unknown): ExportFormat {
  return format === 'script' ? 'script' : 'markdown';
}
