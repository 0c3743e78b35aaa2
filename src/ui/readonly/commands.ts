import { CommandRegistry } from '@lumino/commands';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { runsSelected } from './stepOver';

/** What a command needs in the current document. */
export type Need = 'edit' | 'execute';

/** Commands that change a notebook. */
const EDIT = [
  'notebook:change-cell-to-code',
  'notebook:change-cell-to-markdown',
  'notebook:change-cell-to-raw',
  'notebook:change-cell-to-heading-1',
  'notebook:change-cell-to-heading-2',
  'notebook:change-cell-to-heading-3',
  'notebook:change-cell-to-heading-4',
  'notebook:change-cell-to-heading-5',
  'notebook:change-cell-to-heading-6',
  'notebook:clear-all-cell-outputs',
  'notebook:clear-cell-output',
  'notebook:cut-cell',
  'notebook:delete-cell',
  'notebook:duplicate-below',
  'notebook:insert-cell-above',
  'notebook:insert-cell-below',
  'notebook:insert-heading-above',
  'notebook:insert-heading-below',
  'notebook:merge-cell-above',
  'notebook:merge-cell-below',
  'notebook:merge-cells',
  'notebook:move-cell-down',
  'notebook:move-cell-up',
  'notebook:paste-and-replace-cell',
  'notebook:paste-cell-above',
  'notebook:paste-cell-below',
  'notebook:redo',
  'notebook:redo-cell-action',
  'notebook:replace-selection',
  'notebook:split-cell-at-cursor',
  'notebook:split-cells-at-cursor',
  'notebook:undo',
  'notebook:undo-cell-action',
  'fileeditor:cut',
  'fileeditor:paste',
  'fileeditor:redo',
  'fileeditor:replace-selection',
  'fileeditor:undo',
  'documentsearch:replaceAll'
];

/** Commands that run code. */
const EXECUTE = [
  'notebook:interrupt-kernel',
  'notebook:reconnect-to-kernel',
  'notebook:restart-and-run-to-selected',
  'notebook:restart-clear-output',
  'notebook:restart-kernel',
  'notebook:restart-run-all',
  'notebook:run-all-above',
  'notebook:run-all-below',
  'notebook:run-all-cells',
  'notebook:run-cell',
  'notebook:run-cell-and-insert-below',
  'notebook:run-cell-and-select-next',
  'notebook:run-in-console',
  'runmenu:restart-and-run-all',
  'runmenu:run',
  'runmenu:run-all'
];

const NEEDS = new Map<string, Need>([
  ...EDIT.map(id => [id, 'edit'] as const),
  ...EXECUTE.map(id => [id, 'execute'] as const)
]);

export interface ILimits {
  /** Whether the current document allows it. */
  readonly allows: (need: Need) => boolean;
  /** A place for a hint. */
  readonly refused: (need: Need) => void;
  /** Does what is left of a command that is not allowed; false when that is nothing. Hints are its own to give. */
  readonly instead: (command: string) => boolean;
}

/**
 * Commands that the current document does not allow are disabled, and do nothing when a shortcut calls them. Those that
 * run the selected cells stay enabled, for their keys also render Markdown and go to the next cell.
 */
export function limitCommands(
  commands: CommandRegistry,
  { allows, refused, instead }: ILimits
): void {
  const isEnabled = commands.isEnabled.bind(commands);
  const execute = commands.execute.bind(commands);
  const missing = (id: string): Need | undefined => {
    const need = NEEDS.get(id);
    return need && !allows(need) ? need : undefined;
  };
  commands.isEnabled = (id, args) =>
    (runsSelected(id) || !missing(id)) && isEnabled(id, args);
  commands.execute = (id: string, args?: ReadonlyPartialJSONObject) => {
    const need = missing(id);
    if (need && !instead(id)) {
      refused(need);
    }
    if (need) {
      return Promise.resolve(undefined);
    }
    return execute(id, args);
  };
}
