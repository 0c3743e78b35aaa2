/**
 * Some type in one text, the others watch; some move a cursor. Every delivery is timed: edit k of an author is Yjs clock k,
 * whatever the server merges. At the end the text is compared: of one who was there all the time, of a newcomer, of the file.
 */
import fs from 'node:fs';
import * as Y from 'yjs';
import { Client } from '../client.js';
import { Cursors } from '../cursors.js';
import { idsOf, text } from '../documents.js';
import {
  Histogram,
  inLanes,
  now,
  pace,
  round,
  sleep,
  until,
  watchLoad
} from '../machine.js';

const EDITS_PER_SECOND = 5;
const DRAIN_MS = 5_000;

export async function typing(target, server, options) {
  const { people, typists, seconds, cursorRate = 0 } = options;
  const room = await enterRoom(target, server, people);
  const { clients, witness, deliveries } = room;
  const authors = clients.slice(0, typists);
  authors.forEach(author => deliveries.addAuthor(author));
  const cursors = new Cursors(clients, cursorRate);
  await cursors.warmUp();
  const [messages, bytes] = [sum(clients, 'messages'), sum(clients, 'bytes')];
  const stopWatching = watchLoad(server.pid);
  const moving = cursors.run(seconds);
  const edits = await pace({
    count: typists,
    perSecond: typists === 1 ? 10 : EDITS_PER_SECOND,
    seconds,
    action: i => deliveries.type(authors[i])
  });
  const lastKey = now();
  const expected = edits * (people - 1);
  await until(() => deliveries.times.number >= expected, DRAIN_MS, 2);
  const drain_s = round((now() - lastKey) / 1000, 2);
  await moving;
  const load = stopWatching();
  const result = {
    latency_ms: deliveries.times.summary(),
    edits,
    delivered: `${deliveries.times.number}/${expected}`,
    complete: deliveries.times.number === expected,
    drain_s,
    ...load,
    frames: sum(clients, 'messages') - messages,
    received_mib: round((sum(clients, 'bytes') - bytes) / 2 ** 20),
    ...(cursorRate ? { cursors: cursors.summary() } : {})
  };
  if (result.complete) {
    result.same = await areSame(target, server, room, edits);
  }
  result.errors = errorsOf([...clients, witness]);
  await Promise.all([...clients, witness].map(client => client.close()));
  return result;
}

async function enterRoom(target, server, people) {
  const document = text(`typing-${people}`, Math.max(100, people));
  const ref = await target.createDocument(server, document);
  const deliveries = new Deliveries(people);
  const connect = (index, options) =>
    new Client(target.connection(server, ref, index), {
      hello: target.hello,
      ...options
    }).connect();
  const on = {
    update: (client, update) => deliveries.received(client, update),
    awareness: (client, update) => client.cursors?.received(client, update)
  };
  const numbers = Array.from({ length: people }, (_, i) => i);
  const clients = await inLanes(numbers, 20, i =>
    connect(i, { id: 10_000 + i, on })
  );
  const witness = await connect(0, { doc: new Y.Doc() });
  const ids = idsOf(witness.doc.getText('source'));
  clients.forEach((client, i) => {
    client.number = i;
    const at = 1 + Math.floor(((ids.length - 2) * i) / people);
    client.placeCaret(ids[at - 1], ids[at]);
  });
  await sleep(500);
  return { document, ref, deliveries, connect, clients, witness };
}

/** What was typed, and who has it. */
class Deliveries {
  times = new Histogram();
  _authors = new Map();
  _known = [];

  constructor(people) {
    this._people = people;
  }

  addAuthor(client) {
    this._authors.set(client.id, {
      sent: [],
      seen: new Uint32Array(this._people)
    });
  }

  type(client) {
    this._authors.get(client.id).sent.push(now());
    client.type();
  }

  received(client, update) {
    const time = now();
    for (const [id, end] of this._ends(update)) {
      const author = this._authors.get(id);
      if (author === undefined || id === client.id) {
        continue;
      }
      const { sent, seen } = author;
      for (let clock = seen[client.number]; clock < end; clock++) {
        this.times.add(time - sent[clock]);
      }
      seen[client.number] = Math.max(end, seen[client.number]);
    }
  }

  /** Everybody gets the same bytes, so they are read once. */
  _ends(update) {
    const same = ([bytes]) =>
      bytes.length === update.length && Buffer.compare(bytes, update) === 0;
    const known = this._known.find(same);
    if (known) {
      return known[1];
    }
    const ends = [...Y.parseUpdateMeta(update).to];
    this._known.unshift([Buffer.from(update), ends]);
    this._known.length = Math.min(this._known.length, 8);
    return ends;
  }
}

async function areSame(target, server, room, edits) {
  const { document, ref, connect, witness } = room;
  const content = () => witness.doc.getText('source').toString();
  const newcomer = await connect(0, { doc: new Y.Doc() });
  const late = newcomer.doc.getText('source').toString();
  await newcomer.close();
  const whole = content().length === document.expected + edits;
  const inFile =
    !ref.file ||
    (await until(() => fs.readFileSync(ref.file, 'utf8') === content(), 5000));
  return whole && late === content() && inFile;
}

const sum = (clients, key) =>
  clients.reduce((total, client) => total + client[key], 0);

export const errorsOf = clients => [
  ...new Set(clients.map(client => client.error).filter(Boolean))
];
