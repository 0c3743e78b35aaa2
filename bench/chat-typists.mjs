/**
 * Worker of chat-load.mjs: people who type into one document, each two characters a second, in a thread of their own. Measures from
 * a key to the same character in another person's copy, by the clocks of Yjs.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { decoding, encoding } from 'lib0';
import * as sync from 'y-protocols/sync';
import WebSocket from 'ws';
import * as Y from 'yjs';

const { base, path, credentials, perSecond } = workerData;
const sent = new Map();
let delays = [];

async function documentOf(credential) {
  const answer = await fetch(`${base}documents`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${credential}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ path, type: 'file', format: 'text' })
  });
  return (await answer.json()).id;
}

/** Opens the room; resolves when the copy is there. */
function enter(id, credential) {
  const doc = new Y.Doc();
  const url = `${base.replace(/^http/, 'ws')}rooms/${id}`;
  const socket = new WebSocket(url, { headers: { Authorization: `Bearer ${credential}` } });
  socket.binaryType = 'arraybuffer';
  const send = write => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 0);
    write(encoder);
    socket.send(encoding.toUint8Array(encoder));
  };
  doc.on('update', (update, origin) => origin !== 'room' && send(encoder => sync.writeUpdate(encoder, update)));
  return new Promise((resolve, reject) => {
    socket.on('close', code => reject(new Error(`the room closed with ${code}`)));
    socket.on('open', () => send(encoder => sync.writeSyncStep1(encoder, doc)));
    socket.on('message', data => {
      const decoder = decoding.createDecoder(new Uint8Array(data));
      if (decoding.readVarUint(decoder) !== 0) {
        return;
      }
      const reply = encoding.createEncoder();
      encoding.writeVarUint(reply, 0);
      const kind = sync.readSyncMessage(decoder, reply, doc, 'room');
      if (encoding.length(reply) > 1) {
        socket.send(encoding.toUint8Array(reply));
      }
      if (kind === sync.messageYjsSyncStep2) {
        resolve({ doc, socket });
      }
    });
  });
}

const id = await documentOf(credentials[0]);
const people = [];
for (const credential of credentials) {
  people.push(await enter(id, credential));
}
const [probe, ...typists] = people;
probe.doc.on('update', () => {
  const now = performance.now();
  for (const [client, waiting] of sent) {
    const clock = Y.getState(probe.doc.store, client);
    while (waiting.length > 0 && waiting[0].clock <= clock) {
      delays.push(now - waiting.shift().at);
    }
  }
});
for (const { doc } of typists) {
  const text = doc.getText('source');
  const waiting = [];
  sent.set(doc.clientID, waiting);
  const type = () => {
    const at = performance.now();
    text.insert(text.length, 'x');
    waiting.push({ clock: Y.getState(doc.store, doc.clientID), at });
  };
  setTimeout(() => setInterval(type, 1000 / perSecond), (1000 / perSecond) * Math.random());
}
parentPort.on('message', () => {
  parentPort.postMessage({ delays });
  delays = [];
});
parentPort.postMessage({ ready: true });
