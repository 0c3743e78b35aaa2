import { ChildProcess, spawn } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { Page } from '@playwright/test';

const root = path.resolve(__dirname, '../..');
const python = process.env.COHOST_PYTHON ?? 'python';

interface ITold {
  readonly origin: string;
  readonly password: string;
  readonly home: string;
}

/** A real JupyterHub with its proxy and the users ada and bo; the same as in tests/hub. */
export class HubProcess {
  private constructor(
    readonly told: ITold,
    private readonly _process: ChildProcess
  ) {}

  static async start(): Promise<HubProcess> {
    const child = spawn(python, ['-m', 'tests.support.hub_main'], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'ignore']
    });
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout?.once('data', data => resolve(String(data)));
      child.once('exit', code => reject(new Error(`the hub ended: ${code}`)));
    });
    return new HubProcess(JSON.parse(line) as ITold, child);
  }

  get origin(): string {
    return this.told.origin;
  }

  write(user: string, name: string, text: string): void {
    const folder = path.join(this.told.home, user);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }

  read(user: string, name: string): string {
    return fs.readFileSync(path.join(this.told.home, user, name), 'utf8');
  }

  /** By the hub's form, as people do. */
  async signIn(page: Page, user: string): Promise<void> {
    await page.goto(`${this.origin}/hub/login`);
    await page.fill('#username_input', user);
    await page.fill('#password_input', this.told.password);
    await page.click('#login_submit');
    await page.waitForURL(
      url => !url.pathname.startsWith('/hub/login') || url.pathname === ''
    );
  }

  /** A request as the page's own scripts make it: with its cookies and their token against forgery. */
  async api<T>(page: Page, method: string, address: string, body?: unknown) {
    return page.evaluate(
      async ([verb, url, sent]) => {
        const xsrf = /(?:^|; )_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
        const answer = await fetch(url, {
          method: verb,
          headers: {
            'X-XSRFToken': decodeURIComponent(xsrf),
            'Content-Type': 'application/json'
          },
          body: sent
        });
        const text = await answer.text();
        return { status: answer.status, body: text ? JSON.parse(text) : null };
      },
      [
        method,
        this.origin + address,
        body === undefined ? undefined : JSON.stringify(body)
      ] as const
    ) as Promise<{ status: number; body: T }>;
  }

  async stop(): Promise<void> {
    const ended = new Promise(resolve => this._process.once('exit', resolve));
    this._process.stdin?.end();
    await ended;
  }
}
