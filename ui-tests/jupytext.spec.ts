/** Beside jupytext: pairs are one document, scripts open as notebooks. */
import { command, expect, test } from './support/fixtures';
import { typeInto, visibleEditors } from './support/editors';

const cell = (source: string) => ({
  cell_type: 'code',
  id: source.slice(0, 1),
  metadata: {},
  outputs: [{ output_type: 'stream', name: 'stdout', text: 'kept output\n' }],
  execution_count: 1,
  source
});

const pair = JSON.stringify({
  cells: [cell('x = 1'), cell('y = 2')],
  metadata: {
    jupytext: { formats: 'ipynb,py:percent' },
    kernelspec: {
      display_name: 'Python 3',
      language: 'python',
      name: 'python3'
    }
  },
  nbformat: 4,
  nbformat_minor: 5
});

test.use({
  serverOptions: {
    neighbour: 'jupytext',
    files: {
      'pair.ipynb': pair,
      'script.py': '# %%\na = 1\n\n# %%\nb = 2\n',
      'notes.md': '# Title\n\n```python\nm = 1\n```\n'
    }
  }
});

test('[SAVE-50] a pair in the host’s and a guest’s page, and scripts as notebooks', async ({
  lab
}) => {
  const answers: string[] = [];
  const page = await lab.hostPage('pair.ipynb');
  page.on('response', answer => {
    if (answer.status() >= 400 && /contents|documents/.test(answer.url())) {
      answers.push(`${answer.status()} ${answer.url()}`);
    }
  });
  await typeInto(page, '.jp-CodeCell', '# host\n');
  const both = () =>
    [lab.server.read('pair.ipynb'), lab.server.read('pair.py')].join();
  await expect
    .poll(() => {
      try {
        return both().split('# host').length - 1;
      } catch {
        return 0;
      }
    })
    .toBe(2);
  const { link } = await lab.share({ paths: ['pair.ipynb'], role: 'editor' });
  const guest = await lab.guestPage(link);
  await expect(visibleEditors(guest, '.jp-CodeCell')).toContainText('# host');
  await typeInto(guest, '.jp-CodeCell', '# guest\n');
  await expect.poll(() => both().split('# guest').length - 1).toBe(2);
  lab.server.write(
    'pair.py',
    lab.server.read('pair.py').replace('y = 2', 'y = 3')
  );
  for (const one of [page, guest]) {
    await expect(one.locator('.jp-Notebook')).toContainText('y = 3');
    await expect(one.locator('.jp-Notebook')).toContainText('kept output');
  }
  for (const name of ['script.py', 'notes.md']) {
    await command(page, 'docmanager:open', {
      path: name,
      factory: 'Jupytext Notebook'
    });
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Select Kernel' })
      .click();
    const notebook = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
    await expect(notebook.locator('.jp-Cell').first()).toBeVisible();
    // In a room, as every document of the host.
    await expect(
      page.locator(
        `.lm-TabBar-tab[data-cohost-sync="synced"]:has-text("${name}")`
      )
    ).toBeVisible();
    await typeInto(
      page,
      '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell',
      '# typed\n'
    );
    await expect.poll(() => lab.server.read(name)).toContain('# typed');
    expect(lab.server.read(name)).not.toContain('"cells"');
  }
  await expect(page.locator('.jp-Dialog')).toHaveCount(0);
  expect(answers).toEqual([]);
  expect(lab.errors).toEqual([]);
});
