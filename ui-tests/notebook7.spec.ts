import { expect, test, TOKEN } from './support/fixtures';
import { message, say, talker } from './support/chat';
import { picture } from './support/pictures';
import { typeInto } from './support/editors';

test.use({ serverOptions: { app: 'notebook' } });

test('[CHAT-48] [UI-59] Notebook 7 opens a shared document, edits it and saves it; a mark shows what is unread', async ({
  lab
}) => {
  const page = await lab.newPage();
  await page.goto(
    `${lab.server.origin}/notebooks/analysis.ipynb?token=${TOKEN}`
  );
  await expect(
    page.getByRole('heading', { name: 'Bicycles on the bridge' })
  ).toBeVisible({ timeout: 90_000 });
  await typeInto(page, '.jp-CodeCell', '# from Notebook 7\n');
  await expect
    .poll(() => lab.server.read('analysis.ipynb'))
    .toContain('# from Notebook 7');
  // [UI-59] There is no status bar: the document's state and the people stand on top.
  const state = page.locator('#jp-cohost-save-status');
  await expect(state).toHaveText('Saved');
  await expect(state.locator('.jp-cohost-mark')).toHaveAttribute(
    'data-cohost-sync',
    'synced'
  );
  const { link } = await lab.share({ paths: ['rides.py'], role: 'viewer' });
  const guest = await talker(lab, link, 'Ada');
  await say(guest, 'is anybody here?');
  const unread = page.getByRole('button', { name: 'Chat: 1 new' });
  await unread.click();
  await expect(message(page, 'is anybody here?')).toBeVisible();
  await page.getByRole('button', { name: /2 people/ }).click();
  await expect(
    page.locator('#cohost-session-panel .jp-cohost-member')
  ).toHaveCount(2);
  await picture(page, 'notebook7-people');
  // Notebook 7.6 throws this by itself at start, also without the extension.
  const ours = lab.errors.filter(error => !error.includes("reading 'schema'"));
  expect(ours).toEqual([]);
});
