/** On a real JupyterHub with the hub service: links for people of the hub, and everybody else at the door. */
import { Page } from '@playwright/test';
import { typeInto, visibleEditors } from './support/editors';
import { expect, test, untilLoaded } from './support/fixtures';
import { HubProcess } from './support/hub';
import { api, inBothThemes, newPage, signedIn } from './support/hubPages';

const FILE = 'notes.md';
const CELL = '.jp-FileEditor';
const dialog = (page: Page) => page.locator('.jp-cohost-dialog');
const signIn = (page: Page) =>
  page.getByRole('button', { name: 'Sign in with JupyterHub' });
const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { name });

interface ILinks {
  readonly id: string;
  readonly invites: readonly { readonly link: string }[];
}

/** From the dialog, for one account; answers the link. */
async function shareWith(host: Page, hub: HubProcess): Promise<string> {
  await host.context().grantPermissions(['clipboard-read', 'clipboard-write'], {
    origin: hub.origin
  });
  await host.getByRole('button', { name: 'Share session' }).click();
  await dialog(host).getByText('ongoing').click();
  const who = dialog(host).getByRole('combobox', {
    name: 'Who may use the link'
  });
  await who.selectOption({ label: 'these people:' });
  const start = dialog(host).getByRole('button', {
    name: 'Start and copy link'
  });
  await expect(start).toBeDisabled();
  await dialog(host)
    .getByRole('textbox', { name: 'Hub usernames, separated by commas' })
    .fill('bo');
  await dialog(host)
    .getByRole('checkbox', { name: /Ask me/ })
    .uncheck();
  await host.screenshot({
    path: 'ui-tests/test-results/pictures/hub-dialog.png'
  });
  await start.click();
  await expect(dialog(host).getByText('only bo')).toBeVisible();
  const link = await host.evaluate(() => navigator.clipboard.readText());
  await dialog(host).getByRole('button', { name: 'Done' }).click();
  return link;
}

/** What a script on another page of the same origin gets of the question. */
async function stolen(neighbour: Page, url: string): Promise<string[]> {
  return neighbour.evaluate(async address => {
    const found: string[] = [];
    for (const mode of ['same-origin', 'cors', 'no-cors'] as const) {
      const answer = await fetch(address, { mode, credentials: 'include' });
      found.push(await answer.text());
    }
    const frame = document.createElement('iframe');
    frame.src = address;
    const loaded = new Promise(resolve => (frame.onload = resolve));
    document.body.append(frame);
    await loaded;
    const opened = window.open(address);
    await new Promise(resolve => setTimeout(resolve, 2000));
    for (const read of [
      () => frame.contentDocument?.body.innerHTML ?? '',
      () => opened?.document.body.innerHTML ?? ''
    ]) {
      try {
        found.push(read());
      } catch (error) {
        found.push('');
      }
    }
    return found;
  }, url);
}

test('[HUB-20] [HUB-21] [HUB-27] [HUB-30] [HUB-31] a named account, a stranger, a neighbour, a group, somebody who was removed', async ({
  browser
}) => {
  test.setTimeout(600_000);
  const hub = await HubProcess.start(false, true);
  try {
    hub.write('ada', FILE, 'hello\n');
    const host = await signedIn(browser, hub, 'ada');
    await hub.startServer(host);
    await host.goto(`${hub.origin}/user/ada/lab/tree/${FILE}`);
    await untilLoaded(host);
    await expect(visibleEditors(host, CELL)).toBeVisible();
    const link = await shareWith(host, hub);

    const bo = await signedIn(browser, hub, 'bo');
    await bo.goto(link);
    await expect(heading(bo, /invites you to/)).toBeVisible();
    await expect(
      bo.getByText('For people whom the host has named')
    ).toBeVisible();
    await expect(bo.getByRole('textbox', { name: 'Your name' })).toBeHidden();
    await inBothThemes(bo, 'hub-landing');
    await signIn(bo).click();
    await expect(heading(bo, /^Join/)).toBeVisible();
    const question = bo.url();
    await expect(bo.getByText('everybody in the session learn')).toBeVisible();
    await inBothThemes(bo, 'hub-sign-in');

    const neighbour = await bo.context().newPage();
    await neighbour.goto(`${hub.origin}/hub/home`);
    for (const text of await stolen(neighbour, question)) {
      expect(text).not.toContain('ticket');
      expect(text).not.toContain('Continue as');
    }
    for (const page of bo
      .context()
      .pages()
      .filter(page => page !== bo)) {
      await page.close();
    }

    await bo.getByRole('button', { name: 'Continue as bo' }).click();
    await untilLoaded(bo);
    expect(bo.url()).not.toContain('assertion');
    await expect(visibleEditors(bo, CELL)).toBeVisible();
    await typeInto(bo, CELL, 'by bo\n');
    await expect(visibleEditors(host, CELL)).toContainText('by bo');

    const cy = await signedIn(browser, hub, 'cy');
    await cy.goto(link);
    await signIn(cy).click();
    await expect(heading(cy, 'This session is not for you')).toBeVisible();
    await expect(cy.getByText('Ask ada to add cy')).toBeVisible();
    await inBothThemes(cy, 'hub-refused');
    await cy.goto(`${hub.origin}/services/cohost/`);
    await expect(
      cy.getByText('Nobody has offered you a session')
    ).toBeVisible();

    const stranger = await newPage(browser);
    await stranger.goto(link);
    await signIn(stranger).click();
    await stranger.waitForURL(/\/hub\/login/);

    await bo.goto(`${hub.origin}/services/cohost/`);
    await expect(heading(bo, 'Sessions offered to you')).toBeVisible();
    await inBothThemes(bo, 'hub-list');
    await bo.getByRole('link', { name: 'Open' }).click();
    await untilLoaded(bo);

    const sessions = '/user/ada/cohost/api/sessions';
    const { body } = await api<{ sessions: ILinks[] }>(host, 'GET', sessions);
    const { id } = body.sessions[0];
    const group = await api<{ link: string }>(
      host,
      'POST',
      `${sessions}/${id}/invites`,
      {
        role: 'viewer',
        knock: false,
        audience: { kind: 'groups', names: ['physics'] }
      }
    );
    await cy.goto(group.body.link);
    await signIn(cy).click();
    await expect(cy.getByText('learns that you are in physics')).toBeVisible();
    await cy.getByRole('button', { name: 'Continue as cy' }).click();
    await untilLoaded(cy);

    const members = await api<{ link: string }>(
      host,
      'POST',
      `${sessions}/${id}/invites`,
      { role: 'viewer', knock: false, audience: { kind: 'members' } }
    );
    const eve = await newPage(browser);
    await eve.goto(members.body.link);
    await signIn(eve).click();
    await eve.fill('#username_input', 'eve');
    await eve.fill('#password_input', hub.told.password);
    await eve.click('#login_submit');
    await eve.getByRole('button', { name: 'Continue as eve' }).click();
    await untilLoaded(eve);

    await host.getByRole('button', { name: /Session is live/ }).click();
    await expect(dialog(host).getByText('live')).toBeVisible();
    await expect(
      dialog(host).getByRole('img', { name: 'Signed in with JupyterHub' })
    ).toHaveCount(3);
    await dialog(host).getByRole('button', { name: 'Remove bo' }).click();
    const ask = dialog(host).getByRole('alertdialog');
    await ask.getByRole('checkbox').uncheck();
    await ask.getByRole('button', { name: 'Remove' }).click();
    await expect(bo.getByRole('region', { name: 'Session' })).toContainText(
      'removed you'
    );
    await expect(dialog(host).getByText('Blocked')).toBeVisible();
    await host.screenshot({
      path: 'ui-tests/test-results/pictures/hub-dialog-running.png'
    });
    for (const address of [link, members.body.link]) {
      const again = await signedIn(browser, hub, 'bo');
      await again.goto(address);
      await signIn(again).click();
      await again.getByRole('button', { name: 'Continue as bo' }).click();
      await expect(
        heading(again, 'You were removed from the session')
      ).toBeVisible();
    }

    const shares = await host.goto(`${hub.origin}/hub/api/shares/ada/`);
    expect(shares?.status()).toBe(200);
    expect(await shares?.json()).toMatchObject({ items: [] });
    const contents = await eve
      .context()
      .request.get(`${hub.origin}/user/ada/api/contents`, { maxRedirects: 0 });
    expect([302, 403]).toContain(contents.status());
  } finally {
    await hub.stop();
  }
});
