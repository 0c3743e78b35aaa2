#!/usr/bin/env node
/**
 * Load of the chat: N nodes join by a link, each says one message per second for S seconds. Prints one JSON object: messages per
 * second, delivery (from the author's call to every other node) p50, p95, p99 in ms, whether the order is equal everywhere after random cuts,
 * and the CPU of the server, when --pid names it.
 *
 *   node bench/chat-load.mjs LINK [--nodes 100] [--seconds 20] [--rate 1] [--cuts 5] [--pid PID] [--type PATH]
 *
 * --type: afterwards all but one type into this text file of the session (two characters a second each), in phases of 6 s: nothing is
 * said; one says 100,000 characters; nothing; one says 100,000 characters and all others read them at once. Typing is from a key to the
 * same character in another copy. `python bench/chat_load.py` starts a server and does all of it.
 *
 * The nodes share one process (typists another thread): each signature is checked once for all of them.
 */
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import WebSocket from 'ws';

register('../examples/lib-hooks.mjs', import.meta.url);
const { ChatLink, ChatNode, systemClock, verify } = await import('../lib/chat/index.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '1' },
    cuts: { type: 'string', default: '5' },
    type: { type: 'string' },
    pid: { type: 'string' }
  }
});
const [count, seconds, rate, cuts] = [values.nodes, values.seconds, values.rate, values.cuts].map(Number);
const [page, secret] = positionals[0].split('#');
const base = page.replace(/join$/, '');

const checked = new Map();
const once = (signature, bytes, key) => {
  if (!checked.has(signature)) {
    checked.set(signature, verify(signature, bytes, key));
  }
  return checked.get(signature);
};
const later = ms => new Promise(resolve => setTimeout(resolve, ms));
const until = async (condition, ms = 60_000) => {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) {
      return false;
    }
    await later(50);
  }
  return true;
};
const cpu = () => {
  if (!values.pid) {
    return null;
  }
  const fields = readFileSync(`/proc/${values.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

async function credential(name) {
  for (;;) {
    const answer = await fetch(`${base}join`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ secret, name, carrier: 'bearer' })
    });
    if (answer.status !== 429) {
      return (await answer.json()).credential;
    }
    await later(1000);
  }
}

const said = new Map();
const delays = [];
async function enter(number) {
  const secretOf = await credential(`n${number}`);
  const headers = { Authorization: `Bearer ${secretOf}` };
  const node = new ChatNode({ clock: systemClock, random: Math.random, verify: once });
  const link = new ChatLink(node, () => new WebSocket(`${base.replace(/^http/, 'ws')}chat`, { headers }), systemClock, Math.random);
  node.listen(event => {
    if (event.kind === 'message' && event.live && said.has(event.id)) {
      delays.push(performance.now() - said.get(event.id));
    }
  });
  link.connect();
  await until(() => node.connected);
  return { node, link, credential: secretOf };
}

const pages = [];
for (let number = 0; number < count; number++) {
  pages.push(await enter(number));
}
await until(() => pages.every(({ node }) => node.people.members.size === count));
const before = cpu();
const started = performance.now();
const timers = pages.map(({ node }, at) => {
  let stop = () => undefined;
  const speak = () => {
    const id = node.post(`${at} says ${Math.random()}`);
    said.set(`${id.key}:${id.seq}`, performance.now());
  };
  const first = setTimeout(() => {
    speak();
    const timer = setInterval(speak, 1000 / rate);
    stop = () => clearInterval(timer);
  }, (1000 / rate) * Math.random());
  return () => (clearTimeout(first), stop());
});
await later(seconds * 1000);
timers.forEach(stop => stop());
const spent = (performance.now() - started) / 1000;
const after = cpu();
for (let number = 0; number < cuts; number++) {
  const { node, link } = pages[Math.floor(Math.random() * pages.length)];
  link.cut();
  node.post('after a cut');
}
const views = () => pages.map(({ node }) => node.log.messages.map(({ id }) => id).join());
const isEqual = await until(() => {
  const [first, ...rest] = views();
  return rest.every(view => view === first) && pages.every(({ node }) => node.log.messages.every(({ pending }) => !pending));
});
const figures = list => {
  const sorted = [...list].sort((a, b) => a - b);
  const at = part => Number((sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1));
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
};

/** What typing takes while one says something long. */
async function typing(path) {
  const credentials = pages.slice(1).map(({ credential }) => credential);
  const worker = new Worker(new URL('./chat-typists.mjs', import.meta.url), {
    workerData: { base, path, credentials, perSecond: 2 }
  });
  worker.setMaxListeners(0);
  const answer = () => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await answer();
  const phase = async act => {
    worker.postMessage('begin');
    await answer();
    const done = act();
    await later(6000);
    worker.postMessage('end');
    const { delays: typed } = await answer();
    return { ...figures(typed), ...(await done) };
  };
  const quiet = async () => ({});
  const long = async () => {
    await later(500);
    const id = pages[0].node.post('x'.repeat(100_000));
    return `${id.key}:${id.seq}`;
  };
  const found = {};
  await phase(quiet);
  found.quiet = await phase(quiet);
  found.long = await phase(async () => void (await long()));
  found.quiet_again = await phase(quiet);
  found.long_read_by_all = await phase(async () => {
    const id = await long();
    await until(() => pages.every(({ node }) => node.log.get(id)), 5000);
    const read = await Promise.all(pages.slice(1).map(({ node }) => node.fetch(id)));
    return { readers: read.filter(Boolean).length };
  });
  const before_ms = (found.quiet.p95 + found.quiet_again.p95) / 2;
  const ratio = ({ p95 }) => Number((p95 / before_ms).toFixed(2));
  await worker.terminate();
  return { ...found, ratio: { long: ratio(found.long), long_read_by_all: ratio(found.long_read_by_all) } };
}

const { count: deliveries, ...ms } = figures(delays);
const result = {
  nodes: count,
  seconds: Number(spent.toFixed(1)),
  messages: said.size,
  per_second: Number((said.size / spent).toFixed(1)),
  deliveries,
  ms,
  order_equal_everywhere: isEqual,
  server_cpu: before === null ? null : Number(((after - before) / spent).toFixed(3))
};
console.log(JSON.stringify(values.type ? { ...result, typing: await typing(values.type) } : result));
pages.forEach(({ link }) => link.dispose());
setTimeout(() => process.exit(isEqual ? 0 : 1), 500);
