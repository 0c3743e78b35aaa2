/** What the product is for, by mouse and keyboard, from the button in the top bar to the end of the session. */
import { Page } from '@playwright/test';
import { expect, Lab, open, test, untilLoaded } from './support/fixtures';
import { typeInto, visibleEditors } from './support/editors';
import { ONE_CELL } from './support/notebooks';
import { causes } from './support/toasts';

const dialog = (page: Page) => page.locator('.jp-cohost-dialog');
const bar = (page: Page) => page.getByRole('region', { name: 'Session' });
const plain = '.jp-FileEditor';
const code = '.jp-Notebook .jp-CodeCell';

test.use({ serverOptions: { files: { 'n.ipynb': ONE_CELL } } });

/** The host's page, which may put something into the clipboard. */
async function hostPage(lab: Lab, path: string): Promise<Page> {
  const page = await lab.hostPage(path);
  await expect(
    page.getByRole('tab', { name: path, selected: true })
  ).toBeVisible();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], {
    origin: lab.server.origin
  });
  return page;
}

/** Opens the dialog on the running session. */
async function openSession(host: Page): Promise<void> {
  await host.getByRole('button', { name: /Session is live/ }).click();
  await expect(dialog(host)).toBeVisible();
}

/** Chooses something in the dialog and starts; answers the copied link. */
async function start(
  host: Page,
  choose: (form: ReturnType<typeof dialog>) => Promise<void> = async () =>
    undefined
): Promise<string> {
  await host.getByRole('button', { name: 'Share session' }).click();
  await choose(dialog(host));
  await dialog(host)
    .getByRole('button', { name: 'Start and copy link' })
    .click();
  await expect(dialog(host).getByText('live')).toBeVisible();
  return host.evaluate(() => navigator.clipboard.readText());
}

async function done(host: Page): Promise<void> {
  await dialog(host).getByRole('button', { name: 'Done' }).click();
  await expect(dialog(host)).toHaveCount(0);
}

/** The guest opens the link, types a name, and joins. */
async function join(lab: Lab, link: string, name: string): Promise<Page> {
  const guest = await lab.newPage();
  await guest.goto(link);
  await expect(
    guest.getByRole('heading', { name: /invites you to/ })
  ).toBeVisible();
  await guest.getByRole('textbox', { name: 'Your name' }).fill(name);
  await guest.keyboard.press('Enter');
  return guest;
}

/** What stands in the file within moments (a second, where the machine has the time: tests/test_nothing_lost.py). */
const inFile = (lab: Lab, file: string, text: string) =>
  expect.poll(() => lab.server.read(file), { intervals: [50] }).toContain(text);

test('[STORY-1] share, knock, let in, edit a notebook and a module together', async ({
  lab
}) => {
  const host = await hostPage(lab, 'analysis.ipynb');
  await expect(
    host.getByRole('heading', { name: 'Bicycles on the bridge' })
  ).toBeVisible();
  const link = await start(host, async form => {
    await form.getByRole('button', { name: '+ Add files or folders' }).click();
    await form.getByRole('treeitem', { name: /rides\.py/ }).click();
    await expect(form.getByText('2 items')).toBeVisible();
  });
  expect(link).toMatch(/\/join#[\w-]{20,}$/);
  await done(host);

  const guest = await join(lab, link, 'Ada');
  await expect(
    guest.getByRole('heading', { name: 'Waiting for the host to let you in' })
  ).toBeVisible();
  const knock = host.locator('.Toastify__toast', { hasText: 'Ada' });
  await expect(knock).toContainText('wants to join as an editor');
  await knock.getByRole('button', { name: 'Let in' }).click();
  await untilLoaded(guest);
  await expect(bar(guest)).toContainText('you can edit');
  await expect(bar(guest)).not.toContainText('not part of the session');
  await expect(bar(guest)).toContainText('host online');

  const notebook = guest.getByRole('tab', { name: 'analysis.ipynb' });
  const module = guest.getByRole('tab', { name: 'rides.py' });
  await notebook.click();
  await expect(
    guest.getByRole('heading', { name: 'Bicycles on the bridge' })
  ).toBeVisible();
  await typeInto(host, code, '# by the host\n');
  await expect(visibleEditors(guest, code)).toContainText('# by the host');
  await inFile(lab, 'analysis.ipynb', '# by the host');
  await typeInto(guest, code, '# by the guest\n');
  await inFile(lab, 'analysis.ipynb', '# by the guest');
  await expect(visibleEditors(host, code)).toContainText('# by the guest');

  await module.click();
  await open(host, 'rides.py');
  await typeInto(guest, plain, '# a module of two\n');
  await inFile(lab, 'rides.py', '# a module of two');
  await expect(visibleEditors(host, plain)).toContainText('# a module of two');
  await typeInto(host, plain, '# and of me\n');
  await expect(visibleEditors(guest, plain)).toContainText('# and of me');
  await inFile(lab, 'rides.py', '# and of me');
  expect(lab.errors).toEqual([]);
});

test('[STORY-2] the role follows the host: reads, then runs code on the shared kernel, then is out', async ({
  lab
}) => {
  const host = await hostPage(lab, 'n.ipynb');
  const link = await start(host, form =>
    form.getByRole('checkbox', { name: /Ask me/ }).uncheck()
  );
  await done(host);
  const guest = await join(lab, link, 'Ada');
  await untilLoaded(guest);
  await expect(visibleEditors(guest, code)).toBeVisible();
  await openSession(host);
  const role = dialog(host).getByRole('combobox', { name: 'Role of Ada' });

  await role.selectOption('viewer');
  await expect(bar(guest)).toContainText('you can read');
  const insert = guest
    .locator('.jp-NotebookPanel-toolbar')
    .getByRole('button', {
      name: /Insert a cell below/
    });
  await expect(insert).toBeHidden();
  await expect(
    guest.locator(`${code} .cm-editor[aria-readonly="true"]`)
  ).toBeVisible();
  await done(host);
  const before = await visibleEditors(guest, code).textContent();
  // A hint stands for eight seconds.
  await causes(bar(guest).getByText('You’re viewing'), () =>
    typeInto(guest, code, 'x')
  );
  await expect(visibleEditors(guest, code)).toHaveText(before ?? '');
  await expect(async () => {
    const ask = bar(guest).getByRole('button', { name: 'Ask to edit' });
    await causes(bar(guest).getByText('Request sent to the host'), () =>
      ask.click({ timeout: 5000 })
    );
  }).toPass({ timeout: 120_000 });
  const asks = host.locator('.Toastify__toast', { hasText: 'asks to edit' });
  await asks.getByRole('button', { name: 'Let edit' }).click();
  await expect(bar(guest)).toContainText('you can edit');
  const reading = guest.locator(`${code} .cm-editor[aria-readonly="true"]`);
  await expect(reading).toHaveCount(0);
  await typeInto(guest, code, '# may\n');
  await inFile(lab, 'n.ipynb', '# may');
  await openSession(host);

  await role.selectOption('runner');
  await dialog(host).getByRole('button', { name: 'Let run' }).click();
  await expect(bar(guest)).toContainText('you can edit and run');
  await done(host);
  await visibleEditors(guest, code).click();
  await guest.keyboard.press('Control+a');
  await guest.keyboard.type(
    'from IPython.display import HTML; HTML("<b class=\'ran\'>by the guest</b><script>window.ran=1</script>")'
  );
  // The bar tells the new role a moment before the document's own connection has it.
  await expect(async () => {
    await guest.keyboard.press('Control+Enter');
    await expect(guest.locator('.ran')).toBeVisible({ timeout: 8000 });
  }).toPass({ timeout: 120_000 });
  for (const page of [guest, host]) {
    await expect(page.locator('.ran')).toHaveText('by the guest', {
      timeout: 120_000
    });
    await expect
      .poll(() => page.evaluate(() => (window as { ran?: number }).ran))
      .toBe(1);
  }

  const earlier = [...lab.errors];
  await openSession(host);
  await dialog(host).getByRole('button', { name: 'Remove Ada' }).click();
  await dialog(host)
    .getByRole('alertdialog')
    .getByRole('button', { name: 'Remove' })
    .click();
  await expect(bar(guest)).toContainText('removed you');
  await expect(visibleEditors(guest, code)).toContainText('by the guest');
  await typeInto(guest, code, 'x');
  await guest.getByRole('menuitem', { name: 'View' }).click();
  await guest.keyboard.press('Escape');
  await expect(guest.locator('.jp-Dialog')).toHaveCount(0);
  // A request on its way when the guest was taken out is answered with just that.
  const later = lab.errors.slice(earlier.length);
  expect(earlier).toEqual([]);
  expect(later.filter(error => !/\b401\b/.test(error))).toEqual([]);
});

test('[STORY-3] an ongoing session goes on after a restart; its end is said at once and leaves the page readable', async ({
  lab
}) => {
  const host = await hostPage(lab, 'rides.py');
  const link = await start(host, async form => {
    await form.getByText('ongoing').click();
    const ask = form.getByRole('checkbox', { name: /Ask me/ });
    await ask.uncheck();
  });
  await done(host);
  const guest = await join(lab, link, 'Ada');
  await untilLoaded(guest);
  await typeInto(guest, plain, '# before\n');
  await inFile(lab, 'rides.py', '# before');
  // JupyterLab looks at the file of its address last of all; cut off there, it says so in a dialog.
  for (const page of [host, guest]) {
    await page.waitForLoadState('networkidle');
  }
  expect(lab.errors).toEqual([]);

  await lab.server.stop();
  await expect(bar(guest)).toContainText('Reconnecting');
  await typeInto(guest, plain, '# while away\n');
  for (const page of [host, guest]) {
    await expect(page.locator('.jp-Dialog')).toHaveCount(0);
  }
  await lab.server.restart();
  await expect(bar(guest)).toContainText('you can edit', { timeout: 120_000 });
  await expect
    .poll(() => lab.server.read('rides.py'), { timeout: 120_000 })
    .toContain('# while away');
  await expect(visibleEditors(host, plain)).toContainText('# while away', {
    timeout: 120_000
  });
  await guest.reload();
  await untilLoaded(guest);
  await expect(visibleEditors(guest, plain)).toContainText('# while away');
  await guest.waitForLoadState('networkidle');

  await openSession(host);
  await dialog(host).getByRole('button', { name: 'End session' }).click();
  await expect(dialog(host).getByRole('alertdialog')).toContainText('Ada');
  await dialog(host)
    .getByRole('alertdialog')
    .getByRole('button', { name: 'End session' })
    .click();
  await expect(bar(guest)).toContainText('has ended');
  await expect(visibleEditors(guest, plain)).toContainText('# before');
  await guest.getByRole('menuitem', { name: 'View' }).click();
  await guest.keyboard.press('Escape');
  await expect(guest.locator('.jp-Dialog')).toHaveCount(0);
  // A request on its way when the server stopped, or when the session ended, says just that.
  const others = lab.errors.filter(
    error => !/\b(410|503)\b|has ended|Failed to fetch/.test(error)
  );
  expect(others).toEqual([]);
});
