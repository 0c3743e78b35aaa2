import { Page } from '@playwright/test';
import { expect, test, TOKEN, untilLoaded } from './support/fixtures';

test.use({ serverOptions: { files: { 'private/secret.txt': 'not shared' } } });

/** What a script in the page may try; each answers true when it got through. */
async function escapes(page: Page): Promise<Record<string, boolean>> {
  return page.evaluate(async () => {
    const secret = `${location.origin}/api/contents/private/secret.txt`;
    const tried = async (attempt: () => Promise<boolean>) => {
      const late = new Promise<boolean>(resolve =>
        setTimeout(() => resolve(false), 2500)
      );
      return Promise.race([attempt().catch(() => false), late]);
    };
    const got = (url: string, init?: RequestInit) =>
      fetch(url, init).then(answer => answer.ok);
    const heard = (source: string, make: (code: string) => void) =>
      new Promise<boolean>(resolve => {
        const channel = new BroadcastChannel(source);
        channel.onmessage = () => resolve(true);
        make(
          `fetch(${JSON.stringify(secret)}).then(a => { if (a.ok) new BroadcastChannel('${source}').postMessage(1) })`
        );
      });
    const xsrf = /_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? '';
    const headers = { 'X-XSRFToken': xsrf };
    return {
      fetch: await tried(() => got(secret)),
      settings: await tried(() =>
        got(
          `${location.origin}/lab/api/settings/@jupyterlab/apputils-extension:themes`,
          { method: 'PUT', headers, body: '{"raw": "{}"}' }
        )
      ),
      terminal: await tried(() =>
        got(`${location.origin}/api/terminals`, { method: 'POST', headers })
      ),
      socket: await tried(
        () =>
          new Promise(resolve => {
            const socket = new WebSocket(
              `${location.origin.replace('http', 'ws')}/api/events/subscribe`
            );
            socket.onopen = () => resolve(true);
            socket.onerror = () => resolve(false);
          })
      ),
      iframe: await tried(
        () =>
          new Promise(resolve => {
            const frame = document.createElement('iframe');
            frame.onload = () =>
              resolve(
                frame.contentDocument?.body?.innerText.includes('not shared') ??
                  false
              );
            frame.src = secret;
            document.body.append(frame);
          })
      ),
      blobFrame: await tried(() =>
        heard('frame', code => {
          const frame = document.createElement('iframe');
          const page = new Blob([`<script>${code}</script>`], {
            type: 'text/html'
          });
          frame.src = URL.createObjectURL(page);
          document.body.append(frame);
        })
      ),
      worker: await tried(() =>
        heard('worker', code => {
          const script = new Blob([code], { type: 'text/javascript' });
          new Worker(URL.createObjectURL(script));
        })
      ),
      popup: await tried(
        async () => window.open(`${location.origin}/lab`) !== null
      ),
      serviceWorker: await tried(async () => {
        const script = new URL('files/analysis.ipynb', document.baseURI).href;
        return Boolean(await navigator.serviceWorker.register(script));
      })
    };
  });
}

test('[GATE-61] a script in the guest page reaches nothing outside the gateway, logged in as the host or not', async ({
  lab
}) => {
  const shared = await lab.share({ paths: ['analysis.ipynb'], role: 'editor' });
  const page = await lab.guestPage(shared.link);
  await untilLoaded(page);
  const none = (tried: Record<string, boolean>) =>
    expect(Object.keys(tried).filter(name => tried[name])).toEqual([]);
  none(await escapes(page));
  const host = await page.context().newPage();
  await host.goto(`${lab.server.origin}/lab?token=${TOKEN}`);
  await untilLoaded(host);
  expect(
    await host.evaluate(() => fetch('/api/contents').then(a => a.ok))
  ).toBe(true);
  none(await escapes(page));
});

for (const role of ['viewer', 'editor', 'runner'] as const) {
  test(`[GATE-1] the page starts for a ${role} without an error in the console or a request outside`, async ({
    lab
  }) => {
    const shared = await lab.share({ paths: ['analysis.ipynb'], role });
    const page = await lab.guestPage(shared.link);
    const outside: string[] = [];
    page.on('request', request => {
      const url = new URL(request.url());
      const gateway = `/cohost/g/${shared.session}/`;
      if (
        url.protocol.startsWith('http') &&
        !url.pathname.startsWith(gateway)
      ) {
        outside.push(url.href);
      }
    });
    await untilLoaded(page);
    await expect(
      page.getByRole('heading', { name: 'Bicycles on the bridge' })
    ).toBeVisible();
    await expect(page.locator('.jp-Dialog')).toHaveCount(0);
    expect(outside).toEqual([]);
    expect(lab.errors).toEqual([]);
  });
}
