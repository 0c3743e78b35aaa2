/** Two pages of the host: the room alone, without a session. */
import { command, expect, open, test } from './support/fixtures';
import { typeInto, visibleEditors } from './support/editors';
import { causes } from './support/toasts';

const tab = (name: string, state: string) =>
  `.lm-TabBar-tab[data-cohost-sync="${state}"]:has-text("${name}")`;

test('[ROOM-62] two pages of the host edit a notebook and a text file', async ({
  lab
}) => {
  const one = await lab.hostPage('analysis.ipynb');
  const two = await lab.hostPage('analysis.ipynb');
  await typeInto(one, '.jp-CodeCell', '# one\n');
  await expect(visibleEditors(two, '.jp-CodeCell')).toContainText('# one');
  await typeInto(two, '.jp-CodeCell', '# two\n');
  await expect(visibleEditors(one, '.jp-CodeCell')).toContainText('# two');
  await open(one, 'rides.py');
  await open(two, 'rides.py');
  await typeInto(one, '.jp-FileEditor', '# three\n');
  await expect(visibleEditors(two, '.jp-FileEditor')).toContainText('# three');
  await expect.poll(() => lab.server.read('rides.py')).toContain('# three');
  await expect(one.locator(tab('rides.py', 'synced'))).toBeVisible();
  await expect(one.locator('.jp-CohostStatus')).toContainText('Saved');
  expect(lab.errors).toEqual([]);
});

test('[ROOM-63] the tab tells that the server is away, and edits made meanwhile arrive once', async ({
  lab
}) => {
  const page = await lab.hostPage('rides.py');
  await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible();
  await causes(page.getByText('does not answer'), async () => {
    await lab.server.kill9();
    await typeInto(page, '.jp-FileEditor', '# kept\n');
    await expect(page.locator(tab('rides.py', 'offline'))).toBeVisible();
    await expect(page.locator('.jp-CohostStatus')).toContainText('kept');
  });
  await expect(page.locator('.jp-Dialog')).toHaveCount(0);
  await lab.server.restart();
  await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible({
    timeout: 90_000
  });
  await expect.poll(() => lab.server.read('rides.py')).toContain('# kept');
  expect(lab.server.read('rides.py').split('# kept')).toHaveLength(2);
});

test('[ROOM-66] a tab that is closed while the server is away loses nothing', async ({
  lab
}) => {
  const page = await lab.hostPage('rides.py');
  await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible();
  await lab.server.kill9();
  await typeInto(page, '.jp-FileEditor', '# last words\n');
  await expect(page.locator(tab('rides.py', 'offline'))).toBeVisible();
  await page
    .locator('.lm-TabBar-tab.lm-mod-current .lm-TabBar-tabCloseIcon')
    .last()
    .click();
  await expect(page.locator('.jp-FileEditor')).toHaveCount(0);
  await expect(page.getByText('rides.py is closed')).toBeVisible();
  await causes(page.getByText('all changes are sent'), async () => {
    await lab.server.restart();
    await expect
      .poll(() => lab.server.read('rides.py'))
      .toContain('# last words');
  });
});

test('[SAVE-31] Ctrl+S saves without a question', async ({ lab }) => {
  const page = await lab.hostPage('rides.py');
  await typeInto(page, '.jp-FileEditor', '# by hand\n');
  await page.keyboard.press('Control+s');
  await expect.poll(() => lab.server.read('rides.py')).toContain('# by hand');
  await page.keyboard.type('# and on\n');
  await page.keyboard.press('Control+s');
  await expect.poll(() => lab.server.read('rides.py')).toContain('# and on');
  await expect(page.locator('.jp-Dialog')).toHaveCount(0);
});

test.describe('files that cannot be shared', () => {
  test.use({ serverOptions: { files: { 'broken.ipynb': '{"cells": [' } } });

  test('[ROOM-54] a broken notebook says why in the dialog', async ({
    lab
  }) => {
    const page = await lab.hostPage();
    await command(page, 'docmanager:open', { path: 'broken.ipynb' });
    await expect(page.locator('.jp-Dialog')).toContainText('broken.ipynb');
    await lab.picture(page, 'broken-notebook');
  });
});
