/** What a guest's page begins with, and what it keeps: folders, phones, reloads. */
import { Page } from '@playwright/test';
import { composer, openChat } from './support/chat';
import { expect, open, test, untilLoaded } from './support/fixtures';

test.use({
  serverOptions: { files: { 'paper.pdf': '%PDF-1.4\n%%EOF\n' } }
});

const phone = { width: 390, height: 844 };

const files = (page: Page) => page.getByRole('list', { name: 'Shared files' });
const browser = (page: Page) => page.locator('#filebrowser');
const tabs = (page: Page) =>
  page.locator('#jp-main-dock-panel .lm-TabBar-tab .lm-TabBar-tabLabel');

test('[UI-32] [UI-37] a guest of a folder begins where the host is, or with a list; a phone too', async ({
  lab
}) => {
  const { link } = await lab.share({ paths: [''], role: 'editor' });
  const early = await lab.newPage();
  await early.setViewportSize(phone);
  await early.emulateMedia({ colorScheme: 'dark' });
  await early.goto(link);
  await expect(
    early.getByRole('heading', { name: 'invites you to content' })
  ).toBeVisible();
  await early.getByRole('textbox', { name: 'Your name' }).fill('Bo');
  await early.getByRole('button', { name: 'Join session' }).click();
  await untilLoaded(early);
  await expect(files(early).getByText('analysis.ipynb')).toBeVisible();
  await expect(early.getByRole('heading', { name: 'content' })).toBeVisible();
  const light = (page: Page) =>
    page.locator('body').getAttribute('data-jp-theme-light');
  await expect.poll(() => light(early)).toBe('false');
  const title = early.locator('.jp-cohost-bar-line > b');
  await expect(title).toContainText('edit');
  expect(
    await title.evaluate(node => node.scrollWidth <= node.clientWidth)
  ).toBe(true);
  await lab.picture(early, 'folder-phone');

  const host = await lab.hostPage('rides.py');
  await expect(files(early).getByRole('button').first()).toHaveText(
    /rides\.py.*is here/
  );
  await lab.picture(early, 'folder-phone-host');
  await expect(browser(early)).toBeHidden();
  await files(early).getByRole('button', { name: 'All files' }).click();
  await expect(browser(early)).toBeVisible();
  await early.locator('.lm-TabBar-tab[data-id="cohost-chat-panel"]').click();
  await expect(early.locator('#cohost-chat-panel')).toBeVisible();
  await expect(browser(early)).toBeHidden();
  await expect(early.getByRole('button', { name: 'Leave' })).toBeInViewport();
  await lab.picture(early, 'folder-phone-chat');

  const late = await lab.guestPage(link, 'Cy');
  await untilLoaded(late);
  await expect(tabs(late).filter({ hasText: 'rides.py' })).toBeVisible();
  await expect(late.locator('.jp-FileEditor .cm-content')).toBeVisible();
  expect(await light(late)).toBe('true');
  await open(host, 'analysis.ipynb');
  expect(lab.errors).toEqual([]);
});

test('[UI-61] what opens by itself takes no keys from who types in the chat', async ({
  lab
}) => {
  const paths = ['analysis.ipynb', 'rides.py'];
  const { link } = await lab.share({ paths, role: 'editor' });
  const page = await lab.newPage();
  const held: (() => void)[] = [];
  let holds = true;
  await page.routeWebSocket(/\/events$/, socket => {
    const server = socket.connectToServer();
    server.onMessage(message => {
      const isPeople = String(message).includes('"type": "people"');
      if (holds && isPeople) {
        held.push(() => socket.send(message));
      } else {
        socket.send(message);
      }
    });
  });
  await page.goto(link);
  await page.getByRole('textbox', { name: 'Your name' }).fill('Bo');
  await page.getByRole('button', { name: 'Join session' }).click();
  await untilLoaded(page);
  await openChat(page);
  await composer(page).pressSequentially('Is anybody ');
  await expect.poll(() => held.length).toBeGreaterThan(0);
  await expect(tabs(page).filter({ hasText: 'rides.py' })).toHaveCount(0);

  holds = false;
  held.forEach(release => release());
  await expect(tabs(page).filter({ hasText: 'rides.py' })).toBeVisible();
  await expect(page.locator('.jp-Notebook .jp-Cell').first()).toBeVisible();
  await page.keyboard.type('here?');
  await expect(composer(page)).toHaveValue('Is anybody here?');
});

test('[UI-46] tabs come back after a reload; a slow line says what is going on', async ({
  lab
}) => {
  const { link } = await lab.share({ paths: [''], role: 'viewer' });
  const page = await lab.guestPage(link, 'Bo');
  await untilLoaded(page);
  await files(page)
    .getByRole('button', { name: /rides\.py/ })
    .click();
  await expect(tabs(page).filter({ hasText: 'rides.py' })).toBeVisible();
  await tabs(page).filter({ hasText: 'Shared files' }).click();
  await files(page)
    .getByRole('button', { name: /analysis\.ipynb/ })
    .click();
  await expect(
    page.getByRole('heading', { name: 'Bicycles on the bridge' })
  ).toBeVisible();
  await page.waitForFunction(() =>
    Object.entries(sessionStorage).some(
      ([key, value]) =>
        key.startsWith('jupyterlab-cohost:workspace:') &&
        value.includes('rides.py') &&
        value.includes('analysis.ipynb')
    )
  );
  let go: () => void = () => undefined;
  const held = new Promise<void>(resolve => (go = resolve));
  await page.route('**/static/lab/**', async route => {
    await held;
    await route.continue();
  });
  await page.reload({ waitUntil: 'commit' });
  await expect(page.getByRole('status').first()).toHaveText(
    /^Opening .+’s documents…$/
  );
  await lab.picture(page, 'opening');
  go();
  await untilLoaded(page);
  await expect(tabs(page).filter({ hasText: 'rides.py' })).toBeVisible();
  await expect(tabs(page).filter({ hasText: 'analysis.ipynb' })).toBeVisible();
  await expect(page.locator('#jp-cohost-opening')).toHaveCount(0);
  expect(lab.errors).toEqual([]);
});

test('[UI-48] who may read downloads and exports; what cannot work is not offered', async ({
  lab
}) => {
  const { link } = await lab.share({
    paths: ['analysis.ipynb', 'paper.pdf'],
    role: 'editor'
  });
  const page = await lab.guestPage(link, 'Bo');
  await untilLoaded(page);
  // The page opens both by itself; the one in front may still come.
  await page
    .locator('.lm-TabBar-tab[data-cohost-sync=synced]:has-text("analysis")')
    .waitFor();
  await expect(async () => {
    await tabs(page).filter({ hasText: 'paper.pdf' }).click();
    await expect(page.getByText('can’t be shown')).toBeVisible();
    const button = page.locator('.jp-cohost-no-preview button');
    await button.click({ trial: true, timeout: 3000 });
  }).toPass();
  await lab.picture(page, 'pdf');
  const pdf = page.waitForEvent('download');
  await page.locator('.jp-cohost-no-preview button').click();
  expect((await pdf).suggestedFilename()).toBe('paper.pdf');

  const notebook = tabs(page).filter({ hasText: 'analysis.ipynb' });
  await notebook.click();
  await notebook.click({ button: 'right' });
  await expect(page.locator('.lm-Menu')).toBeVisible();
  await expect(page.getByText('Delete Notebook')).toBeHidden();
  await page.keyboard.press('Escape');
  const fromFileMenu = async (item: RegExp) => {
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'File', exact: true }).click();
    await page.getByRole('menuitem', { name: item }).click();
    return (await download).suggestedFilename();
  };
  expect(await fromFileMenu(/^Download/)).toBe('analysis.ipynb');
  expect(await fromFileMenu(/as Markdown/)).toBe('analysis.md');
  await expect(
    page.locator('#jp-main-dock-panel .lm-TabBar-addButton')
  ).toBeHidden();
  await expect(page.locator('[data-id="jp-property-inspector"]')).toHaveCount(
    0
  );
  expect(lab.errors).toEqual([]);
});
