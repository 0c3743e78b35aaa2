/** What the administrator forbids stands in the dialog, disabled, with the reason. */
import { Page, PageScreenshotOptions } from '@playwright/test';
import { command, expect, test, untilLoaded } from './support/fixtures';
import { picture } from './support/pictures';

const dialog = (page: Page) => page.locator('.jp-cohost-dialog');

/** A picture of the dialog alone, as in docs/screenshots. */
const DIALOG: PageScreenshotOptions = {
  animations: 'disabled',
  clip: { x: 290, y: 14, width: 700, height: 772 }
};

test.use({
  serverOptions: {
    files: { 'private/notes.txt': 'mine\n', 'course/task.txt': 'ours\n' },
    arguments: [
      '--CohostPolicy.kinds=meeting',
      '--CohostPolicy.whole_root=False',
      '--CohostPolicy.folders=course',
      '--CohostPolicy.highest_role=edit',
      '--CohostPolicy.running=False',
      '--CohostPolicy.longest_expiry_s=7200',
      '--CohostPolicy.knock_required=True'
    ]
  }
});

test('[POL-13] the dialog shows what is forbidden as disabled, with the reason', async ({
  lab
}) => {
  const host = await lab.hostPage();
  await host.getByRole('button', { name: 'Share session' }).click();
  const form = dialog(host);
  const outside = form.getByRole('treeitem', { name: 'private' });
  await expect(outside).toHaveAttribute('aria-disabled', 'true');
  await outside.click({ force: true });
  await expect(outside).toHaveAttribute('aria-checked', 'false');
  await form.getByRole('treeitem', { name: 'course' }).click();
  await expect(form.getByText('Only what is in course/ may be')).toBeVisible();
  await expect(form.getByRole('radio', { name: /^run/i })).toBeDisabled();
  await expect(form.getByText('Guests may not run code')).toBeVisible();
  await expect(form.getByRole('radio', { name: /^ongoing/ })).toBeDisabled();
  await expect(form.getByText('Ongoing sessions are not')).toBeVisible();
  const expiry = form.getByRole('combobox', { name: /Link expires/ });
  await expect(
    expiry.getByRole('option', { name: 'in 24 hours' })
  ).toBeDisabled();
  await expect(form.getByText('within 2 hours')).toBeVisible();
  await expect(form.getByRole('checkbox', { name: /Ask me/ })).toBeDisabled();
  await expect(form.getByText('is asked before')).toBeVisible();
  await picture(host, 'policy-dialog', DIALOG);
  await command(host, 'apputils:change-theme', { theme: 'JupyterLab Dark' });
  await expect(host.locator('body')).toHaveAttribute(
    'data-jp-theme-light',
    'false'
  );
  await picture(host, 'policy-dialog-dark', DIALOG);
  await form.getByRole('button', { name: 'Start and copy link' }).click();
  await expect(form.getByText('live')).toBeVisible();
  expect(lab.errors).toEqual([]);
});

test('[POL-5] [POL-13] nobody can be made a runner where running is forbidden', async ({
  lab
}) => {
  const { link } = await lab.share({
    ...{ paths: ['course/task.txt'], role: 'viewer', knock: true },
    expires: 3600
  });
  const host = await lab.hostPage('course/task.txt');
  const guest = await lab.guestPage(link, 'Bo');
  await host
    .locator('.Toastify__toast', { hasText: 'Bo' })
    .getByRole('button', { name: 'Let in' })
    .click();
  await untilLoaded(guest);
  await host.getByRole('button', { name: /Session is live/ }).click();
  const role = dialog(host).getByRole('combobox', { name: 'Role of Bo' });
  await expect(role.locator('option[value="runner"]')).toBeDisabled();
  await expect(role.locator('option[value="editor"]')).toBeEnabled();
});
