import { JupyterFrontEnd } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { AskedRole } from './hints';
import { askWords } from './words';

export const CommandIDs = {
  askToEdit: 'cohost:ask-to-edit',
  askToRun: 'cohost:ask-to-run',
  leave: 'cohost:leave'
} as const;

export interface IGuestCommandsOptions {
  readonly app: JupyterFrontEnd;
  readonly palette: ICommandPalette | null;
  readonly trans: TranslationBundle;
  readonly ask: (role: AskedRole) => void;
  /** What more may be asked for; null for nothing. */
  readonly asks: () => AskedRole | null;
  readonly leave: () => void;
}

/** What the bar offers, by the command palette. */
export function addGuestCommands(options: IGuestCommandsOptions): void {
  const { app, palette, trans, ask, asks, leave } = options;
  const none = { args: { type: 'object', properties: {} } } as const;
  app.commands.addCommand(CommandIDs.askToEdit, {
    label: askWords('editor', trans),
    isVisible: () => asks() === 'editor',
    describedBy: none,
    execute: () => ask('editor')
  });
  app.commands.addCommand(CommandIDs.askToRun, {
    label: askWords('runner', trans),
    isVisible: () => asks() !== null,
    describedBy: none,
    execute: () => ask('runner')
  });
  app.commands.addCommand(CommandIDs.leave, {
    label: trans.__('Leave Session'),
    describedBy: none,
    execute: leave
  });
  const category = trans.__('Session');
  Object.values(CommandIDs).forEach(command =>
    palette?.addItem({ command, category })
  );
}
