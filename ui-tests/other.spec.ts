/** Beside jupyter-collaboration: its rooms hold the host's documents alone, and sharing is off and says so. */
import { expect, test } from './support/fixtures';

test.use({ serverOptions: { neighbour: 'jupyter-collaboration' } });

const WORDS = Array.from({ length: 20 }, (_, index) => `word${index}`);

test('[SESS-31] [ROOM-70] sharing is off in plain words, and what the host types is in the file', async ({
  lab
}) => {
  lab.server.write('note.txt', 'first\n');
  const host = await lab.hostPage('note.txt');
  const button = host.getByRole('button', { name: /^Sharing is off/ });
  await button.click();
  const dialog = host.locator('.jp-cohost-dialog');
  const said = dialog.getByRole('alert');
  await expect(said).toContainText('while jupyter-collaboration is on');
  await expect(said).toContainText(/--YDocExtension\.disable_rtc=True\.$/);
  expect(
    await said.evaluate(
      node =>
        node.scrollWidth <= node.clientWidth &&
        node.scrollHeight <= node.clientHeight + 1
    )
  ).toBe(true);
  await expect(
    dialog.getByRole('button', { name: 'Start and copy link' })
  ).toBeDisabled();
  await host.keyboard.press('Escape');
  await host.locator('.cm-content').click();
  await host.keyboard.press('Control+End');
  await host.keyboard.type(WORDS.join(' '), { delay: 10 });
  await expect
    .poll(() =>
      WORDS.filter(word => lab.server.read('note.txt').includes(word))
    )
    .toEqual(WORDS);
  await expect(host.locator('.cm-content')).toContainText(WORDS.join(' '));
});
