/** The pictures of the documentation, of the real thing. They are written to docs/screenshots (or COHOST_PICTURES). */
import * as path from 'path';
import { Page } from '@playwright/test';

import { command, expect, Lab, test, untilLoaded } from '../support/fixtures';
import { typeInto } from '../support/editors';
import { invited } from '../support/sessions';

const folder =
  process.env.COHOST_PICTURES ??
  path.resolve(__dirname, '../../docs/screenshots');

test.use({ serverOptions: { trusted: true } });

/** Those that are only to be looked at are called `x-…`, and are not for the documentation. */
const take = async (page: Page, name: string) =>
  (process.env.COHOST_PICTURES || !name.startsWith('x-')) &&
  page.screenshot({
    path: path.join(folder, `${name}.png`),
    animations: 'disabled'
  });

const dialog = (page: Page) => page.locator('.jp-cohost-dialog');
const shareButton = (page: Page) =>
  page.getByRole('button', { name: /^(Share session|Session is live)/ });

async function dismissNotices(page: Page): Promise<void> {
  await command(page, 'apputils:dismiss-notification', {}).catch(
    () => undefined
  );
  await expect(page.locator('.Toastify__toast')).toHaveCount(0, {
    timeout: 8000
  });
}

const dark = (page: Page) =>
  command(page, 'apputils:change-theme', { theme: 'JupyterLab Dark' });

async function size(page: Page, width: number, height: number) {
  await page.setViewportSize({ width, height });
}

async function hostPage(lab: Lab): Promise<Page> {
  const page = await lab.hostPage('analysis.ipynb');
  await page.context().grantPermissions(['clipboard-write', 'clipboard-read'], {
    origin: lab.server.origin
  });
  await expect(
    page.getByRole('heading', { name: 'Bicycles on the bridge' })
  ).toBeVisible();
  await expect(
    page.locator('.jp-OutputArea svg, .jp-OutputArea img').first()
  ).toBeVisible();
  return page;
}

test('share dialog, from the form to the running session', async ({ lab }) => {
  const host = await hostPage(lab);
  await shareButton(host).click();
  const name = dialog(host).getByRole('textbox', { name: /Your name/ });
  await name.fill('Anna');
  await expect(
    dialog(host).getByText('Guests see only this file.')
  ).toBeVisible();
  await take(host, 'share-dialog');
  await host.keyboard.press('Escape');
  await dark(host);
  await shareButton(host).click();
  await name.fill('Anna');
  await expect(
    dialog(host).getByText('Guests see only this file.')
  ).toBeVisible();
  await take(host, 'share-dialog-dark');
  await size(host, 800, 700);
  await take(host, 'x-share-dialog-800');
  await size(host, 420, 760);
  await take(host, 'x-share-dialog-420');
  await size(host, 1280, 800);
  await dialog(host)
    .getByRole('button', { name: /Add files/ })
    .click();
  await dialog(host)
    .getByRole('treeitem', { name: /rides\.py/ })
    .click();
  await take(host, 'x-share-dialog-picker');
  await dialog(host)
    .getByRole('button', { name: 'Start and copy link' })
    .click();
  await expect(dialog(host).getByText('live')).toBeVisible();
  await take(host, 'x-session-running-dark');
  const link = await host.evaluate(() => navigator.clipboard.readText());

  const guest = await lab.newPage();
  await guest.goto(link);
  const own = guest.getByRole('textbox', { name: 'Your name' });
  await own.fill('Ben');
  await take(guest, 'landing');
  await guest.emulateMedia({ colorScheme: 'dark' });
  await take(guest, 'x-landing-dark');
  await size(guest, 420, 800);
  await take(guest, 'x-landing-420');
  await guest.emulateMedia({ colorScheme: 'light' });
  await size(guest, 1280, 800);
  await guest.getByRole('button', { name: 'Join session' }).click();
  await expect(guest.getByRole('heading', { name: /Waiting/ })).toBeVisible();
  await take(guest, 'x-knock');
  await command(host, 'apputils:change-theme', { theme: 'JupyterLab Light' });
  await expect(dialog(host).getByText('Ben')).toBeVisible();
  await take(host, 'x-door');
  await dialog(host).getByRole('button', { name: 'Let in' }).click();
  await untilLoaded(guest);
  await expect(
    dialog(host).getByRole('combobox', { name: 'Role of Ben' })
  ).toBeVisible();
  await host.waitForTimeout(1500);
  await take(host, 'session-running');
  await dialog(host).getByRole('button', { name: 'End session' }).click();
  await take(host, 'x-session-ending');
  await size(host, 420, 760);
  await take(host, 'x-session-420');
});

test('host and guest', async ({ lab, browser }) => {
  const { link } = await lab.share({
    paths: ['analysis.ipynb', 'rides.py', 'data'],
    role: 'editor',
    hostName: 'Anna'
  });
  const host = await hostPage(lab);
  await size(host, 1000, 760);
  const guest = await lab.guestPage(link, 'Ben');
  await size(guest, 1000, 760);
  await untilLoaded(guest);
  await guest.getByRole('tab', { name: 'analysis.ipynb' }).click();
  await expect(
    guest.locator('.jp-OutputArea svg, .jp-OutputArea img').first()
  ).toBeVisible();
  await typeInto(host, '.jp-CodeCell', '# mean of every hour\n');
  await guest.locator('.jp-CodeCell .cm-content').nth(1).click();
  await guest.keyboard.press('Control+End');
  await guest.keyboard.type('  # and the weekend?');
  await guest
    .locator('.jp-SideBar .lm-TabBar-tab.lm-mod-current')
    .first()
    .click();
  await host
    .locator('.jp-SideBar .lm-TabBar-tab.lm-mod-current')
    .first()
    .click();
  await host.waitForTimeout(2500);
  await dismissNotices(host);
  const shots = [await host.screenshot(), await guest.screenshot()];
  const both = await browser.newPage({
    viewport: { width: 2060, height: 800 }
  });
  const image = (shot: Buffer) =>
    `<img width="1000" src="data:image/png;base64,${shot.toString('base64')}" style="border:1px solid #999;border-radius:8px">`;
  await both.setContent(
    `<body style="margin:16px;display:flex;gap:20px;background:#e8eaed">${shots.map(image).join('')}</body>`
  );
  await take(both, 'host-and-guest');
  await both.close();
  await size(guest, 1280, 800);
  await take(guest, 'x-editor');
  await guest.emulateMedia({ colorScheme: 'dark' });
  await guest.waitForTimeout(1000);
  await take(guest, 'x-editor-dark');
  await size(guest, 800, 700);
  await take(guest, 'x-editor-800');
  await size(guest, 420, 760);
  await take(guest, 'x-editor-420');
  await lab.server.stop();
  await size(guest, 1280, 800);
  await expect(guest.getByText('Reconnecting').first()).toBeVisible();
  await take(guest, 'x-guest-offline');
  await host.waitForTimeout(2000);
  await take(host, 'x-host-offline');
});

test('viewer, runner, ends', async ({ lab }) => {
  const shared = await lab.share({
    paths: ['analysis.ipynb'],
    role: 'viewer',
    hostName: 'Anna'
  });
  const { session } = shared;
  const guest = await lab.guestPage(shared.link, 'Vera');
  await untilLoaded(guest);
  await guest.waitForTimeout(3000);
  await expect(
    guest.locator('.jp-OutputArea svg, .jp-OutputArea img').first()
  ).toBeVisible();
  await typeInto(guest, '.jp-CodeCell', 'x');
  await expect(guest.getByText('You’re viewing')).toBeVisible();
  await expect(guest.locator('.jp-DirListing-item')).toHaveCount(1);
  await take(guest, 'viewer');
  const host = await lab.hostPage('analysis.ipynb');
  await typeInto(guest, '.jp-CodeCell', 'x');
  await guest.getByRole('button', { name: 'Ask to edit' }).click();
  await expect(host.getByText('asks to edit')).toBeVisible();
  await take(host, 'x-ask-host');
  await take(guest, 'x-ask-guest');
  const runs = await invited(lab.server, session, { role: 'runner' });
  const runner = await lab.guestPage(runs.link, 'Ruth');
  await untilLoaded(runner);
  await runner.waitForTimeout(4000);
  await take(runner, 'x-runner');
  const dead = await lab.newPage();
  await dead.goto(`${shared.link.split('#')[0]}#wrong`);
  await dead.waitForTimeout(500);
  await take(dead, 'dead-link');
  await lab.server.api('DELETE', `cohost/api/sessions/${session}`);
  await expect(guest.getByText('has ended').first()).toBeVisible();
  await take(guest, 'x-guest-ended');
  await size(guest, 420, 760);
  await take(guest, 'x-guest-ended-420');
  await dead.goto(shared.link);
  await dead.waitForTimeout(500);
  await take(dead, 'x-ended');
});
