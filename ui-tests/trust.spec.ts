/** gateway.md, section 0: whoever may edit the document must not run code in anybody's page. */
import { Page } from '@playwright/test';
import { command, expect, Lab, test, untilLoaded } from './support/fixtures';

const cell = (outputs: object[], metadata: object = {}, id = 'c1') => ({
  cell_type: 'code',
  id,
  source: 'x',
  metadata,
  execution_count: null,
  outputs
});
const display = (data: object) => ({
  output_type: 'display_data',
  data,
  metadata: {}
});
const bomb = (name: string) =>
  display({
    'text/html': `<img src=x onerror="window.hacked='${name}'"><i class="seen">${name}</i>`
  });
const kernelspec = { name: 'python3', display_name: 'Python 3' };
const notebook = (...cells: object[]) =>
  JSON.stringify({
    cells,
    metadata: { kernelspec },
    nbformat: 4,
    nbformat_minor: 5
  });

test.use({ serverOptions: { files: { 'n.ipynb': notebook(cell([])) } } });

interface ISharedPage {
  jupyterapp: {
    shell: {
      currentWidget: {
        content: {
          model: {
            sharedModel: {
              insertCell(index: number, cell: unknown): unknown;
              getCell(index: number): {
                setOutputs(outputs: unknown[]): void;
                ymodel: {
                  get(key: string): { set(k: string, v: unknown): void };
                };
              };
            };
          };
        };
      };
    };
  };
  hacked?: string;
}

/** Writes into the shared document as a hostile page would, past every guard of its own page. */
const insert = async (page: Page, bad: unknown) => {
  // A cell stands in the page a moment before its notebook is the one in front.
  await page.waitForFunction(
    () => (window as unknown as ISharedPage).jupyterapp.shell.currentWidget
  );
  await page.evaluate(value => {
    const { jupyterapp } = window as unknown as ISharedPage;
    const { sharedModel } = jupyterapp.shell.currentWidget.content.model;
    sharedModel.insertCell(0, value);
    sharedModel.getCell(0).ymodel.get('metadata').set('trusted', true);
  }, bad);
};

const hacked = (page: Page) =>
  page.evaluate(() => (window as unknown as ISharedPage).hacked ?? null);

/** JupyterLab may forget what is run while it still starts the kernel: then it is run again, as a person would. */
const run = async (page: Page, code: string) => {
  await page
    .locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    .waitFor({ state: 'attached', timeout: 120_000 });
  await page.locator('.jp-CodeCell .cm-content').first().click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(code);
  const prompt = page.locator('.jp-CodeCell .jp-InputPrompt').first();
  await expect(async () => {
    await page.keyboard.press('Control+Enter');
    await expect(prompt).toHaveText(/\[\d+\]/, { timeout: 20_000 });
  }).toPass({ timeout: 120_000 });
};

/** The host's page and an editor's, with the notebook open in both. */
const hostAndMallory = async (lab: Lab) => {
  const { link } = await lab.share({ paths: ['n.ipynb'], role: 'editor' });
  const host = await lab.hostPage('n.ipynb');
  const guest = await lab.guestPage(link, 'Mallory');
  await untilLoaded(guest);
  await guest.locator('.jp-Notebook .jp-CodeCell').first().waitFor();
  return { host, guest };
};

test('[TRUST-30] outputs that an editor writes run nowhere, whatever the metadata say', async ({
  lab
}) => {
  const { host, guest } = await hostAndMallory(lab);

  await insert(guest, cell([bomb('html')], { trusted: true }, 'a1'));
  await expect(host.locator('.seen', { hasText: 'html' })).toBeVisible();
  expect(await hacked(host)).toBeNull();
  expect(await hacked(guest)).toBeNull();

  const script = { 'application/javascript': "window.hacked = 'js'" };
  await insert(guest, cell([display(script)], { trusted: true }, 'a2'));
  await insert(guest, cell([bomb('marker')], {}, 'a3'));
  await expect(host.locator('.seen', { hasText: 'marker' })).toBeVisible();
  expect(await hacked(host)).toBeNull();
  expect(await hacked(guest)).toBeNull();
});

test('[TRUST-33] “Trust Notebook” vouches for what stood there when the person was asked', async ({
  lab
}) => {
  const { host, guest } = await hostAndMallory(lab);
  await insert(guest, cell([bomb('before')], {}, 'b1'));
  await expect(host.locator('.seen', { hasText: 'before' })).toBeVisible();
  expect(await hacked(host)).toBeNull();

  const trusted = command(host, 'notebook:trust');
  const question = host.getByRole('dialog');
  await expect(question).toContainText('Trust this notebook?');
  await insert(guest, cell([bomb('meanwhile')], {}, 'b2'));
  await expect(host.locator('.seen', { hasText: 'meanwhile' })).toBeAttached();
  await question.getByRole('button', { name: 'Trust', exact: true }).click();
  await trusted;
  await expect.poll(() => hacked(host)).toBe('before');
  await insert(guest, cell([bomb('marker')], {}, 'b3'));
  await expect(host.locator('.seen', { hasText: 'marker' })).toBeVisible();
  expect(await hacked(host)).toBe('before');
});

/** Cells and parts of cells that no page can show, written past every guard; all of them at the top. */
const poison = (page: Page) =>
  page.evaluate(() => {
    const { jupyterapp } = window as unknown as ISharedPage;
    const { sharedModel } = jupyterapp.shell.currentWidget.content.model;
    const { ydoc } = sharedModel as unknown as { ydoc: IDoc };
    interface IMap {
      get(key: string): IMap;
      set(key: string, value: unknown): void;
      constructor: unknown;
    }
    interface IList {
      insert(index: number, values: unknown[]): void;
      get(index: number): IMap;
      constructor: unknown;
    }
    interface IDoc {
      getArray(name: string): IList;
      transact(work: () => void): void;
    }
    const cells = ydoc.getArray('cells');
    const good = cells.get(0);
    const YMap = good.constructor as new (entries?: unknown[][]) => IMap;
    const YText = good.get('source').constructor as new (
      text: string
    ) => unknown;
    const YArray = cells.constructor as new () => IList;
    const make = (parts: Record<string, unknown>) => {
      const all = {
        ...{ cell_type: 'code', id: `p${Math.random()}`.replace('.', '-') },
        ...{ source: new YText('poison'), metadata: new YMap() },
        ...{ outputs: new YArray(), execution_count: null, ...parts }
      };
      const entries = Object.entries(all).filter(
        ([, part]) => part !== undefined
      );
      return new YMap(entries);
    };
    const bad = ['cell_type', 'id', 'source', 'metadata', 'outputs'].map(
      key => () => make({ [key]: undefined })
    );
    bad.push(() => make({ cell_type: 'evil' }));
    bad.push(() => make({ cell_type: 5, execution_count: 'x' }));
    bad.push(() => new YMap());
    for (const cell of bad) {
      ydoc.transact(() => cells.insert(0, [cell()]));
    }
    const outputs = good.get('outputs') as unknown as IList;
    for (const output of ['text', null, new YMap(), { output_type: 'evil' }]) {
      ydoc.transact(() => outputs.insert(0, [output]));
    }
    ydoc.transact(() => good.get('metadata').set('tags', new YMap()));
    return bad.length;
  });

test("[ROOM-39] [ROOM-68] cells and outputs that no page can show blank nobody's notebook", async ({
  lab
}) => {
  const { host, guest } = await hostAndMallory(lab);
  const editor = (page: Page) =>
    page.locator('.jp-Notebook .jp-Cell').last().locator('.cm-content');
  await editor(host).click();
  await host.keyboard.press('End');
  await host.keyboard.type('before');

  const bad = await poison(guest);
  for (const page of [host, guest]) {
    await expect(page.locator('.jp-Notebook .jp-Cell')).toHaveCount(bad + 1);
  }
  await host.keyboard.type(' and behind');
  for (const page of [host, guest]) {
    await expect(editor(page)).toHaveText('xbefore and behind');
  }
  const late = await lab.hostPage('n.ipynb');
  await expect(late.locator('.jp-Notebook .jp-Cell')).toHaveCount(bad + 1);
  await expect(editor(late)).toHaveText('xbefore and behind');
});

test('[TRUST-31] replaced outputs of a cell that the host has run stay sanitized', async ({
  lab
}) => {
  const { link } = await lab.share({ paths: ['n.ipynb'], role: 'editor' });
  const host = await lab.hostPage('n.ipynb');
  await run(host, '1 + 1');
  await expect(host.locator('.jp-OutputArea-output').first()).toContainText(
    '2',
    { timeout: 120_000 }
  );
  const guest = await lab.guestPage(link, 'Mallory');
  await untilLoaded(guest);
  await guest.locator('.jp-OutputArea-output').first().waitFor();
  await guest.evaluate(output => {
    const { jupyterapp } = window as unknown as ISharedPage;
    const { sharedModel } = jupyterapp.shell.currentWidget.content.model;
    sharedModel.getCell(0).setOutputs([output]);
  }, bomb('replaced'));
  await expect(host.locator('.seen', { hasText: 'replaced' })).toBeVisible();
  expect(await hacked(host)).toBeNull();
});

test('[TRUST-32] the host sees no difference: own outputs are active at once, after a move and after a reload', async ({
  lab
}) => {
  const host = await lab.hostPage('n.ipynb');
  await run(
    host,
    'from IPython.display import HTML, display; display(HTML("<script>window.ran=(window.ran||0)+1</script><i class=\'mine\'>mine</i>"))'
  );
  await expect(host.locator('.mine')).toBeVisible({ timeout: 120_000 });
  const ran = () =>
    host.evaluate(() => (window as unknown as { ran?: number }).ran ?? 0);
  await expect.poll(ran).toBeGreaterThan(0);
  await expect.poll(() => lab.server.read('n.ipynb')).toContain('mine');
  const other = await lab.hostPage('n.ipynb');
  await expect(other.locator('.mine')).toBeVisible();
  await expect
    .poll(() =>
      other.evaluate(() => (window as unknown as { ran?: number }).ran ?? 0)
    )
    .toBeGreaterThan(0);
  await lab.server.restart();
  await host.reload();
  await expect(host.locator('.mine')).toBeVisible({ timeout: 120_000 });
  await expect.poll(ran).toBeGreaterThan(0);
});
