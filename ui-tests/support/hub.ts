import { ChildProcess, spawn } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { expect, Page } from '@playwright/test';

const root = path.resolve(__dirname, '../..');
const python = process.env.COHOST_PYTHON ?? 'python';

interface ITold {
  readonly origin: string;
  /** Where ada's servers are. */
  readonly host: string;
  readonly password: string;
  readonly home: string;
}

/** A real JupyterHub with its proxy and the users ada and bo; the same as in tests/hub. */
export class HubProcess {
  private constructor(
    readonly told: ITold,
    private readonly _process: ChildProcess
  ) {}

  /**
   * `https`: by https, below a prefix, users under names of their own, named servers.
   * `service`: with the hub service, and the users cy (of the group physics) and eve.
   */
  static async start(https = false, service = false): Promise<HubProcess> {
    const options = https ? ['https'] : service ? ['service'] : [];
    const child = spawn(python, ['-m', 'tests.support.hub_main', ...options], {
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
    const file = path.join(this.told.home, user, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
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
    await page.waitForURL(url => !url.pathname.endsWith('/hub/login'));
  }

  /** Stops ada's server by the hub's own page, as its owner does. */
  async stopServer(page: Page): Promise<void> {
    await page.goto(`${this.origin}/hub/home`);
    await page.click('#stop');
    await expect(page.locator('#start')).toContainText('Start', {
      timeout: 120_000
    });
  }

  /** Starts it, and waits until its lab is there. */
  async startServer(page: Page): Promise<void> {
    await page.goto(`${this.origin}/hub/spawn`);
    await page.waitForURL(/\/user\/ada\/lab/, { timeout: 120_000 });
  }

  async stop(): Promise<void> {
    const ended = new Promise(resolve => this._process.once('exit', resolve));
    this._process.stdin?.end();
    await ended;
  }
}
