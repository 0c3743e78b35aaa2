import { CommandRegistry } from '@lumino/commands';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandNeed, needOf } from './commandTable';

export interface IGuardOptions {
  readonly allows: (need: CommandNeed) => boolean;
  /** After the end nothing is opened any more, not even what JupyterLab calls by itself at a late start. */
  readonly isOver?: () => boolean;
  /** A shortcut called what this guest may not do. */
  readonly refused: (need: CommandNeed) => void;
  /** Whether something of a command is left to do for who lacks what it needs; then it is called. */
  readonly isPart?: (id: string) => boolean;
  /** Commands that another one stands in for. */
  readonly instead: Readonly<Record<string, string>>;
}

/**
 * The one place where a guest's page loses what cannot work: such a command is shown nowhere (menus, context menus, palette,
 * toolbars ask the registry), and a shortcut that calls it does nothing but a hint.
 */
export function guardCommands(
  commands: CommandRegistry,
  { allows, isOver, refused, isPart, instead }: IGuardOptions
): void {
  const isVisible = commands.isVisible.bind(commands);
  const execute = commands.execute.bind(commands);
  const missing = (id: string): CommandNeed | null => {
    const need = needOf(id);
    return need !== null && !allows(need) ? need : null;
  };
  commands.isVisible = (id, args) =>
    missing(id) === null && isVisible(id, args);
  commands.execute = (id: string, args?: ReadonlyPartialJSONObject) => {
    const need = missing(id);
    if (need !== null && need !== 'hidden' && !isPart?.(id)) {
      refused(need);
      return Promise.resolve(undefined);
    }
    if (need === 'hidden' && isOver?.()) {
      return Promise.resolve(undefined);
    }
    return execute(instead[id] ?? id, args);
  };
}
