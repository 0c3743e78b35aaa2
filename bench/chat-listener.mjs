/**
 * Process of chat-load.mjs: one more page, the last that the server sends to, which does nothing but note when entries come in. So delivery
 * is seen without the work of the nodes. Told { base, credential }; answers 'ready'; told 'end' it sends [[id, ms since 1970], …].
 */
import { randomBytes } from 'node:crypto';
import WebSocket from 'ws';
import { load, now } from './chat-figures.mjs';

const heard = [];
const mine = load();
const newKey = () => randomBytes(32).toString('base64url');

function listen({ base, credential }) {
  const headers = { Authorization: `Bearer ${credential}` };
  const socket = new WebSocket(`${base.replace(/^http/, 'ws')}chat`, {
    headers
  });
  const hello = {
    type: 'hello',
    version: 1,
    key: newKey(),
    seal: newKey(),
    digest: ''
  };
  socket.on('open', () => socket.send(JSON.stringify(hello)));
  socket.on('message', data => {
    const at = now();
    for (const message of JSON.parse(data)) {
      if (message.type === 'welcome') {
        process.send('ready');
      } else if (message.type === 'entry') {
        heard.push([`${message.entry.key}:${message.entry.seq}`, at]);
      }
    }
  });
}

process.on('message', message =>
  message === 'end' ? process.send({ heard, ...mine() }) : listen(message)
);
process.on('disconnect', () => process.exit());
