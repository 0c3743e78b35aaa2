import { Page } from '@playwright/test';
import { expect, Lab, open, test, untilLoaded } from './support/fixtures';
import { visibleEditors } from './support/editors';

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

/** A picture for a person to look at, kept where other runs do not clear it. */
async function picture(page: Page, name: string): Promise<void> {
  const folder =
    process.env.COHOST_PICTURES ?? 'ui-tests/test-results/pictures';
  await page.screenshot({ path: `${folder}/${name}.png` });
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
  await expect(host.locator('.jp-cohost-flag')).toHaveText('Ada Lovelace');
  await picture(host, 'presence-cursor');
  const mark = host.locator('.jp-CodeCell .jp-cohost-here').first();
  await expect(mark).toHaveAttribute('aria-label', /Ada Lovelace/);
  await expect(host.locator('.jp-cohost-flag')).toHaveCount(0, {
    timeout: 5000
  });

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
