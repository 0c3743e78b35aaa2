/** The host's running session: its links, and adding to it. */
import { Page } from '@playwright/test';
import { command, expect, test, untilLoaded } from './support/fixtures';

const dialog = (page: Page) => page.getByRole('dialog');
const link = (page: Page) =>
  dialog(page).getByRole('textbox', { name: 'Link for Editors' });

test('[UI-49] an ongoing link is copied again after a restart, from this browser only; disabling asks', async ({
  lab
}) => {
  const host = await lab.hostPage('analysis.ipynb');
  await expect(host.locator('.jp-Notebook .jp-Cell').first()).toBeVisible();
  await host.getByRole('button', { name: 'Share session' }).click();
  await dialog(host)
    .getByRole('radio', { name: /^ongoing/ })
    .check();
  await dialog(host)
    .getByRole('button', { name: 'Start and copy link' })
    .click();
  await expect(link(host)).toHaveValue(/\/join#/);
  await expect(dialog(host).locator(':focus')).toHaveText('Done');
  const before = await link(host).inputValue();
  const secret = before.split('#')[1];
  expect(await host.evaluate(() => JSON.stringify(localStorage))).not.toContain(
    secret
  );
  await lab.server.kill9();
  await lab.server.restart();
  await host.reload();
  await untilLoaded(host);
  await command(host, 'cohost:share');
  await expect(link(host)).toHaveValue(before);
  await lab.picture(host, 'links');
  const asks = dialog(host).getByRole('checkbox', { name: 'Ask me before' });
  const was = await asks.isChecked();
  await asks.click();
  await expect(asks).toBeChecked({ checked: !was });
  await dialog(host)
    .getByRole('button', { name: 'Disable the link for Editors' })
    .click();
  const question = dialog(host).getByRole('alertdialog');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(link(host)).toHaveValue(before);
  await dialog(host)
    .getByRole('button', { name: 'Disable the link for Editors' })
    .click();
  await question.getByRole('button', { name: 'Disable link' }).click();
  await expect(dialog(host)).toContainText('There is no active link');
  const guest = await lab.newPage();
  await guest.goto(before);
  await expect(
    guest.getByRole('heading', { name: 'This link was disabled by the host' })
  ).toBeVisible();
  expect(
    lab.errors.filter(
      error => !/status of|WebSocket|ERR_CONNECTION|Failed to fetch/.test(error)
    )
  ).toEqual([]);
});

test('[UI-1] sharing begins in the top bar, the File menu, the palette, a tab and the file browser, with what was meant', async ({
  lab
}) => {
  const host = await lab.hostPage('analysis.ipynb');
  await expect(host.locator('.jp-Notebook .jp-Cell').first()).toBeVisible();
  // JupyterLab selects the file of its address last of all.
  await host.waitForLoadState('networkidle');
  const begins = async (meant: string) => {
    await expect(dialog(host)).toContainText(meant);
    await expect(dialog(host).locator(':focus')).toHaveCount(1);
    await host.keyboard.press('Escape');
    await expect(dialog(host)).toHaveCount(0);
  };
  const choose = (name: string) =>
    host.getByRole('menuitem', { name, exact: true }).click();

  await host.getByRole('button', { name: 'Share session' }).click();
  await begins('analysis.ipynb');
  await host
    .locator('.jp-DirListing-item', { hasText: 'README.md' })
    .click({ button: 'right' });
  await choose('Share Session…');
  await begins('README.md');
  await host
    .locator('.lm-TabBar-tab', { hasText: 'analysis.ipynb' })
    .click({ button: 'right' });
  await choose('Share Session…');
  await begins('analysis.ipynb');
  await choose('File');
  await choose('Share Session…');
  await begins('analysis.ipynb');
  await command(host, 'apputils:activate-command-palette');
  await host.locator('.lm-CommandPalette-input').fill('share session');
  await host.keyboard.press('Enter');
  await begins('analysis.ipynb');
  expect(lab.errors).toEqual([]);
});

test('[UI-50] a file is added to the running session from the file browser, which marks what is shared', async ({
  lab
}) => {
  const shared = await lab.share({ paths: ['analysis.ipynb'], role: 'editor' });
  const host = await lab.hostPage('analysis.ipynb');
  const item = (name: string) =>
    host.locator('.jp-DirListing-item', { hasText: name });
  const mark = (name: string) => item(name).locator('[data-cohost-shared]');
  await expect(mark('analysis.ipynb')).toHaveCount(1);
  await expect(mark('README.md')).toHaveCount(0);
  // JupyterLab selects the file of its address last of all.
  await host.waitForLoadState('networkidle');
  await item('README.md').click({ button: 'right' });
  await lab.picture(host, 'add');
  const add = host.getByRole('menuitem', {
    name: 'Add README.md to the Shared Session'
  });
  await add.hover();
  await add.click();
  await expect(mark('README.md')).toHaveCount(1);
  const address = `cohost/api/sessions/${shared.session}`;
  const paths = async () =>
    (
      await lab.server.api<{ scope: { path: string }[] }>('GET', address)
    ).scope.map(({ path }) => path);
  expect(await paths()).toEqual(['analysis.ipynb', 'README.md']);
  const undo = host
    .locator('.Toastify__toast', { hasText: 'README.md' })
    .getByRole('button', { name: 'Undo' });
  await undo.click();
  await expect(mark('README.md')).toHaveCount(0);
  expect(await paths()).toEqual(['analysis.ipynb']);
  await command(host, 'apputils:activate-command-palette');
  await host.locator('.lm-CommandPalette-input').fill('share');
  await expect(
    host.locator('.lm-CommandPalette-itemLabel', {
      hasText: 'Share Session: Manage'
    })
  ).toBeVisible();
  expect(lab.errors).toEqual([]);
});
