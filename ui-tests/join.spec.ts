import { expect, test } from './support/fixtures';
import { invited } from './support/sessions';

const phone = { width: 360, height: 640 };

test('[INV-18] the landing page by keyboard, on a phone, and the secret leaves the address bar', async ({
  lab
}) => {
  const shared = await lab.share({
    paths: ['analysis.ipynb', 'data'],
    role: 'viewer'
  });
  const page = await lab.newPage();
  await page.setViewportSize(phone);
  await page.goto(shared.link);
  await expect(
    page.getByRole('heading', { name: /invites you to/ })
  ).toBeVisible();
  await expect(page.getByText('You can read along and chat.')).toBeVisible();
  expect(page.url()).not.toContain('#');
  await page.reload();
  const name = page.getByRole('textbox', { name: 'Your name' });
  await expect(name).toBeFocused();
  const scrolls = await page.evaluate(
    () => document.documentElement.scrollWidth > window.innerWidth
  );
  expect(scrolls).toBe(false);
  await lab.picture(page, 'join');
  await page.emulateMedia({ colorScheme: 'dark' });
  await lab.picture(page, 'join-dark');
  await page.keyboard.type('Bo');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/lab/);
  expect(lab.errors).toEqual([]);
});

test('[INV-18] at the door: go back, knock again, be refused, reload, be let in', async ({
  lab
}) => {
  const shared = await lab.share({
    paths: ['analysis.ipynb'],
    role: 'editor',
    knock: true
  });
  const address = `cohost/api/sessions/${shared.session}/knocks`;
  const waiting = async () =>
    (await lab.server.api<{ knocks: { id: string }[] }>('GET', address)).knocks;
  const page = await lab.guestPage(shared.link, 'Bo');
  await expect(
    page.getByRole('heading', { name: 'Waiting for the host to let you in' })
  ).toBeFocused();
  await lab.picture(page, 'knock');
  await expect.poll(async () => (await waiting()).length).toBe(1);
  await page.getByRole('button', { name: 'Go back' }).click();
  await expect.poll(async () => (await waiting()).length).toBe(0);
  await page.getByRole('button', { name: 'Join session' }).click();
  await expect.poll(async () => (await waiting()).length).toBe(1);
  await lab.server.api('POST', `${address}/${(await waiting())[0].id}`, {
    admit: false
  });
  await expect(
    page.getByRole('heading', { name: 'The host declined' })
  ).toBeVisible();
  await page.getByRole('button', { name: 'Ask again' }).click();
  await page.getByRole('button', { name: 'Join session' }).click();
  await expect.poll(async () => (await waiting()).length).toBe(1);
  await page.reload();
  await expect(
    page.getByRole('heading', { name: 'Waiting for the host to let you in' })
  ).toBeVisible();
  expect((await waiting()).length).toBe(1);
  await lab.server.api('POST', `${address}/${(await waiting())[0].id}`, {
    admit: true
  });
  await page.waitForURL(/\/lab\/tree\/analysis\.ipynb/);
});

test('[INV-13] [INV-27] every dead link has its page, and another link pasted over it works', async ({
  lab
}) => {
  const shared = await lab.share({ paths: ['analysis.ipynb'], role: 'viewer' });
  const { session, link } = shared;
  const once = await invited(lab.server, session, {
    role: 'viewer',
    maxUses: 1
  });
  const short = await invited(lab.server, session, {
    role: 'viewer',
    expires: 0.001
  });
  const back = await invited(lab.server, session, { role: 'viewer' });
  await lab.server.api(
    'DELETE',
    `cohost/api/sessions/${session}/invites/${back.id}`
  );
  const first = await lab.guestPage(once.link, 'First');
  await first.waitForURL(/\/lab/);
  const page = await lab.newPage();
  const says = async (address: string, title: string) => {
    await page.goto('about:blank');
    await page.goto(address);
    await expect(page.getByRole('heading', { name: title })).toBeFocused();
  };
  /* As one does with a new link: pasted over the dead one, in the same tab. Only the fragment changes. */
  await says(back.link, 'This link was disabled by the host');
  await page.goto(link);
  await expect(
    page.getByRole('heading', { name: /invites you to/ })
  ).toBeVisible();
  await page.goto(back.link);
  await expect(
    page.getByRole('heading', { name: 'This link was disabled by the host' })
  ).toBeFocused();
  await expect(page.getByText('disabled by the host')).toHaveCount(1);
  await says(once.link, 'This link is used up');
  await says(short.link, 'This link has expired');
  await says(`${link.split('#')[0]}#wrong`, 'This link does not work');
  await says(link.split('#')[0], 'This link does not work');
  await says(link.replace(session, 'madeup'), 'The session is not running');
  await lab.picture(page, 'dead-link');
  await lab.server.api('DELETE', `cohost/api/sessions/${session}`);
  await says(link, 'The session has ended');
});

test('[INV-15] the host who opens the own link is told what to do', async ({
  lab
}) => {
  const shared = await lab.share({ paths: ['analysis.ipynb'], role: 'viewer' });
  const page = await lab.hostPage();
  await page.goto(shared.link);
  await expect(
    page.getByRole('heading', { name: 'This is your own session' })
  ).toBeVisible();
  await expect(
    page.getByRole('button', { name: 'Copy the link' })
  ).toBeVisible();
  expect(page.url()).toBe(shared.link);
});

test('[INV-18] a removed guest reads so, and may ask again', async ({
  lab
}) => {
  const shared = await lab.share({ paths: ['analysis.ipynb'], role: 'viewer' });
  const page = await lab.guestPage(shared.link, 'Bo');
  await page.waitForURL(/\/lab/);
  const people = `cohost/api/sessions/${shared.session}/participants`;
  const { participants } = await lab.server.api<{
    participants: { id: string }[];
  }>('GET', people);
  await lab.server.api('DELETE', `${people}/${participants[0].id}`);
  await page.goto('about:blank');
  await page.goto(shared.link);
  await expect(
    page.getByRole('heading', { name: 'You were removed from the session' })
  ).toBeVisible();
  await page.getByRole('button', { name: 'Ask again' }).click();
  await page.getByRole('button', { name: 'Join session' }).click();
  await page.waitForURL(/\/lab/);
});

test('[GATE-12] an address out of the address bar leads to a card, light and dark, on a phone', async ({
  lab
}) => {
  const shared = await lab.share({ paths: ['analysis.ipynb'], role: 'viewer' });
  const by = { name: 'You need the link to this session' };
  const root = shared.link.replace(/\/join#.*/, '');
  const page = await lab.newPage();
  await page.setViewportSize(phone);
  for (const address of ['/lab/tree/analysis.ipynb#Bicycles', '/', '']) {
    await page.goto('about:blank');
    await page.goto(root + address);
    await expect(page.getByRole('heading', by)).toBeFocused();
  }
  await lab.picture(page, 'address');
  await page.emulateMedia({ colorScheme: 'dark' });
  await lab.picture(page, 'address-dark');
  await page.goto(shared.link);
  await page.getByRole('button', { name: 'Join session' }).click();
  await page.waitForURL(/\/lab/);
  await page.goto(root);
  await page.waitForURL(/\/lab\/tree\/analysis\.ipynb/);
});

test('[UI-92] [UI-93] a German browser reads German, from the link to the session', async ({
  lab
}) => {
  const { link } = await lab.share({
    ...{ paths: ['analysis.ipynb'], role: 'viewer' }
  });
  const page = await lab.newPage({ locale: 'de-DE' });
  await page.setViewportSize(phone);
  await page.goto(link);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de-DE');
  await expect(
    page.getByRole('heading', { name: /lädt Sie zu .* ein/ })
  ).toBeVisible();
  await lab.picture(page, 'join-german');
  await page.getByRole('textbox', { name: 'Ihr Name' }).fill('Bo');
  await page.getByRole('button', { name: 'Beitreten' }).click();
  await page.waitForURL(/\/lab/);
  await expect(page.getByRole('button', { name: 'Verlassen' })).toBeVisible();
  await page.goto(link.replace(/#.*/, '#wrong'));
  await expect(
    page.getByRole('heading', { name: 'Dieser Link funktioniert nicht' })
  ).toBeVisible();
  await lab.picture(page, 'join-german-dead');
});
