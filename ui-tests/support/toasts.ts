import { Locator, Page } from '@playwright/test';
import { expect } from './fixtures';

export const toast = (page: Page, text: string | RegExp): Locator =>
  page.locator('.Toastify__toast').filter({ hasText: text });

/** A notification that would close by itself stays while the pointer is over it. */
export async function hold(told: Locator): Promise<void> {
  await expect(told).toBeVisible();
  await told.hover();
}

/** Waits for what is to be seen for a moment only: from before the cause on. */
export async function causes(
  seen: Locator,
  act: () => Promise<unknown>
): Promise<void> {
  await Promise.all([seen.first().waitFor({ timeout: 120_000 }), act()]);
}
