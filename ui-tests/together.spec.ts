import { Page } from '@playwright/test';
import { expect, open, test, untilLoaded } from './support/fixtures';
import { typeInto, visibleEditors } from './support/editors';

const shared = ['analysis.ipynb', 'rides.py', 'data'];

/** Opens a file from the guest's file browser, which has no commands at hand. */
async function openFromBrowser(page: Page, name: string): Promise<void> {
  await page
    .locator('.jp-DirListing-item', { hasText: name })
    .first()
    .dblclick();
}

test('[ROOM] host and a guest without install edit one notebook and one module', async ({
  lab
}) => {
  const { link } = await lab.share({ paths: shared, role: 'editor' });
  const host = await lab.hostPage('analysis.ipynb');
  const guest = await lab.guestPage(link, 'Ada');
  await untilLoaded(guest);
  const title = { name: 'Bicycles on the bridge' };
  await expect(guest.getByRole('heading', title)).toBeVisible();

  await typeInto(host, '.jp-CodeCell', '# by the host\n');
  await expect(visibleEditors(guest, '.jp-CodeCell')).toContainText(
    '# by the host'
  );
  await typeInto(guest, '.jp-CodeCell', '# by the guest\n');
  await expect(visibleEditors(host, '.jp-CodeCell')).toContainText(
    '# by the guest'
  );
  const saved = () => lab.server.read('analysis.ipynb');
  await expect.poll(saved).toContain('# by the host');
  await expect.poll(saved).toContain('# by the guest');
  await lab.picture(host, 'together-host');
  await lab.picture(guest, 'together-guest');

  await open(host, 'rides.py');
  await openFromBrowser(guest, 'rides.py');
  await typeInto(guest, '.jp-FileEditor', '# a module of two\n');
  await expect(visibleEditors(host, '.jp-FileEditor')).toContainText(
    '# a module of two'
  );
  await expect
    .poll(() => lab.server.read('rides.py'))
    .toContain('# a module of two');
  expect(lab.errors).toEqual([]);
});

test('[ROOM] an acknowledged edit survives kill -9 of the server, in both pages and in the file, once', async ({
  lab
}) => {
  const { link } = await lab.share({
    paths: ['rides.py'],
    role: 'editor',
    kind: 'persistent'
  });
  const host = await lab.hostPage('rides.py');
  const guest = await lab.guestPage(link, 'Ada');
  await untilLoaded(guest);
  // The guest's page opens the files of the link by itself.
  await expect(visibleEditors(guest, '.jp-FileEditor')).toBeVisible();
  await typeInto(guest, '.jp-FileEditor', '# before\n');
  await expect(visibleEditors(host, '.jp-FileEditor')).toContainText(
    '# before'
  );
  await lab.server.kill9();
  await typeInto(guest, '.jp-FileEditor', '# while away\n');
  await lab.server.restart();
  await expect(visibleEditors(host, '.jp-FileEditor')).toContainText(
    '# while away',
    {
      timeout: 90_000
    }
  );
  await expect
    .poll(() => lab.server.read('rides.py'))
    .toContain('# while away');
  const text = lab.server.read('rides.py');
  expect(text.split('# before').length).toBe(2);
  expect(text.split('# while away').length).toBe(2);
});
