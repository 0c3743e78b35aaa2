// Reads one JSON value a line, {"output"} or {"widgets"}; answers what src/crypto/digest.ts makes of it, a line each.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const source = readFileSync(join(root, 'src/crypto/digest.ts'), 'utf8');
const { outputText } = ts.transpileModule(source, {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
});
// Beside node_modules, so that what it imports is found.
const folder = join(root, 'node_modules/.cache/cohost');
const module = join(folder, `digest-${process.pid}.mjs`);
mkdirSync(folder, { recursive: true });
writeFileSync(module, outputText);
const digest = await import(pathToFileURL(module).href);
rmSync(module);

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { output, widgets } = JSON.parse(line);
  const answer = output
    ? (digest.outputDigest(output) ?? null)
    : Object.fromEntries(digest.widgetDigests(widgets));
  console.log(JSON.stringify(answer));
}
