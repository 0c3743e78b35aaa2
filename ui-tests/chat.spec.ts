import { Page } from '@playwright/test';
import * as fs from 'fs';
import * as path from 'path';
import { command, expect, Lab, test, untilLoaded } from './support/fixtures';
import { JupyterServer } from './support/server';
import { invited } from './support/sessions';

const CANARY = 'a-canary-that-was-said-9fQ2';

const panel = (page: Page) => page.locator('#cohost-chat-panel');
const composer = (page: Page) =>
  panel(page).getByRole('combobox', { name: 'Message' });
const message = (page: Page, text: string) =>
  panel(page).getByRole('article').filter({ hasText: text });

/** Brings the panel to the front. */
async function openChat(page: Page): Promise<void> {
  await page
    .locator('.lm-TabBar-tab[data-id="cohost-chat-panel"]')
    .first()
    .click();
  await expect(composer(page)).toBeEnabled();
}

async function say(page: Page, text: string): Promise<void> {
  await composer(page).focus();
  await composer(page).fill(text);
  await page.keyboard.press('Enter');
}

async function joined(lab: Lab, link: string, name: string): Promise<Page> {
  const page = await lab.guestPage(link, name);
  await untilLoaded(page);
  await openChat(page);
  return page;
}

async function picture(page: Page, name: string): Promise<void> {
  const folder =
    process.env.COHOST_PICTURES ?? 'ui-tests/test-results/pictures';
  await page.screenshot({ path: `${folder}/${name}.png` });
}

/** Every file of the server that holds the text. */
function filesWith(server: JupyterServer, text: string): string[] {
  const names = fs.readdirSync(server.work, { recursive: true }) as string[];
  return names
    .map(name => path.join(server.work, name))
    .filter(name => fs.statSync(name, { throwIfNoEntry: false })?.isFile())
    .filter(name => fs.readFileSync(name).includes(text));
}

/** What the browser keeps for this page's origin. */
async function storage(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, names]);
  });
}

test('[CHAT-30] host, editor and viewer talk: markdown, reply, edit, delete, reaction, mention, 1-to-1; nothing is left', async ({
  lab
}) => {
  const shared = { paths: ['analysis.ipynb', 'rides.py'] };
  const { link, session } = await lab.share({ ...shared, role: 'editor' });
  const viewers = await invited(lab.server, session, { role: 'viewer' });
  const host = await lab.hostPage('analysis.ipynb');
  await openChat(host);
  await expect(panel(host)).toContainText('when the last one leaves');
  const ada = await joined(lab, link, 'Ada');
  const ben = await joined(lab, viewers.link, 'Ben');

  await say(ada, `Hello **all**, see \`rides.py\` ${CANARY}`);
  await expect(message(host, CANARY).locator('strong')).toHaveText('all');
  await expect(message(ben, CANARY)).toBeVisible();

  await message(ben, CANARY).hover();
  await message(ben, CANARY)
    .getByRole('button', { name: /^Reply/ })
    .click();
  await say(ben, 'I can only read');
  await expect(message(ada, 'I can only read')).toContainText('Answer to Ada');
  await message(host, 'I can only read').hover();
  await message(host, 'I can only read')
    .getByRole('button', { name: /^React/ })
    .click();
  await host.getByRole('button', { name: 'React with 🎉' }).click();
  await expect(
    message(ben, 'I can only read').getByRole('button', { name: /🎉/ })
  ).toBeVisible();

  await say(ada, 'a tpyo');
  await message(ada, 'a tpyo').hover();
  await message(ada, 'a tpyo').getByRole('button', { name: /^Edit/ }).click();
  await composer(ada).fill('no typo');
  await ada.keyboard.press('Enter');
  await expect(message(ben, 'no typo')).toContainText('edited');
  await message(host, 'no typo').hover();
  await message(host, 'no typo')
    .getByRole('button', { name: /^Delete/ })
    .click();
  await expect(panel(ada)).toContainText('Deleted by the host');
  await expect(message(ben, 'no typo')).toHaveCount(0);
  await expect(
    message(ben, CANARY)
      .first()
      .getByRole('button', { name: /^Delete/ })
  ).toHaveCount(0);

  await composer(host).focus();
  await host.keyboard.type('@Ad');
  await expect(
    host.getByRole('option', { name: 'Ada', exact: true })
  ).toBeVisible();
  await host.keyboard.press('Enter');
  await host.keyboard.type('look here');
  await host.keyboard.press('Enter');
  await expect(message(ada, '@Ada look here')).toBeVisible();

  const everybody = panel(ada).getByRole('combobox', { name: 'Chat with' });
  await everybody.selectOption({ label: 'Only Ben' });
  await say(ada, 'for your eyes only');
  await expect(
    panel(ben).getByRole('combobox', { name: 'Chat with' })
  ).toContainText('Only Ada (1)');
  await panel(ben)
    .getByRole('combobox', { name: 'Chat with' })
    .selectOption({ label: 'Only Ada (1)' });
  await expect(message(ben, 'for your eyes only')).toBeVisible();
  await expect(panel(host)).not.toContainText('eyes only');
  await everybody.selectOption({ index: 0 });
  await picture(ada, 'chat-light');
  await command(host, 'apputils:change-theme', { theme: 'JupyterLab Dark' });
  await expect(host.locator('body')).toHaveAttribute(
    'data-jp-theme-light',
    'false'
  );
  await host
    .locator('#jupyterlab-splash')
    .waitFor({ state: 'detached', timeout: 20_000 });
  const news = host.getByRole('button', { name: 'No', exact: true });
  if (await news.isVisible()) {
    await news.click();
  }
  await picture(host, 'chat-dark');

  const late = await joined(lab, link, 'Late');
  await expect(message(late, CANARY).first()).toBeVisible();
  await expect(late.locator('#cohost-chat-panel')).not.toContainText('eyes');
  await ben.reload();
  await untilLoaded(ben);
  await openChat(ben);
  await expect(message(ben, CANARY).first()).toBeVisible();

  for (const page of [host, ada, ben, late]) {
    expect(await storage(page)).not.toContain(CANARY);
  }
  expect(filesWith(lab.server, CANARY)).toEqual([]);
  expect(lab.errors).toEqual([]);
  for (const page of [host, ada, ben, late]) {
    await page.close();
  }
  const after = await joined(lab, link, 'After');
  await expect(panel(after)).toContainText('Nothing said yet');
  expect(filesWith(lab.server, CANARY)).toEqual([]);
});
