/**
 * Process of chat-load.mjs: people who type into one document, each two characters a second. Measures from a key to the same character in
 * another person's copy, by the clocks of Yjs. Only that one copy takes in what others type: 98 more would measure this process, and
 * the server does the same for each. Besides, the server is pinged every 20 ms: how long its event loop is busy with something else.
 */
import { decoding, encoding } from 'lib0';
import * as sync from 'y-protocols/sync';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { load, now } from './chat-figures.mjs';

const sent = new Map();
let [delays, pings, mine] = [[], [], load()];

async function documentOf({ base, path }, credential) {
  const answer = await fetch(`${base}documents`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${credential}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify({ path, type: 'file', format: 'text' })
  });
  return (await answer.json()).id;
}

/** Opens the room; resolves when the copy is there. `listens`: takes in what others type afterwards. */
function enter(base, id, credential, listens) {
  const doc = new Y.Doc();
  const url = `${base.replace(/^http/, 'ws')}rooms/${id}`;
  const socket = new WebSocket(url, {
    headers: { Authorization: `Bearer ${credential}` }
  });
  socket.binaryType = 'arraybuffer';
  let isIn = false;
  const send = write => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 0);
    write(encoder);
    socket.send(encoding.toUint8Array(encoder));
  };
  doc.on(
    'update',
    (update, origin) =>
      origin !== 'room' && send(encoder => sync.writeUpdate(encoder, update))
  );
  return new Promise((resolve, reject) => {
    socket.on('close', code =>
      reject(new Error(`the room closed with ${code}`))
    );
    socket.on('open', () => send(encoder => sync.writeSyncStep1(encoder, doc)));
    socket.on('message', data => {
      const decoder = decoding.createDecoder(new Uint8Array(data));
      if ((isIn && !listens) || decoding.readVarUint(decoder) !== 0) {
        return;
      }
      const reply = encoding.createEncoder();
      encoding.writeVarUint(reply, 0);
      const kind = sync.readSyncMessage(decoder, reply, doc, 'room');
      if (encoding.length(reply) > 1) {
        socket.send(encoding.toUint8Array(reply));
      }
      if (kind === sync.messageYjsSyncStep2) {
        isIn = true;
        resolve({ doc, socket });
      }
    });
  });
}

function watch({ doc, socket }) {
  doc.on('update', () => {
    const at = now();
    for (const [client, waiting] of sent) {
      const clock = Y.getState(doc.store, client);
      while (waiting.length > 0 && waiting[0].clock <= clock) {
        const typed = waiting.shift().at;
        delays.push([typed, at - typed]);
      }
    }
  });
  setInterval(() => socket.ping(String(now())), 20);
  socket.on('pong', data => {
    const pinged = Number(String(data));
    pings.push([pinged, now() - pinged]);
  });
}

function type(doc, perSecond) {
  const text = doc.getText('source');
  const waiting = [];
  sent.set(doc.clientID, waiting);
  const key = () => {
    const at = now();
    text.insert(text.length, 'x');
    waiting.push({ clock: Y.getState(doc.store, doc.clientID), at });
  };
  setTimeout(
    () => setInterval(key, 1000 / perSecond),
    (1000 / perSecond) * Math.random()
  );
}

async function begin(told) {
  const id = await documentOf(told, told.credentials[0]);
  const people = [];
  for (const credential of told.credentials) {
    people.push(await enter(told.base, id, credential, people.length === 0));
  }
  const [probe, ...typists] = people;
  watch(probe);
  typists.forEach(({ doc }) => type(doc, told.perSecond));
  process.send('ready');
}

process.on('message', message => {
  if (message === 'next') {
    process.send({ delays, pings, ...mine() });
    [delays, pings, mine] = [[], [], load()];
  } else {
    void begin(message);
  }
});
process.on('disconnect', () => process.exit());
