import { Browser, Page } from '@playwright/test';
import { typeInto, visibleEditors } from './support/editors';
import { expect, test, untilLoaded } from './support/fixtures';
import { HubProcess } from './support/hub';

const NOTEBOOK = {
  cells: [
    {
      ...{ cell_type: 'code', id: 'one', source: '1 + 1' },
      ...{ execution_count: null, metadata: {}, outputs: [] }
    }
  ],
  metadata: {
    kernelspec: {
      name: 'python3',
      display_name: 'Python 3',
      language: 'python'
    }
  },
  ...{ nbformat: 4, nbformat_minor: 5 }
};
const CELL = '.jp-CodeCell';

interface IShared {
  readonly id: string;
  readonly invites: readonly { readonly link: string }[];
  readonly participants: readonly {
    readonly id: string;
    readonly name: string;
  }[];
}

async function newPage(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

async function join(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('button', { name: 'Join session' }).click();
  await untilLoaded(page);
  await expect(visibleEditors(page, CELL)).toBeVisible();
}

test('[HUB-2] [HUB-3] [HUB-5] [HUB-7] on a hub: a member and a guest without account edit with the host, the member is removed, the server is stopped and started', async ({
  browser
}) => {
  test.setTimeout(180_000);
  const hub = await HubProcess.start();
  try {
    hub.write('ada', 'a.ipynb', JSON.stringify(NOTEBOOK));
    const host = await newPage(browser);
    await hub.signIn(host, 'ada');
    await host.goto(`${hub.origin}/hub/spawn`);
    await host.waitForURL(/\/user\/ada\/lab/, { timeout: 60_000 });
    await host.goto(`${hub.origin}/user/ada/lab/tree/a.ipynb`);
    await untilLoaded(host);
    const sessions = '/user/ada/cohost/api/sessions';
    const { body } = await hub.api<IShared>(host, 'POST', sessions, {
      scope: [{ path: 'a.ipynb' }],
      kind: 'persistent',
      invite: { role: 'editor', knock: false }
    });
    const { link } = body.invites[0];
    const member = await newPage(browser);
    await hub.signIn(member, 'bo');
    const stranger = await newPage(browser);
    await join(member, link, 'Bo');
    await join(stranger, link, 'Eve');

    await typeInto(host, CELL, '# by the host\n');
    await typeInto(member, CELL, '# by the member\n');
    await typeInto(stranger, CELL, '# by the stranger\n');
    for (const page of [host, member, stranger]) {
      for (const who of ['host', 'member', 'stranger']) {
        await expect(visibleEditors(page, CELL)).toContainText(`by the ${who}`);
      }
    }

    const now = await hub.api<IShared>(host, 'GET', `${sessions}/${body.id}`);
    const bo = now.body.participants.find(person => person.name === 'Bo');
    const person = `${sessions}/${body.id}/participants/${bo?.id}`;
    expect((await hub.api(host, 'DELETE', person)).status).toBe(204);
    await expect(
      member.getByText('The host has removed you', { exact: false }).first()
    ).toBeVisible();

    await host.goto(`${hub.origin}/hub/home`);
    await host.click('#stop');
    await expect(host.locator('#start')).toContainText('Start', {
      timeout: 30_000
    });
    await typeInto(stranger, CELL, '# while it was stopped\n');
    await host.goto(`${hub.origin}/hub/spawn`);
    await host.waitForURL(/\/user\/ada\/lab/, { timeout: 60_000 });
    await expect
      .poll(() => hub.read('ada', 'a.ipynb'), { timeout: 60_000 })
      .toContain('# while it was stopped');
  } finally {
    await hub.stop();
  }
});
