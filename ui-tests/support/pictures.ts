import { Page, PageScreenshotOptions } from '@playwright/test';
import { command } from './fixtures';

/** A picture for a person to look at, kept where other runs do not clear it if `COHOST_PICTURES` names a folder. */
export async function picture(
  page: Page,
  name: string,
  options: PageScreenshotOptions = {}
): Promise<void> {
  const folder =
    process.env.COHOST_PICTURES ?? 'ui-tests/test-results/pictures';
  await page.screenshot({ path: `${folder}/${name}.png`, ...options });
}

/** Chooses the dark theme; returns when the page has it. */
export async function darken(page: Page): Promise<void> {
  await command(page, 'apputils:change-theme', { theme: 'JupyterLab Dark' });
  await page
    .locator('body[data-jp-theme-light="false"]')
    .waitFor({ state: 'attached' });
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
}
