/** The page and a server that sleeps, a line that falls silent, a clock that jumps, a server of another version. */
import { Page } from '@playwright/test';

import { expect, Lab, TOKEN, test, untilLoaded } from './support/fixtures';
import { typeInto, visibleEditors } from './support/editors';
import { Line } from './support/proxy';

const tab = (name: string, state: string) =>
  `.lm-TabBar-tab[data-cohost-sync="${state}"]:has-text("${name}")`;

const type = (page: Page, text: string) =>
  typeInto(page, '.jp-FileEditor', text);

async function times(lab: Lab, words: string): Promise<number> {
  return lab.server.read('rides.py').split(words).length - 1;
}

test('[ROOM-64] the server sleeps for 30 s: found within 10 s, typing goes on, nothing is lost', async ({
  lab
}) => {
  const page = await lab.hostPage('rides.py');
  await type(page, '# before\n');
  await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible();
  lab.server.signal('SIGSTOP');
  const began = Date.now();
  try {
    await type(page, '# while it sleeps\n');
    await expect(page.locator(tab('rides.py', 'offline'))).toBeVisible({
      timeout: 60_000
    });
    console.log(`told after ${Date.now() - began} ms`);
    await type(page, '# offline\n');
    await page.waitForTimeout(Math.max(0, 30_000 - (Date.now() - began)));
    await expect(page.locator('.jp-Dialog')).toHaveCount(0);
  } finally {
    lab.server.signal('SIGCONT');
  }
  await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible({
    timeout: 90_000
  });
  for (const words of ['# before', '# while it sleeps', '# offline']) {
    await expect.poll(() => times(lab, words)).toBe(1);
  }
});

test('[ROOM-64] [ROOM-28] a line that falls silent is found from both sides within 10 s', async ({
  lab
}) => {
  const line = await Line.to(lab.server.port);
  try {
    const other = await lab.hostPage('rides.py');
    const page = await lab.newPage();
    await page.goto(`${line.origin}/lab/tree/rides.py?token=${TOKEN}`);
    await untilLoaded(page);
    await type(page, '# before\n');
    await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible();
    await expect(other.locator('.jp-cohost-caret')).toHaveCount(1);
    line.silence(true);
    const began = Date.now();
    await type(page, '# kept\n');
    await expect(page.locator(tab('rides.py', 'offline'))).toBeVisible({
      timeout: 60_000
    });
    const pageSide = Date.now() - began;
    await expect(other.locator('.jp-cohost-caret')).toHaveCount(0, {
      timeout: 60_000
    });
    const serverSide = Date.now() - began;
    console.log(`page ${pageSide} ms, server ${serverSide} ms`);
    line.mend();
    await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible({
      timeout: 90_000
    });
    await expect.poll(() => times(lab, '# kept')).toBe(1);
    await expect(visibleEditors(other, '.jp-FileEditor')).toContainText(
      '# kept'
    );
  } finally {
    line.dispose();
  }
});

test('[ROOM-64] a page that was asleep, and a clock that jumped', async ({
  lab
}) => {
  const other = await lab.hostPage('rides.py');
  const page = await lab.newPage();
  await page.addInitScript(() => {
    const real = Date.now.bind(Date);
    Object.assign(window, { jump: 0 });
    Date.now = () => real() + (window as unknown as { jump: number }).jump;
  });
  await page.goto(`${lab.server.origin}/lab/tree/rides.py?token=${TOKEN}`);
  await untilLoaded(page);
  await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible();
  for (const jump of [3_600_000, -3_600_000]) {
    await page.evaluate(ms => {
      Object.assign(window, { jump: ms });
    }, jump);
    await type(page, `# jump ${jump}\n`);
    await expect.poll(() => times(lab, `# jump ${jump}`)).toBe(1);
    await page.waitForTimeout(5_000);
    await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible();
  }
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await type(other, '# while the page sleeps\n');
  await page.waitForTimeout(15_000);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await expect(visibleEditors(page, '.jp-FileEditor')).toContainText(
    '# while the page sleeps',
    { timeout: 90_000 }
  );
  await type(page, '# awake\n');
  await expect.poll(() => times(lab, '# awake')).toBe(1);
  await expect(page.locator('.jp-Dialog')).toHaveCount(0);
});

test('[ROOM-53] a server of another version: told to reload, what was not sent can be saved', async ({
  lab
}) => {
  const page = await lab.newPage();
  let isNew = false;
  await page.routeWebSocket(/\/cohost\/rooms\//, socket => {
    const server = socket.connectToServer();
    socket.onMessage(message => {
      // A hello (100) whose version is none that this server speaks.
      const isHello = typeof message !== 'string' && message[0] === 100;
      server.send(
        isNew && isHello
          ? Buffer.from(
              String(message).replace('"version":1', '"version":9'),
              'latin1'
            )
          : message
      );
    });
  });
  await page.goto(`${lab.server.origin}/lab/tree/rides.py?token=${TOKEN}`);
  await untilLoaded(page);
  await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible();
  await lab.server.kill9();
  await type(page, '# not sent\n');
  await expect(page.locator(tab('rides.py', 'offline'))).toBeVisible();
  isNew = true;
  await lab.server.restart();
  const told = page
    .locator('.Toastify__toast')
    .filter({ hasText: 'another version' });
  await expect(told).toBeVisible({ timeout: 90_000 });
  await expect(page.locator('.jp-Dialog')).toHaveCount(0);
  await expect(visibleEditors(page, '.jp-FileEditor')).toContainText(
    '# not sent'
  );
  // What nobody would get is not taken.
  await type(page, '# too late\n');
  const [copy] = await Promise.all([
    page.waitForEvent('download'),
    told.getByRole('button', { name: 'Save my copy…' }).click()
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await copy.createReadStream()) {
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString();
  expect(text).toContain('# not sent');
  expect(text).not.toContain('# too late');
  await lab.picture(page, 'another-version');
  isNew = false;
  page.once('dialog', question => void question.accept());
  await told.getByRole('button', { name: 'Reload page' }).click();
  await untilLoaded(page);
  await expect(page.locator(tab('rides.py', 'synced'))).toBeVisible();
});
