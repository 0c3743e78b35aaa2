#!/usr/bin/env node
/**
 * Load of the chat: N nodes join by a link, each says one message per second for S seconds. Prints one JSON object: messages per second,
 * delivery in ms (`server`: from the author's call to one more page in a process of its own, the last that the server sends to; `nodes`: to every
 * other node, with their own work), whether the order is equal everywhere after random cuts, and the CPU of the server, when --pid names it.
 *
 *   node bench/chat-load.mjs LINK [--nodes 100] [--seconds 20] [--rate 1] [--cuts 5] [--pid PID] [--type PATH] [--rounds 4]
 *
 * --type: afterwards all but one type into this text file of the session (two characters a second each, in a process of their own) while one says
 * 100,000 characters, and all others open it (chat-typing.mjs). Typing is from a key to the same character in another copy.
 * `python bench/chat_load.py` starts a server and does all of it.
 *
 * The nodes share one process, which gives way to the others (nice): real ones have machines of their own. Each signature is checked once.
 */
import { fork } from 'node:child_process';
import { register } from 'node:module';
import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';
import { cpuOf, figures, later, load, now, until } from './chat-figures.mjs';
import { typing } from './chat-typing.mjs';

register('../examples/lib-hooks.mjs', import.meta.url);
const { ChatLink, ChatNode, systemClock, verify } =
  await import('../lib/chat/index.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '1' },
    cuts: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '4' },
    type: { type: 'string' },
    pid: { type: 'string' }
  }
});
const [count, seconds, rate, cuts] = [
  values.nodes,
  values.seconds,
  values.rate,
  values.cuts
].map(Number);
const [page, secret] = positionals[0].split('#');
const base = page.replace(/join$/, '');

const checked = new Map();
const once = (signature, bytes, key) => {
  if (!checked.has(signature)) {
    checked.set(signature, verify(signature, bytes, key));
  }
  return checked.get(signature);
};
/** From now on; the answer is the part of a core that the server took since. */
const server = () => {
  const [began, before] = [
    performance.now(),
    values.pid ? cpuOf(values.pid) : 0
  ];
  return () =>
    values.pid
      ? Number(
          (
            ((cpuOf(values.pid) - before) * 1000) /
            (performance.now() - began)
          ).toFixed(3)
        )
      : null;
};
const other = file => {
  const child = fork(new URL(file, import.meta.url)).setMaxListeners(0);
  const ask = message =>
    new Promise((resolve, reject) => {
      child
        .once('message', resolve)
        .once('exit', code => reject(new Error(`${file} ended with ${code}`)));
      child.send(message);
    });
  return { ask, stop: () => child.removeAllListeners() && child.disconnect() };
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
  const node = new ChatNode({
    clock: systemClock,
    random: Math.random,
    verify: once
  });
  const link = new ChatLink(
    node,
    () => new WebSocket(`${base.replace(/^http/, 'ws')}chat`, { headers }),
    systemClock,
    Math.random
  );
  node.listen(event => {
    if (event.kind === 'message' && event.live && said.has(event.id)) {
      delays.push(now() - said.get(event.id));
    }
  });
  link.connect();
  await until(() => node.connected);
  return { node, link, credential: secretOf };
}

/** All say one message a second. */
async function talk(pages) {
  await listener.ask({ base, credential: pages[0].credential });
  const [cpu, mine, began] = [server(), load(), performance.now()];
  const timers = pages.map(({ node }, at) => {
    let stop = () => undefined;
    const speak = () => {
      const id = node.post(`${at} says ${Math.random()}`);
      said.set(`${id.key}:${id.seq}`, now());
    };
    const first = setTimeout(
      () => {
        speak();
        const timer = setInterval(speak, 1000 / rate);
        stop = () => clearInterval(timer);
      },
      (1000 / rate) * Math.random()
    );
    return () => (clearTimeout(first), stop());
  });
  await later(seconds * 1000);
  timers.forEach(stop => stop());
  const spent = (performance.now() - began) / 1000;
  const [server_cpu, nodes] = [cpu(), mine()];
  await later(1000);
  const { heard, loop_lag } = await listener.ask('end');
  const times = heard
    .filter(([id]) => said.has(id))
    .map(([id, at]) => at - said.get(id));
  return {
    seconds: Number(spent.toFixed(1)),
    messages: said.size,
    per_second: Number((said.size / spent).toFixed(1)),
    server_cpu,
    server: { ...figures(times), loop_lag },
    nodes: { ...figures(delays), ...nodes }
  };
}

async function isOrderEqual(pages) {
  for (let number = 0; number < cuts; number++) {
    const { node, link } = pages[Math.floor(Math.random() * pages.length)];
    link.cut();
    node.post('after a cut');
  }
  const views = () =>
    pages.map(({ node }) => node.log.messages.map(({ id }) => id).join());
  return until(() => {
    const [first, ...rest] = views();
    return (
      rest.every(view => view === first) &&
      pages.every(({ node }) =>
        node.log.messages.every(({ pending }) => !pending)
      )
    );
  });
}

const [listener, typists] = [
  other('./chat-listener.mjs'),
  other('./chat-typists.mjs')
];
setPriority(19);
const pages = [];
for (let number = 0; number < count; number++) {
  pages.push(await enter(number));
}
await until(() => pages.every(({ node }) => node.people.members.size >= count));
const talked = await talk(pages);
const isEqual = await isOrderEqual(pages);
const result = { people: count, ...talked, order_equal_everywhere: isEqual };
console.log(
  JSON.stringify(
    values.type
      ? {
          ...result,
          typing: await typing({
            pages,
            path: values.type,
            base,
            typists,
            server,
            rounds: Number(values.rounds)
          })
        }
      : result,
    null,
    1
  )
);
[listener, typists].forEach(({ stop }) => stop());
pages.forEach(({ link }) => link.dispose());
setTimeout(() => process.exit(isEqual ? 0 : 1), 500);
