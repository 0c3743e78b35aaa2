import { BrowserContext, chromium, Page } from '@playwright/test';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import {
  act,
  composer,
  filesWith,
  fromMenu,
  message,
  openChat,
  panel,
  say,
  storage,
  talker,
  thread
} from './support/chat';
import { expectName } from './support/carets';
import { visibleEditors } from './support/editors';
import { expect, Lab, test, untilLoaded } from './support/fixtures';
import { invited } from './support/sessions';
import { darken, picture } from './support/pictures';
import { causes } from './support/toasts';

/** Said, changed away, deleted, said 1-to-1, said before late ones came, and named as files: none may be found. */
const CANARIES = {
  said: 'canary-said-4hK1',
  changed: 'canary-changed-away-Zp7',
  deleted: 'canary-deleted-w3Q',
  sealed: 'canary-for-two-8Vd',
  file: 'canary-file-name-m2X.py',
  last: 'canary-at-the-end-c9T'
};

const shared = ['analysis.ipynb', 'rides.py'];

/** A guest in a browser that keeps a profile on the disk, as people's own do. */
async function withProfile(link: string, name: string, folder: string) {
  const context = await chromium.launchPersistentContext(folder, {
    ...test.info().project.use.launchOptions,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB'
  });
  const [page] = context.pages();
  await page.goto(link);
  await page.getByRole('textbox', { name: /name/i }).fill(name);
  await page.getByRole('button', { name: 'Join session' }).click();
  await untilLoaded(page);
  await openChat(page);
  return { page, context };
}

interface IFour {
  readonly host: Page;
  /** Editor, in a browser with a profile. */
  readonly ada: Page;
  readonly viewer: Page;
  /** One person, two tabs. */
  readonly cyd: Page;
  readonly second: Page;
}

async function cursors({ host, ada, cyd, second }: IFour): Promise<void> {
  await visibleEditors(ada, '.jp-CodeCell').click();
  await ada.keyboard.press('Control+Home');
  await ada.keyboard.press('ArrowRight');
  await expect(host.locator('.jp-CodeCell .jp-cohost-caret')).toHaveCount(1);
  await expectName(host, '.jp-CodeCell', 'Ada');
  await picture(host, 'four-cursor');
  await ada.keyboard.press('Escape');
  await ada.keyboard.press('ArrowUp');
  await expect(
    host.locator('.jp-MarkdownCell .jp-cohost-here').first()
  ).toHaveAttribute('aria-label', /Ada/);
  await second.bringToFront();
  await visibleEditors(second, '.jp-CodeCell').click();
  await cyd.bringToFront();
  const people = host.locator('#cohost-session-panel .jp-cohost-member');
  await expect(people.filter({ hasText: 'Cyd' })).toHaveCount(1);
  await expect(people).toHaveCount(4);
}

async function together({ host, ada, viewer }: IFour): Promise<void> {
  const list = host.locator('#cohost-session-panel');
  await list.getByRole('button', { name: 'Follow Ada' }).click();
  await expect(host.locator('.jp-cohost-following')).toContainText('Ada');
  await ada.locator('.jp-DirListing-item', { hasText: 'rides.py' }).dblclick();
  await expect(host.locator('.jp-FileEditor:visible')).toBeVisible();
  await host.keyboard.press('Escape');
  await expect(host.locator('.jp-cohost-following')).toHaveCount(0);
  await causes(viewer.getByText(/asks you to look at rides.py/), () =>
    list.getByRole('button', { name: 'Bring everyone here' }).click()
  );
  const ben = list.locator('.jp-cohost-member', { hasText: 'Ben' });
  await ben.getByRole('combobox').selectOption('editor');
  await expect(viewer.locator('.jp-cohost-bar')).toContainText('edit');
  await ben.getByRole('combobox').selectOption('viewer');
  await expect(viewer.locator('.jp-cohost-bar')).toContainText('read');
  await picture(host, 'four-panel');
}

async function talk({ host, ada, viewer, cyd, second }: IFour): Promise<void> {
  const everybody = [host, ada, viewer, cyd, second];
  await openChat(host);
  await say(ada, `Look at [that](${CANARIES.file}), **all**: ${CANARIES.said}`);
  for (const page of everybody) {
    await expect(message(page, CANARIES.said)).toBeVisible();
  }
  await act(viewer, CANARIES.said, 'Reply');
  await say(viewer, 'I can only read');
  await expect(message(ada, 'I can only read')).toContainText('Answer to Ada');
  await act(host, 'I can only read', 'React');
  await host.getByRole('button', { name: 'React with 🎉' }).click();
  await expect(
    message(cyd, 'I can only read').getByRole('button', { name: /🎉/ })
  ).toBeVisible();
  await say(cyd, CANARIES.changed);
  await act(cyd, CANARIES.changed, 'Edit');
  await composer(cyd).fill('as it should be');
  await cyd.keyboard.press('Enter');
  await expect(message(second, 'as it should be')).toContainText('edited');
  await say(viewer, CANARIES.deleted);
  await act(viewer, CANARIES.deleted, 'Delete');
  await expect(panel(ada)).toContainText('Deleted');
  await composer(host).focus();
  await host.keyboard.type('@Be');
  await expect(
    host.getByRole('option', { name: 'Ben', exact: true })
  ).toBeVisible();
  await host.keyboard.press('Enter');
  await host.keyboard.type('can you see it?');
  await host.keyboard.press('Enter');
  await expect(message(viewer, '@Ben can you see it?')).toBeVisible();
  for (const page of everybody) {
    await expect(panel(page)).not.toContainText(CANARIES.changed);
    await expect(panel(page)).not.toContainText(CANARIES.deleted);
  }
}

/** 1-to-1; and who reloads gets the discussion from the others, the thread only when its other one says so. */
async function reload({ host, ada, viewer }: IFour): Promise<void> {
  await thread(ada).selectOption({ label: 'Only Ben' });
  await say(ada, CANARIES.sealed);
  await thread(viewer).selectOption({ label: 'Only Ada (1)' });
  await expect(message(viewer, CANARIES.sealed)).toBeVisible();
  await expect(panel(host)).not.toContainText(CANARIES.sealed);
  await viewer.reload();
  await untilLoaded(viewer);
  await openChat(viewer);
  await expect(message(viewer, CANARIES.said)).toBeVisible();
  await thread(viewer).selectOption({ label: 'Only Ada' });
  await expect(panel(viewer)).toContainText('not kept when you reload');
  await panel(ada).getByRole('button', { name: 'Send it again' }).click();
  await expect(message(viewer, CANARIES.sealed)).toBeVisible();
  await expect(panel(viewer)).toContainText('Ada sent again');
  await thread(ada).selectOption({ index: 0 });
}

async function late(lab: Lab, link: string, { host }: IFour): Promise<Page[]> {
  const one = await talker(lab, link, 'Dee');
  await expect(message(one, CANARIES.said)).toBeVisible();
  await expect(panel(one)).not.toContainText(CANARIES.sealed);
  const choice = panel(host).getByLabel('New people see earlier messages');
  await fromMenu(host, choice);
  await expect(panel(one)).toContainText('New people see only new messages');
  await host.keyboard.press('Escape');
  const other = await talker(lab, link, 'Eli');
  await say(host, CANARIES.last);
  await expect(message(other, CANARIES.last)).toBeVisible();
  await expect(panel(other)).not.toContainText(CANARIES.said);
  await fromMenu(host, choice);
  await expect(panel(other)).toContainText(
    'New people see the messages so far'
  );
  await host.keyboard.press('Escape');
  return [one, other];
}

test.setTimeout(600_000);

test('[PRES-60] [CHAT-30] four people at work: cursors, follow, summon, roles, the chat, late ones, and no trace after the last', async ({
  lab
}) => {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'cohost-profile-'));
  const texts = Object.values(CANARIES);
  const { link, session } = await lab.share({ paths: shared, role: 'editor' });
  const viewers = await invited(lab.server, session, { role: 'viewer' });
  const host = await lab.hostPage('analysis.ipynb');
  let context: BrowserContext | null = null;
  try {
    const guest = await withProfile(link, 'Ada', profile);
    context = guest.context;
    const viewer = await talker(lab, viewers.link, 'Ben');
    const cyd = await talker(lab, link, 'Cyd');
    const second = await cyd.context().newPage();
    await second.goto(cyd.url());
    await untilLoaded(second);
    await openChat(second);
    const four = { host, ada: guest.page, viewer, cyd, second };
    await host.getByRole('button', { name: /4 people/ }).click();

    await cursors(four);
    await together(four);
    await talk(four);
    await reload(four);
    await picture(guest.page, 'four-chat');
    await darken(host);
    await picture(host, 'four-chat-dark');
    const pages = [...(await late(lab, link, four)), ...Object.values(four)];
    for (const page of pages) {
      const kept = await storage(page);
      expect(texts.filter(text => kept.includes(text))).toEqual([]);
    }
    expect(lab.errors).toEqual([]);
    for (const page of pages) {
      await page.close({ runBeforeUnload: false });
    }
  } finally {
    await context?.close();
  }
  const after = await talker(lab, link, 'After');
  await expect(panel(after)).toContainText('No messages yet');
  expect(filesWith(lab.server.work, texts)).toEqual([]);
  expect(filesWith(profile, texts)).toEqual([]);
  await lab.server.stop();
  expect(filesWith(lab.server.work, texts)).toEqual([]);
  fs.rmSync(profile, { recursive: true, force: true });
});
