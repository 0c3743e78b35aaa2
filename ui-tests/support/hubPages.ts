import { Browser, Page } from '@playwright/test';
import { HubProcess } from './hub';
import { picture } from './pictures';

export async function newPage(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

export async function signedIn(
  browser: Browser,
  hub: HubProcess,
  name: string
): Promise<Page> {
  const page = await newPage(browser);
  await hub.signIn(page, name);
  return page;
}

/** A request as the page's own scripts make it: with its cookies and their token against forgery. */
export async function api<T>(
  page: Page,
  method: string,
  address: string,
  body?: unknown
): Promise<{ status: number; body: T }> {
  return page.evaluate(
    async ([verb, url, sent]) => {
      const xsrf = /(?:^|; )_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const answer = await fetch(url as string, {
        method: verb,
        headers: {
          'X-XSRFToken': decodeURIComponent(xsrf),
          'Content-Type': 'application/json'
        },
        body: sent
      });
      return { status: answer.status, body: await answer.json() };
    },
    [method, address, body === undefined ? undefined : JSON.stringify(body)]
  );
}

/** In light and dark, for a person to look at. */
export async function inBothThemes(page: Page, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await picture(page, `${name}-${scheme}`, { animations: 'disabled' });
  }
  await page.emulateMedia({ colorScheme: null });
}
