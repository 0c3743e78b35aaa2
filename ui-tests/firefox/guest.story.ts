/** The guest's story in Firefox, from the link to the end of the session. */
import puppeteer, { Browser, Page } from 'puppeteer-core';

import { expect, Lab, test } from '../support/fixtures';
import { typeInto, visibleEditors } from '../support/editors';
import { ONE_CELL } from '../support/notebooks';

const executablePath = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const code = '.jp-Notebook .jp-CodeCell';

test.use({ serverOptions: { files: { 'n.ipynb': ONE_CELL } } });

let firefox: Browser;

test.beforeAll(async () => {
  firefox = await puppeteer.launch({
    ...{ browser: 'firefox', executablePath, headless: true },
    defaultViewport: { width: 1200, height: 800 }
  });
});

test.afterAll(() => firefox.close());

/** What stands on the page, as a person reads it. */
const words = (page: Page) => page.evaluate(() => document.body.innerText);

/** Waits until the page shows these words. */
const reads = (page: Page, text: string | RegExp) =>
  expect
    .poll(() => words(page).catch(() => ''), { timeout: 90_000 })
    .toMatch(text);

async function join(link: string, name: string): Promise<Page> {
  const guest = await firefox.newPage();
  await guest.goto(link);
  await guest.locator('#name').fill(name);
  await guest.keyboard.press('Enter');
  return guest;
}

/** Clicks into the first editor of that kind that is in front, and types at its beginning. */
async function type(guest: Page, cell: string, text: string): Promise<void> {
  const editor = await guest.waitForSelector(`${cell} .cm-content`, {
    visible: true,
    timeout: 90_000
  });
  await editor?.click();
  await guest.keyboard.down('Control');
  await guest.keyboard.press('Home');
  await guest.keyboard.up('Control');
  await guest.keyboard.type(text);
}

function showChat(): void {
  const { jupyterapp } = window as unknown as {
    jupyterapp: { shell: { activateById(id: string): void } };
  };
  jupyterapp.shell.activateById('cohost-chat-panel');
}

const inFile = (lab: Lab, text: string) =>
  expect.poll(() => lab.server.read('n.ipynb')).toContain(text);

test('[STORY-1] in Firefox: joins, is let in, edits with the host, runs code', async ({
  lab
}) => {
  const { link, session } = await lab.share({
    paths: ['n.ipynb'],
    ...{ role: 'editor', knock: true, hostName: 'Grace' }
  });
  const host = await lab.hostPage('n.ipynb');
  const guest = await join(link, 'Ada');
  const knock = host.locator('.Toastify__toast', { hasText: 'Ada' });
  await knock.getByRole('button', { name: 'Let in' }).click();
  await reads(guest, 'you can edit');

  await typeInto(host, code, '# by the host\n');
  await reads(guest, '# by the host');
  await type(guest, code, '# by the guest\n');
  await expect(visibleEditors(host, code)).toContainText('# by the guest');
  await inFile(lab, '# by the guest');

  const { participants } = await lab.server.api<{
    participants: { id: string; name: string }[];
  }>('GET', `cohost/api/sessions/${session}`);
  const ada = participants.find(({ name }) => name === 'Ada');
  const address = `cohost/api/sessions/${session}/participants/${ada?.id}`;
  await lab.server.api('PATCH', address, { role: 'runner' });
  await reads(guest, 'you can edit and run');
  await type(guest, code, 'print("ran in " + "Firefox")\n');
  await guest.keyboard.down('Control');
  await guest.keyboard.press('Enter');
  await guest.keyboard.up('Control');
  await reads(guest, /^ran in Firefox$/m);
  await expect(host.getByText('ran in Firefox', { exact: true })).toBeVisible();

  await lab.server.kill9();
  await reads(guest, 'Reconnecting');
  await type(guest, code, '# while away\n');
  await lab.server.restart();
  await inFile(lab, '# while away');
  await guest.close();
});

test('[CHAT-1] in Firefox: a message goes both ways, and its end is said', async ({
  lab
}) => {
  const { link, session } = await lab.share({
    paths: ['n.ipynb'],
    ...{ role: 'viewer', hostName: 'Grace' }
  });
  const host = await lab.hostPage('n.ipynb');
  const guest = await join(link, 'Ada');
  await reads(guest, /you can (read|view)/);
  await host.evaluate(showChat);
  await guest.evaluate(showChat);
  const composer = await guest.waitForSelector('#cohost-chat-panel textarea');
  await composer?.click();
  await guest.keyboard.type('hello from Firefox');
  await guest.keyboard.press('Enter');
  await expect(host.getByText('hello from Firefox').first()).toBeVisible();
  await lab.server.api('DELETE', `cohost/api/sessions/${session}`);
  await reads(guest, /has ended/);
  await guest.close();
});
