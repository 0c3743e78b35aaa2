/** Many small documents: what opening them takes, what they cost, and what is left when everybody has gone at once. */
import { Client } from '../client.js';
import { text } from '../documents.js';
import {
  cpuSeconds,
  descriptors,
  idlePercent,
  inLanes,
  memory,
  now,
  round,
  sleep
} from '../machine.js';
import { errorsOf } from './typing.js';

/** `people`: how many in each document. */
export async function rooms(target, server, options) {
  const { documents, people, leftSeconds } = options;
  const { pid } = server;
  await enter(target, server, 'warm', 3, people).then(leave);
  await sleep(12_000);
  const before = await figures(pid);
  const start = now();
  const clients = await enter(target, server, 'room', documents, people);
  const open_all_s = round((now() - start) / 1000);
  await sleep(3000);
  const open = await figures(pid);
  await leave(clients);
  const left = now();
  const back = {};
  while (now() - left < leftSeconds * 1000) {
    await sleep(5000);
    const { descriptors: there } = await figures(pid, 1);
    if (there <= before.descriptors && !back.descriptors_back_s) {
      back.descriptors_back_s = Math.round((now() - left) / 1000);
      break;
    }
  }
  await sleep(5000);
  const after = await figures(pid);
  return {
    documents,
    sockets: clients.length,
    open_all_s,
    before,
    open,
    after,
    ...back,
    after_s: Math.round((now() - left) / 1000),
    kib_per_document: round(
      ((open.memory_mib - before.memory_mib) * 1024) / documents
    ),
    errors: errorsOf(clients)
  };
}

async function figures(pid, seconds = 3) {
  const idle_percent = await idlePercent(pid, seconds);
  return {
    memory_mib: memory(pid),
    descriptors: descriptors(pid),
    idle_percent
  };
}

async function enter(target, server, name, documents, people) {
  const numbers = Array.from({ length: documents }, (_, i) => i);
  const each = await inLanes(numbers, 8, async i => {
    const ref = await target.createDocument(server, text(`${name}-${i}`, 10));
    const mine = Array.from({ length: people }, (_, person) =>
      new Client(target.connection(server, ref, i + person), {
        hello: target.hello
      }).connect()
    );
    return Promise.all(mine);
  });
  return each.flat();
}

const leave = clients => Promise.all(clients.map(client => client.close()));

/** What a guest who only watches costs: so many sockets in one document, one after the other. */
export async function idleGuests(target, server, { guests }) {
  const { pid } = server;
  const ref = await target.createDocument(server, text('idle', 100));
  const connect = () =>
    new Client(target.connection(server, ref, 1), {
      hello: target.hello
    }).connect();
  const first = await connect();
  await sleep(2000);
  const before = memory(pid);
  const cpu = cpuSeconds(pid);
  const clients = await inLanes(Array.from({ length: guests }), 8, connect);
  const cpu_ms_per_guest = round(((cpuSeconds(pid) - cpu) * 1000) / guests, 2);
  await sleep(2000);
  const there = memory(pid);
  const idle_percent = await idlePercent(pid, 12);
  await leave([first, ...clients]);
  await sleep(15_000);
  return {
    guests,
    cpu_ms_per_guest,
    idle_percent,
    kib_per_guest: round(((there - before) * 1024) / guests),
    memory_mib: { before, there, left: memory(pid) },
    errors: errorsOf(clients)
  };
}
