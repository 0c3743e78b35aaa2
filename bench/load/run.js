#!/usr/bin/env node
/**
 * The whole load run, one command: see bench/README.md.
 *
 *   COHOST_VENV=… node bench/load/run.js [--only typing,rooms] [--quick] [--out load.jsonl] [--report docs/performance.md]
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cohost } from './cohost.js';
import { peers } from './peers.js';
import { plan } from './plan.js';
import { writeReport } from './report.js';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: 'load.jsonl' },
    report: { type: 'string', default: '' }
  }
});
const base = fs.mkdtempSync(path.join(os.tmpdir(), 'cohost-load-'));
const only = flags.only.split(',').filter(Boolean);
const targets = { cohost, ...(await peers()) };
const started = Date.now();

const note = line => {
  const at_s = Math.round((Date.now() - started) / 1000);
  const load_average = os.loadavg()[0];
  const whole = { at_s, load_average, ...line };
  fs.appendFileSync(flags.out, `${JSON.stringify(whole)}\n`);
  console.log(JSON.stringify(whole));
};

async function measure({ name, target, run, options, alone }) {
  const adapter = targets[target];
  if (!adapter && !alone) {
    return;
  }
  const workDir = fs.mkdtempSync(path.join(base, `${target ?? name}-`));
  let server = null;
  try {
    if (!alone) {
      const logFile = path.join(workDir, 'server.log');
      server = await adapter.start({ workDir, logFile });
      await adapter.join?.(server, options.guests ?? 20);
    }
    const result = await run(adapter, server, { ...options, workDir, targets });
    for (const line of [result].flat()) {
      note({ name, target, options, ...line });
    }
  } catch (error) {
    note({ name, target, options, failed: error.stack });
  } finally {
    await server?.stop();
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => process.exit(1));
}
fs.rmSync(flags.out, { force: true });
for (const step of plan(flags.quick)) {
  if (only.length === 0 || only.some(name => step.name.startsWith(name))) {
    await measure(step);
  }
}
fs.rmSync(base, { recursive: true, force: true });
if (flags.report) {
  writeReport(flags.out, flags.report);
}
process.exit(0);
