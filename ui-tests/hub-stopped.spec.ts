/** On a real JupyterHub with the hub service: a session whose host's server is stopped. */
import { Page } from '@playwright/test';
import { expect, test, untilLoaded } from './support/fixtures';
import { HubProcess } from './support/hub';
import { api, inBothThemes, signedIn } from './support/hubPages';
import { picture } from './support/pictures';

const TITLE = 'Our notes';
const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { name });

async function share(host: Page): Promise<void> {
  const sessions = '/user/ada/cohost/api/sessions';
  const audience = { kind: 'users', names: ['bo', 'cy'] };
  const { status } = await api(host, 'POST', sessions, {
    scope: [{ path: 'notes.md' }],
    kind: 'persistent',
    title: TITLE,
    invite: { role: 'editor', knock: false, audience }
  });
  expect(status).toBe(201);
}

test('[HUB-35] [HUB-36] [HUB-37] one waits and asks, another starts the server, the host reads it', async ({
  browser
}) => {
  test.setTimeout(300_000);
  const hub = await HubProcess.start(false, true);
  try {
    hub.write('ada', 'notes.md', 'hello\n');
    const host = await signedIn(browser, hub, 'ada');
    await hub.startServer(host);
    await untilLoaded(host);
    await share(host);
    const bo = await signedIn(browser, hub, 'bo');
    const list = `${hub.origin}/services/cohost/`;
    await bo.goto(list);
    await expect(bo.getByRole('link', { name: 'Open' })).toBeVisible();
    await hub.stopServer(host);

    await bo.goto(list);
    await expect(bo.getByText('whose server is not running')).toBeVisible();
    await expect(bo.getByText('Start the server')).toHaveCount(0);
    await inBothThemes(bo, 'hub-list-stopped');
    await bo.getByRole('button', { name: 'Ask ada' }).click();
    await expect(heading(bo, `Waiting for “${TITLE}”`)).toBeVisible();
    await expect(bo.getByText('You asked less than a minute')).toBeVisible();
    await inBothThemes(bo, 'hub-waiting');

    const cy = await signedIn(browser, hub, 'cy');
    await cy.goto(list);
    await inBothThemes(cy, 'hub-list-start');
    await cy.getByRole('link', { name: 'Start the server' }).click();
    for (const page of [cy, bo]) {
      // Nobody presses anything: the pages look again by themselves.
      await expect(heading(page, `“${TITLE}” is open again`)).toBeVisible({
        timeout: 120_000
      });
    }
    await inBothThemes(bo, 'hub-open-again');

    await host.goto(`${hub.origin}/user/ada/lab`);
    await untilLoaded(host);
    const notice = host.getByText(`“bo” asked for “${TITLE}”`);
    await expect(notice).toBeVisible();
    await picture(host, 'hub-asked');
    await host.getByRole('button', { name: 'Got it' }).click();
    await host.reload();
    await untilLoaded(host);
    await expect(
      host.getByRole('button', { name: /Session is live/ })
    ).toBeVisible();
    await expect(notice).toHaveCount(0);

    await bo.getByRole('link', { name: 'Open' }).click();
    await bo.getByRole('button', { name: 'Continue as bo' }).click();
    await untilLoaded(bo);
  } finally {
    await hub.stop();
  }
});
