/** Prints every text of the page that goes through the translator, as JSON: [text, plural or null, file]. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== '__tests__') {
      yield* files(path);
    } else if (/\.tsx?$/.test(entry.name) || entry.name === 'join.js') {
      yield path;
    }
  }
}

/** The text of a string, also of one that is put together with "+". */
function textOf(node) {
  if (ts.isStringLiteralLike(node)) {
    return node.text;
  }
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.PlusToken
  ) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === null || right === null ? null : left + right;
  }
  return null;
}

const found = [];

/** `_n` takes two texts, all others one; what else JupyterLab's translator has is not used here. */
function look(node, file) {
  if (ts.isCallExpression(node)) {
    const { expression: called, arguments: given } = node;
    const name = ts.isPropertyAccessExpression(called)
      ? called.name.text
      : ts.isIdentifier(called)
        ? called.text
        : '';
    if (
      ['__', '_n', 'gettext', 'translated'].includes(name) &&
      given.length > 0
    ) {
      const texts = given.slice(0, name === '_n' ? 2 : 1).map(textOf);
      if (texts[0]) {
        found.push([texts[0], texts[1] ?? null, file]);
      }
    }
  }
  ts.forEachChild(node, child => look(child, file));
}

const pages = join(root, 'jupyterlab_cohost', 'http', 'gateway', 'pages');
for (const folder of [join(root, 'src'), pages]) {
  for (const path of files(folder)) {
    const source = ts.createSourceFile(
      path,
      readFileSync(path, 'utf8'),
      ts.ScriptTarget.Latest,
      true
    );
    look(source, relative(root, path));
  }
}
console.log(JSON.stringify(found));
