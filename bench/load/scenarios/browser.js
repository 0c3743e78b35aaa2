/**
 * From the command that opens a notebook to its first cell on screen, in Chromium, each time with a file that nobody has opened.
 * Without collaboration, with this extension, and with a peer's environment if there is one.
 */
import fs from 'node:fs';
import path from 'node:path';
import { startLab } from '../cohost.js';
import { notebook } from '../documents.js';
import { round } from '../machine.js';

const DOCUMENTS = {
  '20 cells': name => notebook(name, 20),
  '2,000 cells': name => notebook(name, 2000),
  '10 MB of outputs': name => notebook(name, 200, 50_000)
};
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

const NAME = 'jupyterlab-cohost';

/** How a JupyterLab is started: `without` turns this extension off. */
function setups() {
  const { COHOST_VENV: venv, BENCH_PEERS: peers } = process.env;
  const peer = peers && path.join(peers, 'jupyter-collaboration');
  return {
    without: { venv, isOff: true },
    cohost: { venv },
    ...(peer && fs.existsSync(peer)
      ? { 'jupyter-collaboration': { venv: peer } }
      : {})
  };
}

export async function browser(_target, _server, { repeats, workDir }) {
  const { chromium } = await import('playwright-core');
  const program = await chromium.launch({
    executablePath: CHROMIUM,
    args: FLAGS
  });
  const seconds = {};
  try {
    for (const [name, setup] of Object.entries(setups())) {
      const folder = path.join(workDir, name);
      seconds[name] = await openAll(program, setup, folder, repeats);
    }
  } finally {
    await program.close();
  }
  return { first_cell_s: seconds };
}

async function openAll(program, { venv, isOff }, workDir, repeats) {
  const labconfig = path.join(workDir, 'jupyter', 'config', 'labconfig');
  fs.mkdirSync(labconfig, { recursive: true });
  if (isOff) {
    const disabledExtensions = { [NAME]: true };
    const text = JSON.stringify({ disabledExtensions });
    fs.writeFileSync(path.join(labconfig, 'page_config.json'), text);
  }
  const off = "--ServerApp.jpserver_extensions={'jupyterlab_cohost': False}";
  const args = isOff ? [off] : [];
  const server = await startLab({ workDir, venv, args });
  const context = await program.newContext({
    viewport: { width: 1280, height: 800 }
  });
  const found = {};
  try {
    const page = await context.newPage();
    await page.goto(`http://${server.origin}/lab?token=bench&reset`);
    await page.locator('#jp-main-dock-panel').waitFor({ timeout: 60_000 });
    await page
      .locator('#jupyterlab-splash')
      .waitFor({ state: 'detached', timeout: 60_000 });
    const warm = await timeOf(page, server, notebook('warm', 3));
    for (const [name, make] of Object.entries(DOCUMENTS)) {
      const times = [];
      for (let i = 0; i < repeats; i++) {
        const document = make(`${name.replace(/\W/g, '-')}-${i}`);
        times.push(await timeOf(page, server, document));
      }
      found[name] = times.sort((a, b) => a - b)[Math.floor(repeats / 2)];
    }
    return { warm, ...found };
  } finally {
    await context.close();
    await server.stop();
  }
}

async function timeOf(page, server, document) {
  fs.writeFileSync(path.join(server.root, document.name), document.fileContent);
  const ms = await page.evaluate(openAndWait, document.name);
  await page.evaluate(() => window.jupyterapp.shell.currentWidget.close());
  await page.waitForTimeout(500);
  return round(ms / 1000, 2);
}

/** In the page: opens the notebook, and waits for the frame in which the first cell's text is there. */
async function openAndWait(name) {
  const start = performance.now();
  void window.jupyterapp.commands.execute('docmanager:open', { path: name });
  const isThere = () =>
    [...document.querySelectorAll('.jp-NotebookPanel .jp-Cell')].some(
      cell => cell.checkVisibility() && cell.textContent?.includes('# cell 0')
    );
  while (!isThere()) {
    if (performance.now() - start > 60_000) {
      throw new Error('no cell');
    }
    await new Promise(resolve => requestAnimationFrame(resolve));
  }
  return performance.now() - start;
}
