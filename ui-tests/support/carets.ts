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

/** The text before the other person's caret, from the beginning of its line, as it is drawn; null when there is none. */
export const beforeTheirs = (
  page: Page,
  within: string
): Promise<string | null> =>
  page.evaluate(selector => {
    const carets = [
      ...document.querySelectorAll(`${selector} .jp-cohost-caret`)
    ];
    const box = carets
      .map(caret => caret.getBoundingClientRect())
      .find(({ height }) => height > 0);
    if (!box) {
      return null;
    }
    const middle = (box.top + box.bottom) / 2;
    const lines = document.querySelectorAll(`${selector} .cm-line`);
    const line = [...lines].find(one => {
      const { top, bottom } = one.getBoundingClientRect();
      return top <= middle && middle <= bottom;
    });
    const at = document.caretRangeFromPoint(box.left, middle);
    if (!line || !at) {
      return null;
    }
    const before = document.createRange();
    before.setStart(line, 0);
    before.setEnd(at.startContainer, at.startOffset);
    return before.toString();
  }, within);
