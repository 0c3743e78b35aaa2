import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { CommandRegistry } from '@lumino/commands';

const THEMES = '@jupyterlab/apputils-extension:themes';
const CHOOSE = 'cohost:choose-theme';

/**
 * A theme that is chosen is taken at once. JupyterLab's own command, while the page follows the system, only ends that,
 * and shows the theme that was set before.
 *
 * @returns the command to call for JupyterLab's.
 */
export function addThemeChoice(
  commands: CommandRegistry,
  registry: ISettingRegistry
): Readonly<Record<string, string>> {
  commands.addCommand(CHOOSE, {
    describedBy: {
      args: {
        type: 'object',
        properties: { theme: { type: 'string' } },
        required: ['theme']
      }
    },
    execute: ({ theme }) => {
      const chosen = { theme, 'adaptive-theme': false };
      const user = registry.plugins[THEMES]?.data.user;
      return registry.upload(THEMES, JSON.stringify({ ...user, ...chosen }));
    }
  });
  return { 'apputils:change-theme': CHOOSE };
}
