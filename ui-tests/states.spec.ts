/** What each place of the page says in every state: docs/states.md, row by row. */
import * as fs from 'fs';
import * as path from 'path';
import { Locator, Page } from '@playwright/test';
import { expect, Lab, test, untilLoaded } from './support/fixtures';
import { typeInto } from './support/editors';
import { darken, picture } from './support/pictures';
import { causes, toast } from './support/toasts';

interface IRow {
  readonly bar: string;
  readonly dot: string;
  readonly status: string;
  readonly panel: string;
  readonly button: string;
}

/** The table of the page, by state. */
function table(): Map<string, IRow> {
  const page = path.join(__dirname, '../docs/states.md');
  const rows = fs
    .readFileSync(page, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line => line.split('|').map(cell => cell.trim()))
    .slice(1);
  return new Map(
    rows.map(([, state, bar, dot, status, panel, button]) => [
      state,
      { bar, dot, status, panel, button }
    ])
  );
}

const FILE = 'rides.py';
/** What the mark of a tab says to a screen reader. */
const MARKS: Record<string, string> = {
  synced: 'Saved',
  failing: 'Not saved',
  offline: 'No connection',
  closed: 'Closed: read only'
};
/** A disk cannot be filled for one test alone: a hook of the contents manager says that it is. */
const config = `
import errno, os
from tornado.web import HTTPError
def refuse(model, path, contents_manager, **more):
    if os.path.exists(os.path.join(contents_manager.root_dir, "full")):
        raise HTTPError(507) from OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
c.FileContentsManager.pre_save_hook = refuse
`;

test.use({
  serverOptions: {
    files: { '../jupyter/config/jupyter_server_config.py': config }
  }
});

/** A guest with the panel of people open; how it goes is asked at `says`. */
async function enter(lab: Lab, link: string, name: string): Promise<Page> {
  const guest = await lab.guestPage(link, name);
  await untilLoaded(guest);
  await expect(guest.locator('.jp-FileEditor .cm-content')).toBeVisible();
  await guest
    .locator('.jp-SideBar.jp-mod-right [data-id="cohost-session-panel"]')
    .click();
  return guest;
}

test('[UI-39] [UI-41] [UI-42] every place says the same, in all states', async ({
  lab
}) => {
  test.setTimeout(600_000);
  const states = table();
  const { session, link } = await lab.share({
    ...{ paths: [FILE], role: 'editor', hostName: 'Ada' },
    ...{ kind: 'persistent' }
  });
  const host = await lab.hostPage(FILE);
  const button = host.locator('.jp-cohost-topbar');
  const people = `cohost/api/sessions/${session}/participants`;
  const idOf = async (name: string) => {
    const { participants } = await lab.server.api<{
      participants: { id: string; name: string }[];
    }>('GET', people);
    return participants.find(one => one.name === name)!.id;
  };
  const walked = new Set<string>();
  const seen = new Map<string, string>();
  const says = async (guest: Page, state: string) => {
    walked.add(state);
    const { bar, dot, status, panel, button: label } = states.get(state)!;
    const tab = guest.locator(`.lm-TabBar-tab:has-text("${FILE}")`).first();
    await expect(guest.locator('.jp-cohost-bar')).toContainText(bar, {
      timeout: 90_000
    });
    await expect(tab).toHaveAttribute('data-cohost-sync', dot);
    await expect(tab).toHaveRole('tab');
    await expect(tab).toHaveAccessibleName(`${FILE}, ${MARKS[dot]}`);
    seen.set(dot, await markOf(tab));
    await expect(guest.locator('.jp-CohostStatus')).toContainText(status);
    await expect(guest.locator('#cohost-session-panel')).toContainText(panel);
    await expect(button).toHaveAttribute('aria-label', new RegExp(label));
    await picture(guest, `state-${state}`);
  };

  const guest = await enter(lab, link, 'Bo');
  await typeInto(guest, '.jp-FileEditor', '# one\n');
  await says(guest, 'saved');
  await staysInNarrowTab(guest);

  lab.server.write('full', '');
  await typeInto(guest, '.jp-FileEditor', '# two\n');
  await says(guest, 'failing');
  await expect(toast(host, 'the disk is full')).toBeVisible();
  await darken(host);
  await picture(host, 'state-failing-host-dark');
  fs.rmSync(path.join(lab.server.root, 'full'));
  await says(guest, 'saved');
  await expect(toast(host, 'the disk is full')).toHaveCount(0);

  await guest.context().setOffline(true);
  await says(guest, 'offline');
  await guest.context().setOffline(false);
  await says(guest, 'saved');

  lab.server.signal('SIGSTOP');
  try {
    await says(guest, 'frozen');
  } finally {
    lab.server.signal('SIGCONT');
  }
  await says(guest, 'saved');
  await lab.server.kill9();
  await says(guest, 'dead');
  await lab.server.restart();
  await says(guest, 'saved');

  const become = async (role: string) =>
    lab.server.api('PATCH', `${people}/${await idOf('Bo')}`, { role });
  await become('viewer');
  await says(guest, 'lowered');
  await expect(
    guest.locator('.jp-cohost-bar').getByRole('button', { name: 'Ask to edit' })
  ).toBeVisible();
  await become('editor');
  await says(guest, 'raised');
  const bar = guest.locator('.jp-cohost-bar');
  await bar.getByRole('button', { name: 'Ask to run' }).click();
  await causes(bar.getByText('The host said: not now'), () =>
    toast(host, 'asks to run code')
      .getByRole('button', { name: 'Not now' })
      .click()
  );

  await guest.getByRole('button', { name: 'Leave' }).click();
  await says(guest, 'left');
  await expect(guest.locator('.Toastify__toast')).toHaveCount(0);
  await expect(toast(host, 'Bo left')).toBeVisible();
  await guest.setViewportSize({ width: 390, height: 844 });
  await expect(guest.getByRole('link', { name: 'Come back' })).toBeInViewport({
    ratio: 1
  });
  await picture(guest, 'state-left-phone');
  await guest.setViewportSize({ width: 1200, height: 800 });
  await guest.getByRole('link', { name: 'Come back' }).click();
  await untilLoaded(guest);
  await expect(guest.locator('.jp-cohost-bar')).toContainText('you can edit');
  await guest.getByRole('button', { name: 'Leave' }).click();
  await expect(guest.getByRole('link', { name: 'Come back' })).toBeVisible();

  const removed = await enter(lab, link, 'Cy');
  await typeInto(removed, '.jp-FileEditor', '# three\n');
  await says(removed, 'saved');
  await lab.server.api('DELETE', `${people}/${await idOf('Cy')}`);
  await says(removed, 'removed');
  await isReadOnly(removed);

  const unsent = await enter(lab, link, 'Ed');
  await typeInto(unsent, '.jp-FileEditor', '# sent\n');
  await says(unsent, 'saved');
  await unsent.context().setOffline(true);
  await says(unsent, 'offline');
  await typeInto(unsent, '.jp-FileEditor', '# not sent\n');
  await lab.server.api('DELETE', `${people}/${await idOf('Ed')}`);
  await unsent.context().setOffline(false);
  await expect(unsent.locator('.jp-cohost-bar')).toContainText(
    'Your last changes did not reach Ada.',
    { timeout: 90_000 }
  );
  const copy = unsent.waitForEvent('download');
  await unsent.getByRole('button', { name: 'Save my copy…' }).click();
  expect(fs.readFileSync(await (await copy).path(), 'utf8')).toContain(
    '# not sent'
  );
  expect(lab.server.read(FILE)).not.toContain('# not sent');

  const last = await enter(lab, link, 'Di');
  await typeInto(last, '.jp-FileEditor', '# four\n');
  await says(last, 'saved');
  await lab.server.api('DELETE', `cohost/api/sessions/${session}`);
  await says(last, 'ended');
  await isReadOnly(last);
  expect([...states.keys()].filter(state => !walked.has(state))).toEqual([]);
  // [UI-54] A shape of its own for each, not a colour alone.
  expect(new Set(seen.values()).size).toBe(seen.size);
  expect([...seen.values()].every(shape => shape.startsWith('url('))).toBe(
    true
  );
});

/** The picture that is drawn on a tab. */
const markOf = (tab: Locator): Promise<string> =>
  tab
    .locator('.lm-TabBar-tabIcon')
    .evaluate(icon => getComputedStyle(icon, '::after').maskImage);

/** [UI-54] Of a tab that has no room for a name its mark is left, between its edges. */
async function staysInNarrowTab(page: Page): Promise<void> {
  const tab = page.locator(`.lm-TabBar-tab:has-text("${FILE}")`).first();
  const [edge, mark, all] = await tab.evaluate(node => {
    node.style.flexBasis = '44px';
    const icon = node.querySelector('.lm-TabBar-tabIcon')!;
    const { width } = getComputedStyle(icon, '::after');
    const box = icon.getBoundingClientRect();
    const right = node.getBoundingClientRect().right;
    node.style.flexBasis = '';
    return [right - box.right, parseFloat(width), box.width];
  });
  expect(mark).toBe(12);
  expect(all).toBe(12);
  expect(edge).toBeGreaterThan(0);
}

/** What is typed after the end is not taken for something that anybody gets. */
async function isReadOnly(page: Page): Promise<void> {
  const editor = page.locator('.jp-FileEditor .cm-content').first();
  await expect(editor).toBeVisible();
  const before = await editor.textContent();
  await typeInto(page, '.jp-FileEditor', 'nobody');
  await expect(editor).toHaveText(before ?? '');
}
