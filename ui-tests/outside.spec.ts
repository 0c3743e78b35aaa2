/** Other programs write, move and delete the files that people have open: what those people see and can do. */
import * as fs from 'fs';
import * as path from 'path';
import { Locator, Page } from '@playwright/test';

import {
  command,
  expect,
  Lab,
  open,
  test,
  untilLoaded
} from './support/fixtures';
import { beforeTheirs } from './support/carets';
import { typeInto, visibleEditors } from './support/editors';
import { darken, picture } from './support/pictures';
import { causes, hold, toast } from './support/toasts';

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n');

test.use({ serverOptions: { files: { 'words.txt': `${LINES}\n` } } });

interface IEditor {
  getCursorPosition(): { line: number; column: number };
  getLine(line: number): string;
}

/** What the tests read of JupyterLab in the page. */
interface ILab {
  readonly jupyterapp: {
    readonly shell: {
      readonly currentWidget: {
        readonly content: {
          readonly editor?: IEditor;
          readonly activeCell: {
            readonly editor: IEditor;
            readonly model: { readonly sharedModel: { getId(): string } };
          };
        };
      };
    };
  };
}

const button = (within: Locator, name: string) =>
  within.getByRole('button', { name });

/** What a tool does that writes a new file and puts it in place of the old one. */
function replaceFile(lab: Lab, name: string, change: (text: string) => string) {
  const old = lab.server.read(name);
  lab.server.write(`${name}.new`, change(old));
  fs.renameSync(
    path.join(lab.server.root, `${name}.new`),
    path.join(lab.server.root, name)
  );
}

/** The text before the caret of the document in front, from the beginning of its line. */
const beforeCaret = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { jupyterapp } = window as unknown as ILab;
    const { content } = jupyterapp.shell.currentWidget;
    const editor = content.editor ?? content.activeCell.editor;
    const { line, column } = editor.getCursorPosition();
    return editor.getLine(line).slice(0, column);
  });

/** Opens the difference, and waits until keys go to it. */
async function openDifference(page: Page, told: Locator): Promise<Locator> {
  // A second click while the server is still asked does nothing. Both at once: a later one would hit the dialog.
  await button(told, 'Show difference').evaluate((show: HTMLElement) => {
    show.click();
    show.click();
  });
  const dialog = page.locator('.jp-Dialog');
  await expect(
    dialog.locator('.jp-Dialog-footer').getByRole('button', { name: 'Close' })
  ).toBeFocused();
  return dialog;
}

/** Closes the only dialog by the keyboard. */
async function escape(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.locator('.jp-Dialog')).toHaveCount(0);
}

/** As if the time of every notification that closes by itself were over: it is an animation's. */
const letTimePass = (page: Page) =>
  page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ effect }) =>
        (effect as KeyframeEffect).target?.closest('.Toastify__progress-bar')
      )
      .forEach(animation => animation.finish())
  );

test('[ROOM-25] words typed while a tool rewrites other lines twenty times: the caret stays where the words are', async ({
  lab
}) => {
  const page = await lab.hostPage('words.txt');
  await visibleEditors(page, '.jp-FileEditor').click();
  await page.keyboard.press('Control+Home');
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('End');
  let typed = 'line 20';
  for (let i = 0; i < 20; i++) {
    const word = ` w${i}`;
    await page.keyboard.type(word, { delay: 15 });
    typed += word;
    // A line above grows, one below goes, and one is put in at the top.
    replaceFile(lab, 'words.txt', text =>
      `new ${i}\n${text}`
        .replace(`line ${i}\n`, `line ${i} by a tool\n`)
        .replace(`line ${39 - i}\n`, '')
    );
    await page.keyboard.type('.', { delay: 15 });
    typed += '.';
    await expect(visibleEditors(page, '.jp-FileEditor')).toContainText(
      `new ${i}`
    );
    expect(await beforeCaret(page)).toBe(typed);
  }
  await expect.poll(() => lab.server.read('words.txt')).toContain(`${typed}\n`);
  const lines = lab.server.read('words.txt').split('\n');
  for (let i = 0; i < 20; i++) {
    expect(lines.filter(line => line === `new ${i}`)).toHaveLength(1);
    expect(lines).toContain(`line ${i} by a tool`);
  }
  expect(lines).toHaveLength(20 + 21 + 1);
  await expect(toast(page, 'Another program changed')).toHaveCount(1);
  expect(lab.errors).toEqual([]);
});

test('[ROOM-25] a notebook: outputs and other cells come in, the caret stays in the cell', async ({
  lab
}) => {
  const page = await lab.hostPage('analysis.ipynb');
  await visibleEditors(page, '.jp-CodeCell').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('# mine');
  replaceFile(lab, 'analysis.ipynb', text => {
    const notebook = JSON.parse(text);
    notebook.cells.unshift({
      cell_type: 'markdown',
      id: 'from-outside',
      metadata: {},
      source: 'by a tool'
    });
    return JSON.stringify(notebook, null, 1);
  });
  await expect(
    page.getByRole('paragraph').filter({ hasText: 'by a tool' })
  ).toBeVisible();
  expect(await beforeCaret(page)).toBe('# mine');
  await page.keyboard.type(' and on');
  await expect
    .poll(() => lab.server.read('analysis.ipynb'))
    .toContain('# mine and on');
  expect(lab.server.read('analysis.ipynb')).toContain('from-outside');
});

/** By the panel that *Go to Line…* opens. */
async function goTo(page: Page, line: number): Promise<void> {
  await command(page, 'fileeditor:go-to-line');
  const input = page.locator('.cm-panels input[name=line]');
  await input.fill(String(line));
  await page.keyboard.press('Enter');
  await expect(input).toHaveCount(0);
}

/** Puts the caret at the beginning of a line of the editor in front, by keys alone. */
async function stepTo(page: Page, within: string, line: number) {
  await visibleEditors(page, within).click();
  await page.keyboard.press('Control+Home');
  for (let i = 1; i < line; i++) {
    await page.keyboard.press('ArrowDown');
  }
}

/** The host and a guest in a file of their own in front of both. */
async function bothOpen(lab: Lab, name: string) {
  const { link } = await lab.share({ paths: [name], role: 'editor' });
  const host = await lab.hostPage(name);
  const guest = await lab.guestPage(link, 'Ada');
  await untilLoaded(guest);
  return { host, guest };
}

/** Waits until a page's editor in front shows the text, and the other's caret behind it. */
async function seesCaret(page: Page, within: string, text: string) {
  await expect.poll(() => beforeTheirs(page, within)).toBe(text);
}

test('[SAVE-40] two people in a file with Windows line ends: words, carets, Go to Line and another program meet at their places', async ({
  lab
}) => {
  const rows = Array.from({ length: 9 }, (_, i) => `row ${i + 1},abcdef`);
  lab.server.write('win.csv.txt', rows.map(row => `${row}\r\n`).join(''));
  const { host, guest } = await bothOpen(lab, 'win.csv.txt');
  const editor = '.jp-FileEditor';
  for (const page of [host, guest]) {
    await expect(visibleEditors(page, editor)).toContainText('row 9');
    await visibleEditors(page, editor).click();
  }
  await goTo(host, 7);
  await goTo(guest, 3);
  await host.keyboard.type('HOST ');
  await guest.keyboard.press('End');
  await guest.keyboard.type(' GUEST\nnew');
  await seesCaret(guest, editor, 'HOST ');
  await seesCaret(host, editor, 'new');
  rows[6] = `HOST ${rows[6]}`;
  rows.splice(2, 1, `${rows[2]} GUEST`, 'new');
  const text = () => rows.map(row => `${row}\r\n`).join('');
  await expect.poll(() => lab.server.read('win.csv.txt')).toBe(text());

  replaceFile(
    lab,
    'win.csv.txt',
    old => `top\r\n${old.replace('row 9', 'row 9 by a tool')}`
  );
  rows.unshift('top');
  rows[10] = rows[10].replace('row 9', 'row 9 by a tool');
  await expect(visibleEditors(host, editor)).toContainText('top');
  await host.keyboard.type('on ');
  rows[8] = rows[8].replace('HOST ', 'HOST on ');
  await host.keyboard.press('Home');
  await host.keyboard.press('ArrowDown');
  await host.keyboard.press('Shift+End');
  await host.keyboard.press('Delete');
  rows[9] = '';
  await expect.poll(() => lab.server.read('win.csv.txt')).toBe(text());
  await seesCaret(host, editor, 'new');
  expect(lab.errors).toEqual([]);
});

test('[SAVE-40] two people in a file with mixed line ends and a mark, and in a notebook from Windows', async ({
  lab
}) => {
  const BOM = '\ufeff';
  const cell = {
    ...{ cell_type: 'code', id: 'c1', metadata: {}, outputs: [] },
    ...{ execution_count: null, source: ['a = 1\r\n', 'b = 2\r\n', 'c = 3'] }
  };
  lab.server.write('d/mixed.md', `${BOM}one\r\ntwo\nthree\rfour\r\nfive\n`);
  lab.server.write(
    'd/win.ipynb',
    JSON.stringify({
      ...{ cells: [cell], metadata: { kernelspec: { name: 'python3' } } },
      ...{ nbformat: 4, nbformat_minor: 5 }
    })
  );
  const { link } = await lab.share({ paths: ['d'], role: 'editor' });
  const host = await lab.hostPage('d/mixed.md');
  const guest = await lab.guestPage(link, 'Ada');
  await untilLoaded(guest);
  await open(guest, 'd/mixed.md');
  let within = '.jp-FileEditor';
  for (const page of [host, guest]) {
    await expect(visibleEditors(page, within)).toContainText('five');
  }
  await stepTo(host, within, 5);
  await host.keyboard.type('H ');
  await stepTo(guest, within, 2);
  await guest.keyboard.press('End');
  await guest.keyboard.type(' G\nx');
  await seesCaret(guest, within, 'H ');
  await seesCaret(host, within, 'x');
  await expect
    .poll(() => lab.server.read('d/mixed.md'))
    .toBe(`${BOM}one\r\ntwo G\nx\nthree\rfour\r\nH five\n`);

  within = '.jp-CodeCell';
  for (const page of [host, guest]) {
    await open(page, 'd/win.ipynb');
    await expect(visibleEditors(page, within)).toContainText('c = 3');
  }
  await stepTo(host, within, 2);
  await host.keyboard.type('host_');
  await stepTo(guest, within, 3);
  await guest.keyboard.type('guest_');
  await seesCaret(guest, within, 'host_');
  await seesCaret(host, within, 'guest_');
  const source = () =>
    JSON.parse(lab.server.read('d/win.ipynb')).cells[0].source;
  await expect
    .poll(source)
    .toEqual(['a = 1\r\n', 'host_b = 2\r\n', 'guest_c = 3']);
  expect(lab.errors).toEqual([]);
});

test('[ROOM-65] Show difference and Undo, and a viewer who may only look', async ({
  lab
}) => {
  const host = await lab.hostPage('words.txt');
  const { link } = await lab.share({ paths: ['words.txt'], role: 'viewer' });
  const guest = await lab.guestPage(link, 'Vera');
  await expect(visibleEditors(guest, '.jp-FileEditor')).toContainText('line 0');
  await typeInto(host, '.jp-FileEditor', 'mine\n');
  await expect.poll(() => lab.server.read('words.txt')).toContain('mine');
  replaceFile(lab, 'words.txt', text =>
    text.replace('line 3\n', 'line 3 by a tool\n').replace('line 5\n', '')
  );
  const told = toast(host, 'Another program changed');
  const guests = toast(guest, 'Another program changed');
  await Promise.all([hold(told), hold(guests)]);
  await picture(host, 'outside-change');
  const difference = await openDifference(host, told);
  await expect(difference.locator('[data-line=added]')).toHaveText([
    '+line 3 by a tool'
  ]);
  await expect(difference.locator('[data-line=removed]')).toHaveText([
    '-line 3',
    '-line 5'
  ]);
  await picture(host, 'outside-difference');
  await darken(host);
  await picture(host, 'outside-difference-dark');
  await letTimePass(host);
  await escape(host);
  await hold(told);

  await expect(button(guests, 'Undo')).toHaveCount(0);
  const shown = await openDifference(guest, guests);
  await expect(shown).toContainText('line 3 by a tool');
  await expect(button(shown, 'Undo')).toHaveCount(0);
  await escape(guest);

  const tookBack = toast(guest, 'took back a change');
  await causes(tookBack, () => button(told, 'Undo').click());
  await expect(told).toHaveCount(0);
  await expect
    .poll(() => lab.server.read('words.txt'))
    .toBe(`mine\n${LINES}\n`);
  expect(lab.errors).toEqual([]);
});

test('[SAVE-11] the same line changed by a person and a tool: both stand there, and it is told where', async ({
  lab
}) => {
  const page = await lab.hostPage('words.txt');
  const original = lab.server.read('words.txt');
  await visibleEditors(page, '.jp-FileEditor').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('mine');
  lab.server.write('words.txt', original.replace('line 0\n', 'line tool\n'));
  const told = toast(page, 'Both versions were kept');
  await expect(told).toContainText('line 1');
  const both = `line mine\nline tool\nline 1\n`;
  await expect.poll(() => lab.server.read('words.txt')).toContain(both);
  await picture(page, 'outside-conflict');
  await expect(button(told, 'Undo')).toBeVisible();
  const difference = await openDifference(page, told);
  await expect(difference.locator('[data-line=added]')).toHaveText([
    '+line tool'
  ]);
  await button(difference, 'Undo').click();
  await expect(told).toHaveCount(0);
  await expect
    .poll(() => lab.server.read('words.txt'))
    .not.toContain('line tool');
  expect(lab.server.read('words.txt')).toContain('line mine\n');
});

test('[ROOM-65] a file that is gone: Restore, Save as… and Close document', async ({
  lab
}) => {
  const page = await lab.hostPage('words.txt');
  const file = path.join(lab.server.root, 'words.txt');
  const gone = toast(page, 'The file is gone');
  await typeInto(page, '.jp-FileEditor', 'mine\n');
  await expect.poll(() => lab.server.read('words.txt')).toContain('mine');

  fs.unlinkSync(file);
  await expect(gone).toBeVisible();
  await visibleEditors(page, '.jp-FileEditor').click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('typed without a file\n');
  await picture(page, 'outside-gone');
  expect(fs.existsSync(file)).toBe(false);
  await button(gone, 'Restore').click();
  await expect
    .poll(() => fs.existsSync(file) && lab.server.read('words.txt'))
    .toBe(`typed without a file\nmine\n${LINES}\n`);
  await expect(gone).toHaveCount(0);

  fs.unlinkSync(file);
  await expect(gone).toBeVisible();
  await button(gone, 'Save as…').click();
  const dialog = page.locator('.jp-Dialog');
  await dialog.getByRole('textbox').fill('rides.py');
  await dialog.getByRole('button', { name: /ok/i }).click();
  await expect(dialog).toContainText('is there already');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(lab.server.read('rides.py')).not.toContain('mine');
  await button(gone, 'Save as…').click();
  await dialog.getByRole('textbox').fill('kept.txt');
  await dialog.getByRole('button', { name: /ok/i }).click();
  await expect
    .poll(() => fs.existsSync(path.join(lab.server.root, 'kept.txt')))
    .toBe(true);
  expect(lab.server.read('kept.txt')).toContain('typed without a file\nmine');
  await expect(
    page.locator('.lm-TabBar-tab[data-cohost-sync=synced]:has-text("kept.txt")')
  ).toBeVisible();
  expect(fs.existsSync(file)).toBe(false);

  fs.unlinkSync(path.join(lab.server.root, 'kept.txt'));
  const again = toast(page, 'kept.txt: The file is gone');
  await expect(again).toBeVisible();
  await button(again, 'Close document').click();
  await expect(page.locator('.jp-FileEditor')).toHaveCount(0);
  await expect(again).toHaveCount(0);
  expect(fs.existsSync(path.join(lab.server.root, 'kept.txt'))).toBe(false);
});

test('[PRES-50] a tool takes away the cell in which someone types: Restore brings the text back', async ({
  lab
}) => {
  const page = await lab.hostPage('analysis.ipynb');
  await visibleEditors(page, '.jp-CodeCell').click();
  await page.keyboard.press('Control+Home');
  const taken = await page.evaluate(() => {
    const { jupyterapp } = window as unknown as ILab;
    return jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.getId();
  });
  const source = () =>
    JSON.parse(lab.server.read('analysis.ipynb'))
      .cells.map((cell: { source: string | string[] }) =>
        [cell.source].flat().join('')
      )
      .join('\n');
  const before = source();
  replaceFile(lab, 'analysis.ipynb', text => {
    const notebook = JSON.parse(text);
    notebook.cells = notebook.cells.filter(
      (cell: { id: string }) => cell.id !== taken
    );
    return JSON.stringify(notebook, null, 1);
  });
  const told = toast(page, 'deleted the cell in which you typed');
  await expect(told).toBeVisible();
  await page.keyboard.type('dd');
  await button(told, 'Restore').click();
  await page.keyboard.type(' # on');
  await expect.poll(source).toContain('dd # on');
  expect(source().replace('dd # on', '')).toBe(before);
});

test('[ROOM-26] a moved file keeps its tab, under its new name', async ({
  lab
}) => {
  const page = await lab.hostPage('words.txt');
  await typeInto(page, '.jp-FileEditor', 'mine\n');
  await expect.poll(() => lab.server.read('words.txt')).toContain('mine');
  const from = path.join(lab.server.root, 'words.txt');
  fs.mkdirSync(path.join(lab.server.root, 'moved'));
  fs.renameSync(from, path.join(lab.server.root, 'moved', 'letters.txt'));
  await expect(
    page.locator('.lm-TabBar-tab:has-text("letters.txt")')
  ).toBeVisible();
  await page.keyboard.type('on\n');
  await expect
    .poll(() => lab.server.read('moved/letters.txt'))
    .toContain('mine\non\n');
  expect(fs.existsSync(from)).toBe(false);
});

test('[ROOM-65] many open files at once are told in one notice', async ({
  lab
}) => {
  const names = ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt'];
  names.forEach(name => lab.server.write(name, `${name}\nsecond\n`));
  const page = await lab.hostPage();
  for (const name of names) {
    await open(page, name);
    await expect(
      page.locator(
        `.lm-TabBar-tab[data-cohost-sync=synced]:has-text("${name}")`
      )
    ).toBeVisible();
  }
  names.forEach(name =>
    replaceFile(lab, name, text => text.replace('second', 'SECOND'))
  );
  const told = toast(page, '5 open files were changed');
  await hold(told);
  await expect(toast(page, 'changed')).toHaveCount(1);
  await button(told, 'Undo all').click();
  for (const name of names) {
    await expect.poll(() => lab.server.read(name)).toBe(`${name}\nsecond\n`);
  }
});
