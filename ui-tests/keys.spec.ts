/** Keys go where one looks, and no key gives away more than was meant. */
import { Page } from '@playwright/test';
import { expect, Lab, test, untilLoaded } from './support/fixtures';
import { picture } from './support/pictures';

const PANEL = '#cohost-session-panel';
const CHAT = '#cohost-chat-panel';
const rail = (page: Page, panel: string) =>
  page.locator(`.jp-SideBar.jp-mod-right [data-id="${panel.slice(1)}"]`);
const cells = (page: Page) => page.locator('.jp-Notebook .jp-Cell');
const active = (page: Page) =>
  page.locator('.jp-Notebook .jp-Cell.jp-mod-active');
const has = (page: Page, selector: string) =>
  page.evaluate(
    within => document.activeElement?.closest(within) !== null,
    selector
  );

async function joined(lab: Lab, role: 'viewer' | 'editor', name: string) {
  const shared = await lab.share({ paths: ['analysis.ipynb'], role });
  const guest = await lab.guestPage(shared.link, name);
  await untilLoaded(guest);
  await expect(
    guest.getByRole('heading', { name: 'Bicycles on the bridge' })
  ).toBeVisible();
  const people = `cohost/api/sessions/${shared.session}/participants`;
  const find = async () => {
    const { participants } = await lab.server.api<{
      participants: { id: string; name: string; role: string }[];
    }>('GET', people);
    return participants.find(one => one.name === name)!;
  };
  return {
    guest,
    role: async () => (await find()).role,
    become: async (to: string) =>
      lab.server.api('PATCH', `${people}/${(await find()).id}`, { role: to })
  };
}

/** The second cell from the top, in command mode. */
async function commandMode(page: Page): Promise<void> {
  await page.locator('.jp-Notebook .jp-Cell .jp-InputPrompt').nth(1).click();
  await expect(page.locator('.jp-Notebook.jp-mod-commandMode')).toBeVisible();
}

test('[PRES-62] [UI-11] [CHAT-35] opening a panel gives the keys to it, and to run is given only after a question', async ({
  lab
}) => {
  const host = await lab.hostPage('analysis.ipynb');
  const { guest, role } = await joined(lab, 'editor', 'Grace');
  await host.getByRole('button', { name: /2 people/ }).waitFor();
  const count = await cells(host).count();

  await commandMode(host);
  await rail(host, PANEL).click();
  await expect(
    host.getByRole('combobox', { name: 'Role of Grace' })
  ).toBeVisible();
  await expect.poll(() => has(host, `${PANEL} .jp-cohost-members`)).toBe(true);
  for (const key of ['r', 'v', 'ArrowDown', 'Enter', ' ']) {
    await host.keyboard.press(key);
  }
  await expect(host.getByRole('alertdialog')).toHaveCount(0);
  expect(await role()).toBe('editor');

  const choice = host.getByRole('combobox', { name: 'Role of Grace' });
  await choice.focus();
  await host.keyboard.press('r');
  const question = host.getByRole('alertdialog');
  await expect(question).toContainText(
    'Let Grace run code? That is full access to your account.'
  );
  await picture(host, 'run-asked');
  expect(await role()).toBe('editor');
  await host.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(choice).toHaveValue('editor');
  await expect(choice).toBeFocused();
  await host.keyboard.press('r');
  await host.keyboard.press('Tab');
  await expect(question.getByRole('button', { name: 'Let run' })).toBeFocused();
  await host.keyboard.press('Enter');
  await expect.poll(role).toBe('runner');

  for (const page of [host, guest]) {
    await commandMode(page);
    await rail(page, CHAT).click();
    const composer = page.getByRole('combobox', { name: 'Message' });
    await expect(composer).toBeFocused();
    await page.keyboard.type('add bb');
    await expect(composer).toHaveValue('add bb');
    await page.keyboard.press('Escape');
    await expect.poll(() => has(page, '.jp-Notebook')).toBe(true);
  }
  await expect(cells(host)).toHaveCount(count);
  await expect(cells(guest)).toHaveCount(count);
  expect(lab.errors).toEqual([]);
});

for (const role of ['viewer', 'editor'] as const) {
  test(`[UI-38] the keys that run cells render Markdown and go on for a ${role}, and code is hinted at quietly`, async ({
    lab
  }) => {
    const { guest } = await joined(lab, role, 'Vera');
    const { length: count } = JSON.parse(
      lab.server.read('analysis.ipynb')
    ).cells;
    const text = cells(guest).first();
    for (const key of ['Shift+Enter', 'Control+Enter', 'Alt+Enter']) {
      await text.dblclick();
      await expect(text.locator('.jp-MarkdownOutput')).toBeHidden();
      await text.locator('.cm-content').click();
      await guest.keyboard.press(key);
      await expect(
        guest.getByRole('heading', { name: 'Bicycles on the bridge' })
      ).toBeVisible();
      const at = key === 'Control+Enter' ? 0 : 1;
      await expect(cells(guest).nth(at)).toHaveClass(/jp-mod-active/);
    }
    const bar = guest.locator('.jp-cohost-bar');
    await expect(bar).not.toContainText('can’t run code');

    const made = role === 'editor' ? 1 : 0;
    await expect(cells(guest)).toHaveCount(count + made);
    const code = guest.locator('.jp-Notebook .jp-CodeCell').last();
    const at = await cells(guest).count();
    await code.locator('.jp-InputPrompt').click();
    await guest.keyboard.press('Shift+Enter');
    await expect(bar).toContainText('can’t run code');
    if (role === 'viewer') {
      await expect(cells(guest)).toHaveCount(at);
      await expect(active(guest)).toHaveCount(1);
    }
    await expect(guest.locator('.jp-Dialog')).toHaveCount(0);
    await picture(guest, `keys-${role}`);
    expect(lab.errors).toEqual([]);
  });
}

test('[UI-40] a viewer who may edit now is told one thing, and the tab says when all is sent; and back', async ({
  lab
}) => {
  const { guest, become } = await joined(lab, 'viewer', 'Rae');
  const badge = guest.locator('[data-jp-item-name="read-only-indicator"]');
  const save = guest.locator('[data-command="docmanager:save"]').first();
  const tab = (state: string) =>
    guest.locator(`.lm-TabBar-tab[data-cohost-sync="${state}"]`);
  await expect(badge).toBeVisible();
  for (const round of [1, 2]) {
    await become('editor');
    await expect(badge).toHaveCount(0);
    await expect(save).toHaveAttribute('aria-disabled', 'false');
    await expect(tab('synced')).toBeVisible();
    const code = guest.locator('.jp-Notebook .jp-CodeCell .cm-content').first();
    await code.click();
    await guest.keyboard.type(`# raised ${round} `);
    await expect
      .poll(() => lab.server.read('analysis.ipynb'))
      .toContain(`# raised ${round}`);
    await expect(tab('synced')).toBeVisible();
    await become('viewer');
    await expect(badge).toBeVisible();
  }
  await picture(guest, 'raised-and-lowered');
  expect(lab.errors).toEqual([]);
});
