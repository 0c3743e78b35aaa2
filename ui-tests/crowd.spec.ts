import { Page } from '@playwright/test';
import { Extra } from './support/crowd';
import { expect, Lab, test } from './support/fixtures';
import { darken, picture } from './support/pictures';
import { invited } from './support/sessions';
import { hold, toast } from './support/toasts';

const PEOPLE = 30;
const PANEL = '#cohost-session-panel';
const two = (count: number) => String(count).padStart(2, '0');

/** Thirty participants: two who may run, two who may read, the others may edit. */
async function crowd(lab: Lab) {
  const { session, link } = await lab.share({
    ...{ paths: ['analysis.ipynb', 'rides.py'], role: 'editor' }
  });
  const links = {
    editor: link,
    runner: (await invited(lab.server, session, { role: 'runner' })).link,
    viewer: (await invited(lab.server, session, { role: 'viewer' })).link
  };
  const host = await lab.hostPage('rides.py');
  await host
    .locator('.jp-SideBar.jp-mod-right [data-id="cohost-session-panel"]')
    .click();
  const extras: Extra[] = [];
  for (let at = 1; at <= PEOPLE; at++) {
    const way = at <= 2 ? links.runner : at <= 4 ? links.viewer : links.editor;
    extras.push(await Extra.join(lab.server, way, `Guest ${two(at)}`));
  }
  return { host, extras, session };
}

/** The role of everybody, by name. */
async function roles(lab: Lab, session: string) {
  const { participants } = await lab.server.api<{
    participants: { id: string; name: string; role: string }[];
  }>('GET', `cohost/api/sessions/${session}/participants`);
  return participants.filter(({ role }) => role !== 'host');
}

const byName = (people: { name: string; role: string }[]) =>
  Object.fromEntries(people.map(({ name, role }) => [name, role]));

const heights = (page: Page) =>
  page
    .locator(`${PANEL} .jp-cohost-member`)
    .evaluateAll(rows => rows.map(row => row.getBoundingClientRect().height));

test('[UI-55] [UI-56] [UI-57] thirty guests fit, are found, told together and lowered with a way back', async ({
  lab
}) => {
  const { host, extras, session } = await crowd(lab);
  const panel = host.locator(PANEL);
  const rows = panel.locator('.jp-cohost-member');
  await expect(panel).toContainText('31 people here');
  await expect(rows).toHaveCount(31);
  expect(Math.max(...(await heights(host)))).toBeLessThanOrEqual(40);
  await picture(host, 'crowd');
  await expect(host.locator('.jp-Notification-Status-Text')).toHaveText('1');
  await host.locator('.jp-Notification-Status').click();
  const told = host.locator('.jp-Notification-List-Item');
  await expect(told.filter({ hasText: '30 people joined' })).toHaveCount(1);
  await expect(told.filter({ hasText: /is here now/ })).toHaveCount(0);
  await host.keyboard.press('Escape');

  const filter = panel.getByRole('searchbox', { name: 'Filter people' });
  await filter.fill('guest 17');
  await expect(rows).toHaveCount(1);
  await expect(panel).toContainText('1 person found');
  await filter.press('Escape');
  await expect(rows).toHaveCount(31);
  await expect(filter).toBeFocused();
  await filter.fill('runner');
  await expect(rows).toHaveCount(2);
  await filter.press('Escape');
  await filter.press('ArrowDown');
  const role = (at: number) =>
    panel.getByRole('combobox', { name: `Role of Guest ${two(at)}` });
  const remove = (at: number) =>
    panel.getByRole('button', { name: `Remove Guest ${two(at)}` });
  await remove(1).focus();
  await host.keyboard.press('ArrowDown');
  await expect(remove(2)).toBeFocused();
  await host.keyboard.press('End');
  await expect(remove(PEOPLE)).toBeFocused();
  await host.keyboard.press('Home');
  await expect(panel.locator(':focus')).toBeVisible();

  const before = byName(await roles(lab, session));
  expect(new Set(Object.values(before)).size).toBe(3);
  await panel.getByRole('button', { name: 'Make everyone a viewer' }).click();
  const done = toast(host, '28 people are viewers now.');
  await hold(done);
  const lowered = byName(await roles(lab, session));
  expect(new Set(Object.values(lowered))).toEqual(new Set(['viewer']));
  await expect(role(5)).toHaveValue('viewer');
  // What the host decides meanwhile stays.
  await role(5).selectOption('runner');
  await panel.getByRole('button', { name: 'Let run' }).click();
  await expect(role(5)).toHaveValue('runner');
  await picture(host, 'crowd-lowered');
  await done.getByRole('button', { name: 'Undo' }).click();
  await expect
    .poll(async () => byName(await roles(lab, session)))
    .toEqual({ ...before, 'Guest 05': 'runner' });
  await darken(host);
  await picture(host, 'crowd-dark');
  extras.forEach(extra => extra.leave());
});
