import AxeBuilder from '@axe-core/playwright';
import { Page } from '@playwright/test';
import { command, expect, Lab, test, untilLoaded } from './support/fixtures';
import { darken } from './support/pictures';

const shared = ['analysis.ipynb', 'rides.py', 'data'];

/** Serious and critical findings of axe in a part of a page, as text. */
async function findings(page: Page, within: string): Promise<string[]> {
  await page.locator(within).first().waitFor();
  const { violations } = await new AxeBuilder({ page })
    .include(within)
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) =>
        [id, target.join(' '), failureSummary].join(': ')
      )
    );
}

/** A host and a guest, both with their panels open. */
async function panels(lab: Lab) {
  const { link } = await lab.share({ paths: shared, role: 'editor' });
  const host = await lab.hostPage('analysis.ipynb');
  const guest = await lab.guestPage(link, 'Ada Lovelace');
  await untilLoaded(guest);
  await host.getByRole('button', { name: /2 people/ }).waitFor();
  return { host, guest, link };
}

const PANEL = '#cohost-session-panel';
const CHAT = '#cohost-chat-panel';
const DIALOG = '.jp-cohost-dialog-content';

test('[PRES-60] axe finds nothing serious in the session panel, the share dialog and the landing page', async ({
  lab
}) => {
  const { host, guest, link } = await panels(lab);
  await command(host, 'cohost:session-panel');
  await expect(host.locator(`${PANEL} .jp-cohost-member`)).toHaveCount(2);
  expect(await findings(host, PANEL)).toEqual([]);
  await command(guest, 'cohost:session-panel');
  expect(await findings(guest, PANEL)).toEqual([]);
  expect(await findings(guest, '.jp-cohost-bar')).toEqual([]);

  await command(host, 'cohost:share');
  expect(await findings(host, DIALOG)).toEqual([]);
  await host.getByLabel('Which session').selectOption('');
  await host.getByRole('button', { name: 'Start and copy link' }).waitFor();
  expect(await findings(host, DIALOG)).toEqual([]);
  await host.keyboard.press('Escape');

  await darken(host);
  expect(await findings(host, PANEL)).toEqual([]);
  await command(host, 'cohost:share');
  expect(await findings(host, DIALOG)).toEqual([]);

  const visitor = await lab.newPage();
  await visitor.goto(link);
  await visitor.getByRole('button', { name: 'Join session' }).waitFor();
  expect(await findings(visitor, 'body')).toEqual([]);
  await visitor.emulateMedia({ colorScheme: 'dark' });
  expect(await findings(visitor, 'body')).toEqual([]);
});

test('[PRES-60] axe finds nothing serious in the chat panel', async ({
  lab
}) => {
  const { host } = await panels(lab);
  await command(host, 'cohost:chat');
  const composer = host.getByRole('combobox', { name: 'Message' });
  await composer.fill('Look at **this**');
  await composer.press('Enter');
  await expect(host.locator(CHAT)).toContainText('Look at this');
  expect(await findings(host, CHAT)).toEqual([]);
  await darken(host);
  expect(await findings(host, CHAT)).toEqual([]);
});

/** Presses Tab until something has the focus, and fails after fifty. */
async function tabTo(
  page: Page,
  name: RegExp,
  key: 'Tab' | 'Shift+Tab' = 'Tab'
): Promise<void> {
  for (let presses = 0; presses < 50; presses++) {
    if (name.test(await focused(page))) {
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`Tab never came to ${name}; it is at ${await focused(page)}`);
}

/** What has the focus, as a screen reader would name it. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const node = document.activeElement;
    const label = node?.getAttribute('aria-label') ?? '';
    return label || (node as HTMLElement | null)?.innerText || '';
  });

test('[PRES-61] the session panel by the keyboard alone', async ({ lab }) => {
  const { host, guest } = await panels(lab);
  // From the command palette, as a person would.
  await host.keyboard.press('Control+Shift+c');
  await host.getByPlaceholder('SEARCH', { exact: true }).waitFor();
  await host.keyboard.type('People');
  await expect(
    host.locator('.lm-CommandPalette-item.lm-mod-active')
  ).toContainText('People');
  await host.keyboard.press('Enter');
  const panel = host.locator(PANEL);
  await expect(panel).toBeVisible();
  await expect
    .poll(() => panel.evaluate(node => node.contains(document.activeElement)))
    .toBe(true);

  await tabTo(host, /^Follow Ada/);
  await host.keyboard.press('Enter');
  await expect(host.locator('.jp-cohost-following')).toBeVisible();
  await host.keyboard.press('Escape');
  await expect(host.locator('.jp-cohost-following')).toHaveCount(0);

  // Following went into the document; back by the same command.
  await command(host, 'cohost:session-panel');
  await tabTo(host, /^Role of Ada/);
  await host.keyboard.press('ArrowUp');
  await expect(guest.locator('.jp-cohost-bar')).toContainText('read');
  await tabTo(host, /^Remove Ada/);
  await host.keyboard.press('Enter');
  await expect(host.getByRole('alertdialog')).toBeVisible();
  await expect.poll(() => focused(host)).toBe('Cancel');
  await host.keyboard.press('Escape');
  await expect(host.getByRole('alertdialog')).toHaveCount(0);
  await expect.poll(() => focused(host)).toMatch(/^Remove Ada/);
  await host.keyboard.press('Enter');
  await tabTo(host, /^Remove$/);
  await host.keyboard.press('Enter');
  await expect(panel.locator('.jp-cohost-member')).toHaveCount(1);
  await expect
    .poll(() => panel.evaluate(node => node === document.activeElement))
    .toBe(true);
  await host.keyboard.press('Escape');
  await expect
    .poll(() =>
      host.evaluate(
        () => document.activeElement?.closest('.jp-NotebookPanel') !== null
      )
    )
    .toBe(true);
});

test('[PRES-61] the share dialog by the keyboard alone', async ({ lab }) => {
  const host = await lab.hostPage('analysis.ipynb');
  await tabTo(host, /^Share/);
  await host.keyboard.press('Enter');
  const dialog = host.locator(DIALOG);
  await expect(dialog).toBeVisible();
  const inside = () =>
    dialog.evaluate(node => node.contains(document.activeElement));
  await expect.poll(inside).toBe(true);
  for (let presses = 0; presses < 40; presses++) {
    await host.keyboard.press('Tab');
    expect(await inside()).toBe(true);
  }
  await host.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect.poll(() => focused(host)).toMatch(/^Share/);

  await host.keyboard.press('Enter');
  await dialog.getByRole('radio').first().waitFor();
  for (let presses = 0; presses < 40; presses++) {
    if (
      await host.evaluate(
        () =>
          (document.activeElement as HTMLInputElement).name === 'cohost-role'
      )
    ) {
      break;
    }
    await host.keyboard.press('Tab');
  }
  const before = await dialog.locator('input[type=radio]:checked').count();
  await host.keyboard.press('ArrowUp');
  expect(await dialog.locator('input[type=radio]:checked').count()).toBe(
    before
  );
  await expect(dialog.getByRole('radio', { name: /view/i })).toBeChecked();
  await host.keyboard.press('Enter');
  await expect(dialog).toContainText('live');
  await tabTo(host, /^Done/);
  await host.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect
    .poll(() => host.evaluate(() => document.activeElement !== document.body))
    .toBe(true);
});
