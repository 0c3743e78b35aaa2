/**
 * A day of a small group in minutes: people open documents, type, move, leave; rooms are given back and opened again. Memory and
 * descriptors are read after each cycle, when everybody has gone.
 */
import * as Y from 'yjs';
import { Client } from '../client.js';
import { notebook, text } from '../documents.js';
import {
  cpuSeconds,
  descriptors,
  inLanes,
  memory,
  now,
  round,
  sleep,
  until
} from '../machine.js';

/** A room without people is given back after 10 s (`idle_room_s`). */
const GIVEN_BACK_MS = 17_000;

export async function soak(target, server, { seconds, documents, people }) {
  const { pid } = server;
  const start = now();
  const cycles = [];
  let visits = 0;
  let edits = 0;
  while (now() - start < seconds * 1000) {
    const numbers = Array.from({ length: documents }, (_, i) => i);
    const worked = await inLanes(numbers, 10, i =>
      visit(target, server, i, people, cycles.length === 0)
    );
    visits += documents * people;
    edits += worked.reduce((sum, number) => sum + number, 0);
    await sleep(GIVEN_BACK_MS);
    cycles.push([memory(pid), descriptors(pid)]);
  }
  const third = Math.max(1, Math.floor(cycles.length / 3));
  const mean = some => some.reduce((sum, [mib]) => sum + mib, 0) / some.length;
  return {
    cycles: cycles.length,
    visits,
    edits,
    cpu_s: round(cpuSeconds(pid)),
    memory_mib: cycles.map(([mib]) => mib),
    descriptors: cycles.map(([, number]) => number),
    growth_mib_per_1000_visits: round(
      ((mean(cycles.slice(-third)) - mean(cycles.slice(third, 2 * third))) *
        1000) /
        (third * documents * people),
      2
    )
  };
}

/** Some people come, write, undo a part, and leave without a word. Returns how many edits they made. */
async function visit(target, server, number, people, isFirst) {
  const isNotebook = number % 4 === 0;
  const document = isNotebook
    ? notebook(`soak-${number}`, 20, 500)
    : text(`soak-${number}`, 50);
  const ref = await target.createDocument(server, document, isFirst);
  const clients = await Promise.all(
    Array.from({ length: people }, (_, i) =>
      new Client(target.connection(server, ref, i), {
        doc: new Y.Doc(),
        hello: target.hello
      }).connect()
    )
  );
  let edits = 0;
  for (let round_ = 0; round_ < 10; round_++) {
    for (const client of clients) {
      const ytext = isNotebook
        ? client.doc.getArray('cells').get(round_).get('source')
        : client.doc.getText('source');
      ytext.insert(round_, 'word ');
      ytext.delete(round_, 2);
      client.move({ cursors: [], at: { cell: String(round_) } });
      edits += 2;
    }
    await sleep(20);
  }
  await until(() => clients.every(one => one.acknowledged >= 20), 10_000);
  await Promise.all(clients.map(client => client.close()));
  return edits;
}
