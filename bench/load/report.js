/** Puts the tables of one run between the two marks of a Markdown file. */
import fs from 'node:fs';
import os from 'node:os';
import { TABLES } from './tables.js';

const BEGIN = '<!-- load: begin -->';
const END = '<!-- load: end -->';

export function writeReport(results, file) {
  const lines = fs.readFileSync(results, 'utf8').trim().split('\n');
  const tables = render(lines.map(line => JSON.parse(line)));
  const text = fs.readFileSync(file, 'utf8');
  const [before] = text.split(BEGIN);
  const after = text.split(END)[1];
  fs.writeFileSync(file, `${before}${BEGIN}\n\n${tables}\n${END}${after}`);
}

function render(lines) {
  const parts = [`One run, ${machine()}.`];
  const failed = lines.filter(line => line.failed);
  for (const [heading, name, columns] of TABLES) {
    const rows = rowsOf(lines, name).filter(line => !line.failed);
    if (rows.length > 0) {
      parts.push(`### ${heading}`, table(columns, rows));
    }
  }
  for (const { name, target, failed: why } of failed) {
    const text = String(why).split('\n')[0];
    parts.push(`Not measured: ${name}, ${target ?? ''}: ${text}`);
  }
  return `${parts.join('\n\n')}\n`;
}

function rowsOf(lines, name) {
  const rows = lines.filter(line => line.name.startsWith(name));
  if (name === 'browser') {
    return rows.flatMap(row =>
      Object.entries(row.first_cell_s ?? {}).map(([setup, seconds]) => ({
        setup,
        seconds
      }))
    );
  }
  return name === 'compare-' ? medians(rows) : rows;
}

/** Of several rounds the one with the median p95. */
function medians(rows) {
  const groups = new Map();
  for (const row of rows) {
    const key = JSON.stringify([row.name, row.options, row.target]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map(group => {
    group.sort((a, b) => a.latency_ms?.p95 - b.latency_ms?.p95);
    return group[Math.floor((group.length - 1) / 2)];
  });
}

const table = (columns, rows) =>
  [
    columns.map(([heading]) => heading),
    columns.map(() => '---'),
    ...rows.map(row => columns.map(([, value]) => value(row) ?? '–'))
  ]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n');

function machine() {
  const { length } = os.cpus();
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${length} cores (${os.cpus()[0].model.trim()}), servers and generator on the same machine, Node ${process.version}`;
}
