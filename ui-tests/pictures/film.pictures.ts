/** The film of README and of the documentation: a host shares, a guest joins, both type. Of the real thing, by mouse and keyboard. */
import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Browser, Page } from '@playwright/test';

import { expect, Lab, test, untilLoaded } from '../support/fixtures';

const out =
  process.env.COHOST_PICTURES ??
  path.resolve(__dirname, '../../docs/screenshots');
const size = { width: 860, height: 620 };

test.use({ serverOptions: { trusted: true } });

/** Takes pictures of both pages side by side, as fast as they come, until it is stopped. */
class Camera {
  constructor(
    private readonly _host: Page,
    private readonly _guest: Page,
    private readonly _stage: Page
  ) {}

  readonly frames = fs.mkdtempSync(path.join(os.tmpdir(), 'film-'));

  start(): void {
    this._began = Date.now();
    this._running = this._run();
  }

  async stop(): Promise<void> {
    this._stopped = true;
    await this._running;
  }

  private async _run(): Promise<void> {
    while (!this._stopped) {
      const at = Date.now() - this._began;
      const [left, right] = await Promise.all(
        [this._host, this._guest].map(page => page.screenshot())
      );
      await this._stage.evaluate(
        ([a, b]) =>
          Promise.all(
            [a, b].map((data, index) => {
              const image = document.images[index];
              image.src = `data:image/png;base64,${data}`;
              return image.decode();
            })
          ),
        [left, right].map(shot => shot.toString('base64'))
      );
      await this._stage.screenshot({
        path: path.join(this.frames, `${at}.png`)
      });
    }
  }

  private _began = 0;
  private _stopped = false;
  private _running: Promise<void> = Promise.resolve();
}

async function stage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: 2 * size.width + 60, height: size.height + 40 }
  });
  const image = `<img width="${size.width}" height="${size.height}" style="border:1px solid #999;border-radius:8px">`;
  await page.setContent(
    `<body style="margin:20px;display:flex;gap:20px;background:#e8eaed">${image}${image}</body>`
  );
  return page;
}

async function slowly(page: Page, words: string): Promise<void> {
  await page.keyboard.type(words, { delay: 70 });
}

async function newcomer(lab: Lab): Promise<Page> {
  const guest = await lab.newPage();
  await guest.setViewportSize(size);
  await guest.setContent(
    '<body style="font:20px sans-serif;color:#666;display:grid;place-items:center;height:90vh">Ben’s browser</body>'
  );
  return guest;
}

test('the film', async ({ lab, browser }) => {
  test.setTimeout(240_000);
  const host = await lab.hostPage('analysis.ipynb');
  await host.setViewportSize(size);
  await host.context().grantPermissions(['clipboard-write', 'clipboard-read'], {
    origin: lab.server.origin
  });
  await host
    .locator('.jp-SideBar .lm-TabBar-tab.lm-mod-current')
    .first()
    .click();
  await expect(
    host.getByRole('heading', { name: 'Bicycles on the bridge' })
  ).toBeVisible();
  const guest = await newcomer(lab);
  const camera = new Camera(host, guest, await stage(browser));
  camera.start();

  await host.getByRole('button', { name: /^Share session/ }).click();
  const dialog = host.locator('.jp-cohost-dialog');
  await dialog.getByRole('textbox', { name: /Your name/ }).fill('Anna');
  await host.waitForTimeout(1200);
  await dialog.getByRole('button', { name: 'Start and copy link' }).click();
  await expect(dialog.getByText('live')).toBeVisible();
  const link = await host.evaluate(() => navigator.clipboard.readText());
  await guest.goto(link);
  await guest.getByRole('textbox', { name: 'Your name' }).click();
  await slowly(guest, 'Ben');
  await guest.getByRole('button', { name: 'Join session' }).click();
  await dialog.getByRole('button', { name: 'Let in' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await untilLoaded(guest);
  await expect(guest.locator('.jp-CodeCell').first()).toBeVisible();
  const closing = guest.locator('.jp-SideBar .lm-TabBar-tab.lm-mod-current');
  if (await closing.count()) {
    await closing.first().click();
  }
  await host.locator('.jp-CodeCell .cm-content').first().click();
  await host.keyboard.press('Control+End');
  await guest.locator('.jp-CodeCell .cm-content').nth(1).click();
  await guest.keyboard.press('Control+End');
  await Promise.all([
    slowly(host, '\n# busiest hour of the day?'),
    slowly(guest, '\n# and the weekend?')
  ]);
  await expect(guest.getByText('busiest hour of the day?')).toBeVisible();
  await expect(host.getByText('and the weekend?')).toBeVisible();
  await host.waitForTimeout(1500);
  await camera.stop();
  const script = path.resolve(__dirname, '../../scripts/film.py');
  const python = process.env.COHOST_PYTHON ?? 'python3';
  execFileSync(python, [script, camera.frames, path.join(out, 'together.gif')]);
  fs.rmSync(camera.frames, { recursive: true });
});
