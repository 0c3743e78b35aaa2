import { Locator, Page } from '@playwright/test';

/** The first visible editor inside `selector`, for example `.jp-CodeCell` or `.jp-FileEditor`. */
export function visibleEditors(page: Page, selector: string): Locator {
  return page.locator(`${selector} .cm-content:visible`).first();
}

/** Types at the very beginning of an editor, key by key. */
export async function typeInto(
  page: Page,
  selector: string,
  text: string
): Promise<void> {
  await visibleEditors(page, selector).click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(text);
}
