/**
 * Other servers, when COHOST_BENCH names a folder with the comparison bench (adapters of y-websocket, jupyter-collaboration
 * and others; its own scenarios run first).
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
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

/** The comparison bench's own scenarios, all servers in turn: one line of results for each. */
export async function compare(_target, _server, { seconds, workDir }) {
  if (!folder) {
    return [];
  }
  const out = path.join(workDir, 'compare.jsonl');
  await runBench([
    ...['--targets', 'y-websocket,hocuspocus,jupyter-collaboration,cohost'],
    ...['--target-files', path.join(here, '..', 'cohost-target.js')],
    ...['--scenarios', 's1,s2', '--rounds', '1', '--out', out],
    ...['--s1-clients', '50', '--s1-seconds', seconds],
    ...['--s2-clients', '10,50', '--s2-seconds', seconds]
  ]);
  const lines = fs.readFileSync(out, 'utf8').trim().split('\n');
  return lines.map(line => {
    const { scenario, variant, ...result } = JSON.parse(line);
    return { name: `compare-${scenario}`, options: variant, ...result };
  });
}

function runBench(args) {
  const program = path.join(folder, 'bin', 'run.js');
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'ignore', 'inherit']
  });
  return new Promise(resolve => child.once('exit', resolve));
}
