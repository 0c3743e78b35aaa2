import { Locator, Page } from '@playwright/test';
import * as fs from 'fs';
import * as path from 'path';
import { expect, Lab, untilLoaded } from './fixtures';

export const panel = (page: Page): Locator =>
  page.locator('#cohost-chat-panel');

export const composer = (page: Page): Locator =>
  panel(page).getByRole('combobox', { name: 'Message' });

export const message = (page: Page, text: string): Locator =>
  panel(page).getByRole('article').filter({ hasText: text });

export const thread = (page: Page): Locator =>
  panel(page).getByRole('combobox', { name: 'Chat with' });

export const tab = (page: Page): Locator =>
  page.locator('.lm-TabBar-tab[data-id="cohost-chat-panel"]').first();

/** Brings the panel to the front. */
export async function openChat(page: Page): Promise<void> {
  if (!(await panel(page).isVisible())) {
    await tab(page).click();
  }
  await expect(composer(page)).toBeEnabled();
}

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).focus();
  await composer(page).fill(text);
  await page.keyboard.press('Enter');
}

/** Does one of the things that stand below a message. */
export async function act(
  page: Page,
  text: string,
  action: string
): Promise<void> {
  const found = message(page, text).first();
  await found.hover();
  await found.getByRole('button', { name: new RegExp(`^${action}`) }).click();
}

/** Does one of the things in the panel's menu. */
export async function fromMenu(page: Page, what: Locator): Promise<void> {
  if (!(await what.isVisible())) {
    await panel(page).locator('summary').click();
  }
  await what.click();
}

/** A guest who has opened the chat. */
export async function talker(
  lab: Lab,
  link: string,
  name: string
): Promise<Page> {
  const page = await lab.guestPage(link, name);
  await untilLoaded(page);
  await openChat(page);
  return page;
}

/** Every file below a folder that holds one of the texts, in its bytes or in its name. */
export function filesWith(folder: string, texts: readonly string[]): string[] {
  const names = fs.readdirSync(folder, { recursive: true }) as string[];
  const holds = (name: string) => {
    const file = path.join(folder, name);
    if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) {
      return false;
    }
    const bytes = fs.readFileSync(file);
    return texts.some(
      text => bytes.includes(text) || bytes.includes(text, 0, 'utf16le')
    );
  };
  return names.filter(
    name => texts.some(text => name.includes(text)) || holds(name)
  );
}

/** All that the browser keeps for this page's origin: localStorage, sessionStorage, IndexedDB with contents. */
export async function storage(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const kept: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name ?? ''));
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        kept.push(name, store, await done(objects.getAllKeys()));
        const values = await done(objects.getAll());
        kept.push(
          values.map(value =>
            value instanceof Uint8Array
              ? new TextDecoder().decode(value)
              : JSON.stringify(value)
          )
        );
      }
      database.close();
    }
    return JSON.stringify(kept);
  });
}
