import { Page } from '@playwright/test';
import {
  command,
  expect,
  Lab,
  open,
  test,
  untilLoaded
} from './support/fixtures';
import { point } from './support/carets';
import { visibleEditors } from './support/editors';
import { picture } from './support/pictures';

const shared = ['analysis.ipynb', 'rides.py', 'data'];
const LONG = 'word '.repeat(120).trim();
const RTL = [
  'abc',
  'שלום עולם, this is mixed',
  'it ends with שלום',
  'x = 1 and more, so that there is text below'
].join('\n');
const FOLDED = ['def f():', '    one = 1', '    two = 2', '', 'after = 3'].join(
  '\n'
);

/** The host, and a guest who may edit. */
async function together(lab: Lab, path = 'analysis.ipynb') {
  const { link } = await lab.share({ paths: shared, role: 'editor' });
  const host = await lab.hostPage(path);
  const guest = await lab.guestPage(link, 'Ada Lovelace');
  await untilLoaded(guest);
  await expect(
    guest.getByRole('heading', { name: 'Bicycles on the bridge' })
  ).toBeVisible();
  // The page opens what is shared by itself; none of it may come to the front later.
  await guest
    .locator('.lm-TabBar-tab[data-cohost-sync=synced]:has-text("rides.py")')
    .waitFor();
  await host.getByRole('button', { name: /2 people/ }).waitFor();
  return { host, guest, link };
}

/** Goes into a file's editor, also while the page brings another document to the front at its start. */
async function enter(page: Page, path: string): Promise<void> {
  await expect(async () => {
    await open(page, path);
    const editor = visibleEditors(page, '.jp-FileEditor');
    await editor.click({ timeout: 10_000 });
  }).toPass({ timeout: 120_000 });
}

interface IBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a part of an editor stands within the editor's text. */
async function within(page: Page, selector: string): Promise<IBox> {
  const content = page.locator('.jp-FileEditor .cm-content:visible');
  const part = page.locator(`.jp-FileEditor:visible ${selector}`).first();
  const [outer, inner] = [
    (await content.boundingBox())!,
    (await part.boundingBox())!
  ];
  return { ...inner, x: inner.x - outer.x, y: inner.y - outer.y };
}

/** The other's caret stands where the guest's own stands. */
async function expectSameCaret(host: Page, guest: Page): Promise<void> {
  await expect
    .poll(
      async () => {
        const theirs = await within(guest, '.cm-cursor-primary');
        const shown = await within(host, '.jp-cohost-caret');
        return [theirs.x - shown.x, theirs.y - shown.y].map(off =>
          Math.abs(off) < 3 ? 0 : Math.round(off)
        );
      },
      { timeout: 60_000 }
    )
    .toEqual([0, 0]);
}

/** No text is under the name beside the caret. */
async function expectNoTextCovered(host: Page): Promise<void> {
  await expect(async () => {
    await point(host, '.jp-FileEditor:visible');
    expect(await host.evaluate(textUnderFlag)).toBe('');
  }).toPass({ timeout: 60_000 });
}

/** The text whose boxes a visible flag touches, in the page; null while no flag is there. */
function textUnderFlag(): string | null {
  const flag = document.querySelector('.jp-cohost-flag:not([hidden])');
  const box = flag?.getBoundingClientRect();
  if (!box || getComputedStyle(flag!).opacity === '0') {
    return null;
  }
  const covered: string[] = [];
  for (const line of document.querySelectorAll('.cm-content .cm-line')) {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const part of range.getClientRects()) {
        const isUnder =
          part.left < box.right - 1 &&
          part.right > box.left + 1 &&
          part.top < box.bottom - 2 &&
          part.bottom > box.top + 2;
        if (isUnder && part.width > 0) {
          covered.push(node.textContent ?? '');
        }
      }
    }
  }
  return covered.join('|');
}

/** Goes through keys, and looks after each where the caret is. */
async function follow(host: Page, guest: Page, keys: string): Promise<void> {
  for (const key of keys.split(' ')) {
    await guest.keyboard.press(key);
    await test.step(key, () => expectSameCaret(host, guest));
  }
}

/** As `follow`, where there is a place without text for the name. */
async function followNamed(
  host: Page,
  guest: Page,
  keys: string
): Promise<void> {
  for (const key of keys.split(' ')) {
    await follow(host, guest, key);
    await test.step(`${key}: name`, () => expectNoTextCovered(host));
  }
}

test('[PRES-7] carets in right-to-left text stand right, names cover no text', async ({
  lab
}) => {
  lab.server.write('data/rtl.txt', RTL);
  const { host, guest } = await together(lab, 'data/rtl.txt');
  await enter(guest, 'data/rtl.txt');
  await guest.keyboard.press('Control+Home');
  await guest.keyboard.press('ArrowDown');
  await followNamed(host, guest, 'Home ArrowRight ArrowRight End ArrowLeft');
  await picture(host, 'presence-rtl');
  await followNamed(host, guest, 'ArrowDown End ArrowLeft Home ArrowDown');
  expect(lab.errors).toEqual([]);
});

test('[PRES-7] carets in wrapped lines stand right, names cover no text', async ({
  lab
}) => {
  lab.server.write('data/long.txt', `${LONG}\n\n${LONG}\n`);
  const { host, guest } = await together(lab, 'data/long.txt');
  await enter(guest, 'data/long.txt');
  await guest.keyboard.press('Control+Home');
  await follow(host, guest, 'End ArrowDown Home ArrowDown ArrowRight End');
  await followNamed(host, guest, 'Control+End ArrowUp End ArrowLeft');
  await picture(host, 'presence-wrapped');
  expect(lab.errors).toEqual([]);
});

test('[PRES-1] a caret in folded code shows at the fold, and in a Markdown cell that is edited', async ({
  lab
}) => {
  lab.server.write('data/fold.py', FOLDED);
  const { host, guest } = await together(lab);
  await host.locator('.jp-MarkdownCell').first().dblclick();
  await guest.locator('.jp-MarkdownCell').first().dblclick();
  await visibleEditors(guest, '.jp-MarkdownCell').click();
  await guest.keyboard.press('Control+Home');
  await expect(host.locator('.jp-MarkdownCell .jp-cohost-caret')).toHaveCount(
    1
  );

  await open(host, 'data/fold.py');
  await open(guest, 'data/fold.py');
  await visibleEditors(host, '.jp-FileEditor').click();
  await host.keyboard.press('Control+Home');
  await command(host, 'codemirror:fold-current');
  await expect(host.locator('.cm-foldPlaceholder')).toBeVisible();
  await visibleEditors(guest, '.jp-FileEditor').click();
  await guest.keyboard.press('Control+Home');
  await guest.keyboard.press('ArrowDown');
  await guest.keyboard.press('End');
  const caret = host.locator('.jp-FileEditor .jp-cohost-caret');
  await expect(caret).toHaveCount(1);
  const fold = (await host.locator('.cm-foldPlaceholder').boundingBox())!;
  // It has stood where the guest clicked before.
  await expect
    .poll(async () => {
      const box = await caret.boundingBox();
      return box && Math.abs(box.y + box.height / 2 - fold.y - fold.height / 2);
    })
    .toBeLessThan(fold.height);
});

test('[PRES-31] marks beside the scroll bar and in the table of contents', async ({
  lab
}) => {
  const { host, guest } = await together(lab);
  await command(host, 'toc:show-panel');
  await guest.locator('.jp-Notebook .jp-Cell').last().click();
  const mark = host.locator('.jp-cohost-scroll-mark');
  await expect(mark).toHaveCount(1);
  await expect(mark).toHaveAttribute('title', 'Ada Lovelace is here');
  await expect(
    host.locator('.jp-tocItem-content[data-cohost-with^="p"]')
  ).toHaveCount(1);
  await lab.picture(host, 'presence-marks');
});

test('[PRES-41] who is followed into a document that is not open here is found there', async ({
  lab
}) => {
  const { host, guest } = await together(lab);
  await open(guest, 'rides.py');
  await guest.locator('.lm-TabBar-tab', { hasText: 'rides.py' }).click();
  await command(host, 'cohost:session-panel');
  const ada = host.locator('.jp-cohost-member', { hasText: 'Ada Lovelace' });
  await expect(ada).toContainText('rides.py');
  await ada.getByRole('button', { name: 'Follow Ada Lovelace' }).click();
  await expect(host.locator('.jp-FileEditor:visible')).toBeVisible();
  await guest.locator('.lm-TabBar-tab', { hasText: 'analysis.ipynb' }).click();
  await expect(host.locator('.jp-Notebook:visible')).toBeVisible();
  await host.locator('.jp-Notebook:visible').click();
  await expect(host.locator('.jp-cohost-following')).toHaveCount(0);
});

test('[PRES-23] the panel tells the way and the round trip', async ({
  lab
}) => {
  const { host } = await together(lab);
  await command(host, 'cohost:session-panel');
  await expect(
    host
      .locator('.jp-cohost-member', { hasText: 'Ada Lovelace' })
      .getByTitle(/this server · \d+ ms/)
  ).toHaveText('Ada Lovelace');
});

/** Hides a page or shows it again, as another tab in front would. */
const hide = (page: Page, isHidden: boolean) =>
  page.evaluate(hidden => {
    Object.defineProperty(document, 'hidden', {
      configurable: true,
      get: () => hidden
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);

test('[PRES-9] idle after two minutes, away when hidden for ten, and back', async ({
  lab
}) => {
  const { link } = await lab.share({ paths: ['rides.py'], role: 'editor' });
  const near = await lab.hostPage('rides.py');
  // In no document with the guest: knows what the server tells.
  const far = await lab.hostPage('analysis.ipynb');
  const guest = await lab.newPage();
  await guest.clock.install();
  await guest.goto(link);
  await guest.getByRole('textbox', { name: /name/i }).fill('Ada');
  await guest.getByRole('button', { name: 'Join session' }).click();
  await untilLoaded(guest);
  await visibleEditors(guest, '.jp-FileEditor').click();
  const shows = async (activity: string) => {
    for (const page of [near, far]) {
      await expect(
        page.locator('.jp-cohost-member', { hasText: 'Ada' })
      ).toHaveAttribute('data-activity', activity, { timeout: 60_000 });
    }
  };
  for (const page of [near, far]) {
    await command(page, 'cohost:session-panel');
  }
  await shows('active');
  await guest.clock.fastForward('02:10');
  await shows('idle');
  await expect(
    near.locator('.jp-cohost-member', { hasText: 'Ada' })
  ).toContainText('idle');
  await picture(near, 'presence-idle');
  await hide(guest, true);
  await guest.clock.fastForward('10:10');
  await shows('away');
  await hide(guest, false);
  await shows('active');
  await guest.clock.fastForward('02:10');
  await shows('idle');
  await guest.keyboard.press('Shift');
  await shows('active');
  expect(lab.errors).toEqual([]);
});

test('[GUEST-31] a guest chooses the theme, and has it again after a reload', async ({
  lab
}) => {
  const { guest } = await together(lab);
  const dark = guest.locator('body[data-jp-theme-light="false"]');
  const item = (name: RegExp) =>
    guest.locator('.lm-Menu-item').filter({ hasText: name });
  await guest.getByRole('menuitem', { name: 'Settings' }).click();
  await item(/^Increase Text Editor Font/).click();
  await guest.getByRole('menuitem', { name: 'Settings' }).click();
  await item(/^Theme/).hover();
  await item(/^JupyterLab Dark$/).click();
  await dark.waitFor({ state: 'attached' });
  await guest.reload();
  await untilLoaded(guest);
  await dark.waitFor({ state: 'attached' });
  expect(lab.errors).toEqual([]);
});
