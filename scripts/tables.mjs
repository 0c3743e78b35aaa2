/** Writes protocol/*.json as one typed module, so that tsc, Jest and the bundler read the same tables. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tables = {
  MESSAGES: 'messages',
  CLOSE_CODES: 'close-codes',
  ROLES: 'roles',
  LIMITS: 'limits',
  CHAT: 'chat',
  COLORS: 'colors'
};

const parts = Object.entries(tables).map(([name, file]) => {
  const table = JSON.parse(
    readFileSync(join(root, 'protocol', `${file}.json`), 'utf8')
  );
  return `export const ${name} = ${JSON.stringify(table, null, 2)} as const;\n`;
});
const text =
  '/* Generated from protocol/*.json by scripts/tables.mjs. Do not edit. */\n/* eslint-disable jupyter/no-untranslated-string */\n\n' +
  parts.join('\n');
writeFileSync(join(root, 'src', 'protocol', 'tables.ts'), text);
