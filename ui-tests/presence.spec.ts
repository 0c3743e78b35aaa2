import { Page } from '@playwright/test';
import { expect, Lab, open, test, untilLoaded } from './support/fixtures';
import { expectName } from './support/carets';
import { visibleEditors } from './support/editors';
import { darken, picture } from './support/pictures';
import { causes } from './support/toasts';

const shared = ['analysis.ipynb', 'rides.py', 'data'];

/** The host and a guest in the notebook. */
async function together(lab: Lab, role: 'viewer' | 'editor' = 'editor') {
  const { link } = await lab.share({ paths: shared, role });
  const host = await lab.hostPage('analysis.ipynb');
  const guest = await lab.guestPage(link, 'Ada Lovelace');
  await untilLoaded(guest);
  await expect(
    guest.getByRole('heading', { name: 'Bicycles on the bridge' })
  ).toBeVisible();
  return { host, guest, link };
}

const carets = (page: Page, within: string) =>
  page.locator(`${within} .jp-cohost-caret`);

test('[PRES-1] a cursor with its name in cells and files; the cell is marked in command mode too', async ({
  lab
}) => {
  const { host, guest } = await together(lab);
  await visibleEditors(guest, '.jp-CodeCell').click();
  await guest.keyboard.press('Control+Home');
  await guest.keyboard.press('ArrowRight');
  await expect(carets(host, '.jp-CodeCell')).toHaveCount(1);
  await expectName(host, '.jp-CodeCell', 'Ada Lovelace');
  await picture(host, 'presence-cursor');
  await darken(host);
  await guest.keyboard.press('ArrowRight');
  await picture(host, 'presence-cursor-dark');
  const mark = host.locator('.jp-CodeCell .jp-cohost-here').first();
  await expect(mark).toHaveAttribute('aria-label', /Ada Lovelace/);
  await host.mouse.move(0, 0);
  await expect(host.locator('.jp-cohost-flag')).toHaveCount(0);

  await guest.keyboard.press('Control+Shift+End');
  await expect(
    host.locator('.jp-CodeCell .jp-cohost-selection').first()
  ).toBeVisible();
  await guest.keyboard.press('Escape');
  await guest.keyboard.press('ArrowUp');
  await expect(host.locator('.jp-MarkdownCell .jp-cohost-here')).toHaveCount(1);
  await picture(host, 'presence-command-mode');

  await open(host, 'rides.py');
  await guest
    .locator('.jp-DirListing-item', { hasText: 'rides.py' })
    .dblclick();
  await visibleEditors(guest, '.jp-FileEditor').click();
  await guest.keyboard.press('Control+Home');
  await expect(carets(host, '.jp-FileEditor')).toHaveCount(1);
  await picture(host, 'presence-file');
  expect(lab.errors).toEqual([]);
});

test('[PRES-40] [WHO-2] the panel, avatars on tabs and files, follow, summon, role and removal', async ({
  lab
}) => {
  const { host, guest } = await together(lab);
  await host.getByRole('button', { name: /2 people/ }).click();
  const panel = host.locator('#cohost-session-panel');
  const ada = panel.locator('.jp-cohost-member', { hasText: 'Ada Lovelace' });
  await expect(ada).toBeVisible();
  await guest
    .locator('.jp-DirListing-item', { hasText: 'rides.py' })
    .dblclick();
  await expect(ada).toContainText('rides.py');
  const listed = host.locator('.jp-DirListing-item', { hasText: 'rides.py' });
  await expect(listed).toHaveAttribute('data-cohost-with', /p\d/);
  await picture(host, 'presence-panel');
  await darken(host);
  await picture(host, 'presence-panel-dark');
  // WHO-2: the host's new name is read at once, in the bar and in the lists.
  await panel.getByRole('button', { name: 'Change your name' }).click();
  await host.keyboard.type('Hanna');
  await host.keyboard.press('Enter');
  await expect(panel.locator('.jp-cohost-member').first()).toContainText(
    'Hanna'
  );
  await expect(guest.locator('.jp-cohost-bar')).toContainText(
    'Hanna’s session'
  );
  await expect(
    guest.locator('.lm-TabBar-tab', { hasText: 'analysis.ipynb' })
  ).toHaveAttribute('data-cohost-with', /p\d/);

  await ada.getByRole('button', { name: 'Follow Ada Lovelace' }).click();
  await expect(host.locator('.jp-cohost-following')).toContainText(
    'Following Ada Lovelace'
  );
  await expect(
    host.locator('.jp-FileEditor .cm-content:visible')
  ).toBeVisible();
  await visibleEditors(guest, '.jp-FileEditor').click();
  await guest.keyboard.press('Control+End');
  await expect
    .poll(() =>
      host
        .locator('.jp-FileEditor .cm-scroller')
        .evaluate(node => node.scrollTop)
    )
    .toBeGreaterThan(50);
  // PRES-41: the colour of a person is a dot, not the frame, and nothing stands over the status bar.
  const frame = host.locator('.jp-cohost-following');
  const colors = await frame.evaluate(node => [
    getComputedStyle(node).borderColor,
    getComputedStyle(node.querySelector('button')!).backgroundColor,
    getComputedStyle(node.querySelector('span')!).backgroundColor
  ]);
  expect(colors.slice(0, 2)).not.toContain(colors[2]);
  const pill = (await frame.getByRole('button').boundingBox())!;
  const dock = (await host.locator('#jp-main-dock-panel').boundingBox())!;
  expect(pill.y + pill.height).toBeLessThan(dock.y + dock.height);
  expect(pill.height).toBeGreaterThanOrEqual(24);
  await picture(host, 'presence-follow');
  await guest.locator('.lm-TabBar-tab', { hasText: 'analysis.ipynb' }).click();
  await expect(host.locator('.jp-Notebook:visible')).toBeVisible();
  await host.keyboard.press('Escape');
  await expect(host.locator('.jp-cohost-following')).toHaveCount(0);

  await causes(guest.getByText(/asks you to look at analysis.ipynb/), () =>
    panel.getByRole('button', { name: 'Bring everyone here' }).click()
  );
  await picture(guest, 'presence-summon');
  await ada.getByRole('combobox').selectOption('viewer');
  await expect(guest.locator('.jp-cohost-bar')).toContainText('read');
  expect(lab.errors).toEqual([]);
  await ada.getByRole('button', { name: 'Remove Ada Lovelace' }).click();
  await ada.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(ada).toHaveCount(0);
});

/** Deletes or moves a cell, as somebody with a mouse would. */
async function change(
  page: Page,
  act: 'delete' | 'move',
  index: number
): Promise<void> {
  await page.evaluate(
    ([what, at]) => {
      const { jupyterapp } = window as unknown as {
        jupyterapp: { shell: { currentWidget: INotebookPanel } };
      };
      const { sharedModel } = jupyterapp.shell.currentWidget.context.model;
      if (what === 'delete') {
        sharedModel.deleteCell(at as number);
      } else {
        sharedModel.moveCell(at as number, 0);
      }
    },
    [act, index] as const
  );
}

interface INotebookPanel {
  context: {
    model: {
      sharedModel: {
        cells: { source: string }[];
        deleteCell(index: number): void;
        moveCell(from: number, to: number): void;
      };
    };
  };
}

/** The sources of all cells, as this page has them. */
const sources = (page: Page) =>
  page.evaluate(() => {
    const { jupyterapp } = window as unknown as {
      jupyterapp: { shell: { currentWidget: INotebookPanel } };
    };
    const { sharedModel } = jupyterapp.shell.currentWidget.context.model;
    return sharedModel.cells.map(({ source }) => source);
  });

test('[PRES-50] who types in a cell that somebody moves or deletes loses nothing and runs no command', async ({
  lab
}) => {
  const other = await lab.hostPage('analysis.ipynb');
  const typist = await lab.hostPage('analysis.ipynb');
  await expect(
    typist.getByRole('heading', { name: 'Open questions' })
  ).toBeVisible();
  const before = await sources(typist);
  await visibleEditors(typist, '.jp-CodeCell').click();
  await typist.keyboard.press('Control+Home');
  await typist.keyboard.type('ab');
  await expect
    .poll(async () => (await sources(other))[1].slice(0, 2))
    .toBe('ab');
  await change(other, 'move', 1);
  await expect
    .poll(async () => (await sources(typist))[0].slice(0, 2))
    .toBe('ab');
  await typist.keyboard.type('cd');
  await expect
    .poll(async () => (await sources(other))[0].slice(0, 4))
    .toBe('abcd');

  await change(other, 'delete', 0);
  await expect(
    typist.getByText('Somebody deleted the cell in which you typed')
  ).toBeVisible();
  await typist.keyboard.type('ddaabbx');
  const rest = [before[0], ...before.slice(2)];
  expect(await sources(typist)).toEqual(rest);
  await typist.getByRole('button', { name: 'Restore' }).click();
  await expect
    .poll(async () => (await sources(other)).length)
    .toBe(before.length);
  const restored = (await sources(other)).find(text => text.startsWith('abcd'));
  expect(restored).toBeTruthy();
  await typist.keyboard.type('!');
  await expect
    .poll(async () => (await sources(other)).join('\n'))
    .toContain('!');
  expect(lab.errors).toEqual([]);
});

test('[PRES-52] undo takes back only what this person did', async ({ lab }) => {
  const other = await lab.hostPage('analysis.ipynb');
  const one = await lab.hostPage('analysis.ipynb');
  await visibleEditors(one, '.jp-CodeCell').click();
  await one.keyboard.press('Control+Home');
  await one.keyboard.type('mine ');
  await visibleEditors(other, '.jp-CodeCell').click();
  await other.keyboard.press('Control+End');
  await other.keyboard.type(' theirs');
  await expect
    .poll(async () => (await sources(one))[1])
    .toMatch(/^mine [^]* theirs$/);
  await one.keyboard.press('Control+z');
  await expect
    .poll(async () => (await sources(other))[1])
    .toMatch(/^(?!mine)[^]* theirs$/);
});
