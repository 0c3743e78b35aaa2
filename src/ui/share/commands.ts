import { JupyterFrontEnd } from '@jupyterlab/application';
import { TranslationBundle } from '@jupyterlab/translation';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { IScopeItem } from '../../session/model';
import { Chosen } from './chosen';
import { ShareController } from './controller';
import { shareIcon } from './icons';
import { itemName } from './words';

export const CommandIDs = {
  share: 'cohost:share',
  end: 'cohost:end',
  copyLink: 'cohost:copy-link',
  add: 'cohost:add-to-session'
} as const;

const SHARE_ARGS = {
  type: 'object',
  properties: {
    from: {
      type: 'string',
      enum: ['tab', 'browser'],
      description: 'Offer what was clicked: a tab, or the file browser'
    },
    paths: {
      type: 'array',
      items: { type: 'string' },
      description: 'Offer these files; a folder ends with a slash'
    }
  }
} as const;

/** Adds the commands; they follow the running sessions. */
export function addShareCommands(
  app: JupyterFrontEnd,
  controller: ShareController,
  chosen: Chosen,
  trans: TranslationBundle
): void {
  const { commands } = app;
  const { sessions } = controller;
  const isLive = () => sessions.running.length > 0;
  const none = { args: { type: 'object', properties: {} } } as const;

  commands.addCommand(CommandIDs.share, {
    label: args =>
      !isLive()
        ? trans.__('Share Session…')
        : args.from
          ? trans.__('Share in a New Session…')
          : trans.__('Share Session: Manage…'),
    caption: trans.__('Work on your files together with others'),
    icon: args => (args.isMenu ? undefined : shareIcon),
    describedBy: { args: SHARE_ARGS },
    execute: args => controller.open(scopeOf(args, chosen))
  });
  const toAdd = (args: ReadonlyPartialJSONObject) =>
    controller.notShared(scopeOf(args, chosen) ?? chosen.inFront());
  commands.addCommand(CommandIDs.add, {
    label: args => addWords(toAdd(args), trans),
    caption: trans.__('Guests of the running session see it at once'),
    isVisible: isLive,
    isEnabled: args => toAdd(args).length > 0,
    describedBy: { args: SHARE_ARGS },
    execute: args => controller.add(toAdd(args))
  });
  commands.addCommand(CommandIDs.copyLink, {
    label: trans.__('Copy Session Link'),
    isVisible: isLive,
    isEnabled: isLive,
    describedBy: none,
    execute: () => controller.copyLink()
  });
  commands.addCommand(CommandIDs.end, {
    label: trans.__('End Session…'),
    isVisible: isLive,
    isEnabled: isLive,
    describedBy: none,
    execute: () => controller.open(null, true)
  });
  sessions.changed.connect(() =>
    Object.values(CommandIDs).forEach(id => commands.notifyCommandChanged(id))
  );
}

/** “Add README.md to the Shared Session” */
function addWords(
  items: readonly IScopeItem[],
  trans: TranslationBundle
): string {
  return items.length === 1
    ? trans.__('Add %1 to the Shared Session', itemName(items[0], trans))
    : trans.__('Add to the Shared Session');
}

/** null: nothing in particular was meant. */
function scopeOf(
  args: ReadonlyPartialJSONObject,
  chosen: Chosen
): IScopeItem[] | null {
  if (Array.isArray(args.paths)) {
    return args.paths.map(path => itemOf(String(path)));
  }
  switch (args.from) {
    case 'tab':
      return chosen.underPointer();
    case 'browser':
      return chosen.selected();
    default:
      return null;
  }
}

function itemOf(path: string): IScopeItem {
  return path === '' || path.endsWith('/')
    ? { path: path.replace(/\/+$/, ''), type: 'directory' }
    : { path, type: 'file' };
}
