import { Page } from '@playwright/test';
import { expect } from './fixtures';

/** A name goes two seconds after its caret has moved, and comes back when that is pointed at. */
export async function point(page: Page, within: string): Promise<void> {
  const caret = page.locator(`${within} .jp-cohost-caret`).first();
  const { x, y, width, height } = (await caret.boundingBox())!;
  await page.mouse.move(x + 40, y + 40);
  await page.mouse.move(x + width / 2, y + height / 2);
}

/** Whose caret it is. */
export async function expectName(
  page: Page,
  within: string,
  name: string
): Promise<void> {
  await expect(async () => {
    await point(page, within);
    await expect(page.locator('.jp-cohost-flag')).toHaveText(name, {
      timeout: 1000
    });
  }).toPass({ timeout: 60_000 });
}
