/**
 * Other servers, when COHOST_BENCH names a folder with the comparison bench (adapters of y-websocket, jupyter-collaboration
 * and others; its own scenarios run first).
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from './machine.js';

const folder = process.env.COHOST_BENCH;
const here = import.meta.dirname;

/** By name, in the form of `cohost.js`; nothing when there is no bench. */
export async function peers() {
  if (!folder) {
    return {};
  }
  const file = path.join(folder, 'targets', 'index.js');
  const { loadTargets } = await import(pathToFileURL(path.resolve(file)).href);
  const names = ['y-websocket', 'hocuspocus', 'jupyter-collaboration'];
  const loaded = await loadTargets(names);
  return Object.fromEntries(loaded.map(target => [target.name, adapt(target)]));
}

function adapt(target) {
  return {
    name: target.name,
    async start({ workDir, logFile }) {
      const port = await freePort();
      const server = await target.start({ port, workDir, logFile });
      return { ...server, pid: server.pids[0] };
    },
    createDocument: (server, document) =>
      target.createDocument(server, document),
    connection: (server, ref, index) => target.connection(server, ref, index)
  };
}

const COMPARED = [
  ['s1', '--s1-clients', '2,50', '--s1-seconds', '5'],
  ['s2', '--s2-clients', '10,50', '--s2-seconds', '6']
];

/** The comparison bench's own scenarios: everybody types, one types; all servers in turn. */
export async function compare({ quick }, note, only) {
  if (!folder || (only.length > 0 && !only.includes('compare'))) {
    return;
  }
  const out = path.join(os.tmpdir(), `cohost-compare-${process.pid}.jsonl`);
  for (const [scenario, ...options] of COMPARED) {
    await runBench([
      ...['--targets', 'y-websocket,hocuspocus,jupyter-collaboration,cohost'],
      ...['--target-files', path.join(here, '..', 'cohost-target.js')],
      ...['--scenarios', scenario, ...options],
      ...['--rounds', quick ? '1' : '2', '--out', out]
    ]);
  }
  const lines = fs.readFileSync(out, 'utf8').trim().split('\n');
  fs.rmSync(out);
  for (const line of lines) {
    const { scenario, variant, ...result } = JSON.parse(line);
    note({ name: `compare-${scenario}`, options: variant, ...result });
  }
}

function runBench(args) {
  const program = path.join(folder, 'bin', 'run.js');
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'ignore', 'inherit']
  });
  return new Promise(resolve => child.once('exit', resolve));
}
