import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Menu, MenuBar } from '@lumino/widgets';

import { guestPreference } from '../../../kernels/preferences';
import { stopPolling } from '../../../session/quiet';
import { CommandNeed, needOf } from '../commandTable';
import { guardCommands } from '../guard';
import { EmptyMenus } from '../menus';
import { connectionWords, overWords } from '../words';
import { Poll } from '@lumino/polling';

const trans = nullTranslator.load('');
const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;

describe('command table', () => {
  it.each<[string, CommandNeed | null]>([
    ['filemenu:logout', 'never'],
    ['settingeditor:open', 'never'],
    ['kernelmenu:shutdown', 'never'],
    ['kernelmenu:restart', 'restart'],
    ['notebook:run-cell', 'execute'],
    ['notebook:run-in-console', 'never'],
    ['notebook:insert-cell-below', 'edit'],
    ['filebrowser:rename', 'organize'],
    ['docmanager:delete', 'organize-front'],
    ['docmanager:download', null],
    ['launcher:create', 'hidden'],
    ['apputils:load-statedb', 'hidden'],
    ['filebrowser:copy-path', null],
    ['application:close', null]
  ])('[UI-31] %s needs %s', (id, need) => expect(needOf(id)).toBe(need));
});

describe('guardCommands', () => {
  function guarded(allowed: CommandNeed[]) {
    const commands = new CommandRegistry();
    const ran: string[] = [];
    const refused: CommandNeed[] = [];
    const add = (id: string) =>
      commands.addCommand(id, {
        label: id,
        describedBy: NO_ARGUMENTS,
        execute: () => ran.push(id)
      });
    ['notebook:run-cell', 'router:tree', 'launcher:create', 'cohost:x'].forEach(
      add
    );
    guardCommands(commands, {
      allows: need => allowed.includes(need),
      refused: need => refused.push(need),
      instead: { 'launcher:create': 'cohost:x' }
    });
    return { commands, ran, refused };
  }

  it('[UI-31] what is not allowed is shown nowhere and only hints', async () => {
    const { commands, ran, refused } = guarded([]);
    expect(commands.isVisible('notebook:run-cell')).toBe(false);
    await commands.execute('notebook:run-cell');
    expect([ran, refused]).toEqual([[], ['execute']]);
  });

  it('[UI-31] what is allowed works as ever', async () => {
    const { commands, ran } = guarded(['execute']);
    expect(commands.isVisible('notebook:run-cell')).toBe(true);
    await commands.execute('notebook:run-cell');
    expect(ran).toEqual(['notebook:run-cell']);
  });

  it('what JupyterLab calls by itself is hidden but runs', async () => {
    const { commands, ran } = guarded([]);
    expect(commands.isVisible('router:tree')).toBe(false);
    await commands.execute('router:tree');
    expect(ran).toEqual(['router:tree']);
  });

  it('[UI-32] the start page stands in for the launcher', async () => {
    const { commands, ran } = guarded([]);
    await commands.execute('launcher:create');
    expect(ran).toEqual(['cohost:x']);
  });
});

describe('EmptyMenus', () => {
  it('[UI-31] hides menus with nothing left, and shows them again', () => {
    const commands = new CommandRegistry();
    let visible = false;
    commands.addCommand('a', {
      isVisible: () => visible,
      describedBy: NO_ARGUMENTS,
      execute: () => 0
    });
    const menu = new Menu({ commands });
    const submenu = new Menu({ commands });
    submenu.addItem({ command: 'a' });
    menu.addItem({ type: 'submenu', submenu });
    menu.addItem({ type: 'separator' });
    const bar = new MenuBar();
    bar.addMenu(menu);
    const empty = new EmptyMenus();
    empty.update(bar);
    expect(menu.items[0].isVisible).toBe(false);
    expect(menu.title.className).toBe('jp-cohost-hidden');
    visible = true;
    empty.update(bar);
    expect(menu.items[0].isVisible).toBe(true);
    expect(menu.title.className).toBe('');
    [bar, menu, submenu].forEach(one => one.dispose());
  });
});

describe('kernels and polls', () => {
  it('[UI-35] without execute no kernel is started or asked for', () => {
    const preference = { canStart: true, shouldStart: true, language: 'x' };
    expect(guestPreference(preference, false)).toMatchObject({
      ...{ canStart: false, shouldStart: false, autoStartDefault: false },
      language: 'x'
    });
    expect(guestPreference(preference, true)).toEqual({
      ...preference,
      shutdownOnDispose: false
    });
  });

  it('[UI-36] a stopped poll runs only when it is asked', async () => {
    let ticks = 0;
    const poll = new Poll({
      factory: async () => ++ticks,
      auto: false,
      frequency: { interval: 5, backoff: false }
    });
    stopPolling({ _poll: poll }, undefined);
    await poll.refresh();
    await poll.tick;
    expect(ticks).toBe(1);
    expect(poll.frequency.interval).toBe(Poll.NEVER);
    poll.dispose();
  });
});

describe('over', () => {
  it.each(['ended', 'removed', 'left', 'refused'] as const)(
    '[UI-34] %s says what happened and what can be done',
    why => {
      const state = { kind: 'over', why, message: '' } as const;
      const said = overWords(state, null, false, trans);
      const lost = overWords(state, null, true, trans);
      expect(said.what).not.toBe('');
      expect(said.next).not.toContain('did not reach');
      expect(lost.next).toContain('did not reach');
    }
  );

  it('[UI-53] says to open the link only where there is no way back', () => {
    const left = { kind: 'over', why: 'left', message: '' } as const;
    const words = (back?: string) =>
      overWords({ ...left, back }, null, false, trans).next;
    expect(words()).toContain('Open the link to come back.');
    expect(words('http://host/join#back=x')).not.toContain('Open the link');
  });
});

describe('the bar', () => {
  const failing = {
    kind: 'failing',
    reason: 'Cannot save a.txt: the disk is full. Wait.',
    safe: true
  } as const;

  it('[UI-58] names the document in trouble where it is one of several', () => {
    const words = (name: string) =>
      connectionWords('here', failing, name, null, trans);
    expect(words('a.txt')).toContain('a.txt: Not saved: the disk is full.');
    expect(words('')).not.toContain('a.txt');
  });

  it('[UI-58] names none for what is of all', () => {
    const lost = { kind: 'lost', unsent: true } as const;
    const said = connectionWords('here', lost, 'a.txt', null, trans);
    expect(said).not.toContain('a.txt');
  });
});
