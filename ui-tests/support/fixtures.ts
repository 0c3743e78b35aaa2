import {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  ConsoleMessage,
  Page,
  test as base
} from '@playwright/test';
import { ISessionOptions, share } from './sessions';
import { IServerOptions, JupyterServer, TOKEN } from './server';

export { expect } from '@playwright/test';
export { TOKEN } from './server';

/** Messages that JupyterLab or Chromium write by themselves. */
const notOurs = [
  /favicon/,
  /WebGL/,
  /net::ERR_CONNECTION_REFUSED/,
  /Autofocus processing was blocked/,
  // A kernel tells all its pages of what one of them asks its widgets.
  /Comm not found for comm id/
];

/** What a test may do with the lab under test. */
export class Lab {
  constructor(
    readonly server: JupyterServer,
    private readonly _browser: Browser
  ) {}

  /** Errors of the console and uncaught exceptions of every page so far, as text. */
  readonly errors: string[] = [];

  /** The host's JupyterLab in a new browser context, with a file open (`path`, "" for none), loaded. */
  async hostPage(path = ''): Promise<Page> {
    const page = await this.newPage();
    const tree = path
      ? `/tree/${path.split('/').map(encodeURIComponent).join('/')}`
      : '';
    // In a workspace of its own: JupyterLab restores the documents of a page before, and shows `path` again later, in
    // front of what a test has opened meanwhile.
    const workspace =
      this._contexts.length > 1
        ? `/workspaces/page-${this._contexts.length}`
        : '';
    await page.goto(
      `${this.server.origin}/lab${workspace}${tree}?token=${TOKEN}`
    );
    await untilLoaded(page);
    return page;
  }

  /** A guest in a new browser context: opens the link, gives a name, joins. Does not wait for the documents. */
  async guestPage(link: string, name = 'Guest'): Promise<Page> {
    const page = await this.newPage();
    await page.goto(link);
    await page.getByRole('textbox', { name: /name/i }).fill(name);
    await page.getByRole('button', { name: 'Join session' }).click();
    return page;
  }

  /** An empty page in a new browser context; its errors are collected. */
  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this._browser.newContext(options);
    this._contexts.push(context);
    const page = await context.newPage();
    page.on('console', message => this._note(message));
    page.on('pageerror', error =>
      this.errors.push(`uncaught: ${error.stack ?? error.message}`)
    );
    return page;
  }

  /** Starts a session with one invite, by REST, as the host would in the dialog. */
  share(options: ISessionOptions) {
    return share(this.server, options);
  }

  /** A picture for a person to look at: ui-tests/test-results/pictures/NAME.png */
  async picture(page: Page, name: string): Promise<void> {
    await page.screenshot({
      path: `ui-tests/test-results/pictures/${name}.png`,
      animations: 'disabled'
    });
  }

  async dispose(): Promise<void> {
    for (const context of this._contexts) {
      await context.close();
    }
    await this.server.dispose();
  }

  private _note(message: ConsoleMessage): void {
    const text = `${message.text()} (${message.location().url})`;
    if (
      message.type() === 'error' &&
      !notOurs.some(pattern => pattern.test(text))
    ) {
      this.errors.push(text);
    }
  }

  private readonly _contexts: BrowserContext[] = [];
}

/** Waits until JupyterLab (host's or guest's page) shows its shell. */
export async function untilLoaded(page: Page): Promise<void> {
  await page
    .locator('#jp-main-dock-panel, #main.jp-NotebookShell, .jp-NotebookPanel')
    .first()
    .waitFor({ timeout: 90_000 });
  await page
    .locator('#jupyterlab-splash')
    .waitFor({ state: 'detached', timeout: 90_000 });
}

/** Runs a command on the host's page, as the command palette would. */
export async function command(
  page: Page,
  id: string,
  args: object = {}
): Promise<void> {
  await page.evaluate(
    async ([name, options]) => {
      const { jupyterapp } = window as unknown as {
        jupyterapp: {
          commands: { execute(id: string, args: object): Promise<unknown> };
        };
      };
      await jupyterapp.commands.execute(name, options);
    },
    [id, args] as const
  );
}

/** Opens another document, or shows it; returns when it is the one in front. */
export async function open(page: Page, path: string): Promise<void> {
  await command(page, 'docmanager:open', { path });
  await page
    .locator('#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current')
    .filter({ hasText: path.split('/').pop() })
    .waitFor();
}

interface IFixtures {
  /** Options of the server; override with `test.use({ serverOptions: … })`. */
  serverOptions: IServerOptions;
  lab: Lab;
}

/** `test` with a server of its own for each test. */
export const test = base.extend<IFixtures>({
  serverOptions: [{}, { option: true }],
  lab: async ({ browser, serverOptions }, use, info) => {
    const lab = new Lab(await JupyterServer.start(serverOptions), browser);
    await use(lab);
    if (info.status !== info.expectedStatus) {
      const errors = lab.errors.join('\n') || 'none';
      await info.attach('console errors', {
        body: errors,
        contentType: 'text/plain'
      });
      await info.attach('server.log', {
        body: lab.server.log,
        contentType: 'text/plain'
      });
    }
    await lab.dispose();
  }
});
