#!/usr/bin/env node
/**
 * Joins the chat of a session by its link, without a browser, and prints each message as a JSON line.
 *
 *   node examples/chat-node.mjs LINK --name N [--say TEXT] [--seconds S]
 *
 * Build the extension first (jlpm build:lib). Ends after S seconds (60), or when the session does.
 */
import { register } from 'node:module';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';

register('./lib-hooks.mjs', import.meta.url);
const { ChatLink, ChatNode, systemClock } =
  await import('../lib/chat/index.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string', default: 'Node' },
    say: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '60' }
  }
});
const [link] = positionals;
if (!link?.includes('#')) {
  console.error(
    'node examples/chat-node.mjs LINK --name N [--say TEXT] [--seconds S]'
  );
  process.exit(2);
}

/** Uses the link; at the door, waits until the host answers. */
async function join(address, name) {
  const [page, secret] = address.split('#');
  const base = page.replace(/join$/, '');
  let answer = await ask(`${base}join`, { secret, name, carrier: 'bearer' });
  const { token } = answer;
  while (answer.state === 'knocking') {
    answer = await ask(`${base}knock`, { token, carrier: 'bearer' });
  }
  return { base, credential: answer.credential };
}

async function ask(url, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  });
  const json = await answer.json();
  if (!answer.ok) {
    throw new Error(json.message ?? `${answer.status}`);
  }
  return json;
}

const { base, credential } = await join(link, values.name);
const node = new ChatNode({ clock: systemClock, random: Math.random });
const url = `${base.replace(/^http/, 'ws')}chat`;
const headers = { Authorization: `Bearer ${credential}` };
const chat = new ChatLink(
  node,
  () => new WebSocket(url, { headers }),
  systemClock,
  Math.random
);

const print = value => process.stdout.write(`${JSON.stringify(value)}\n`);
const shown = new Map();
let said = false;

function show() {
  for (const message of node.log.messages) {
    const { id, entry, text, head, size, edited, deleted } = message;
    const state = `${text}|${deleted}|${message.pending}`;
    if (message.pending || shown.get(id) === state) {
      continue;
    }
    shown.set(id, state);
    const name = node.people.person(entry.author)?.name ?? '';
    print({
      id,
      name,
      author: entry.author,
      time: entry.time,
      at: entry.stamp.at,
      text: text ?? head,
      size,
      edited,
      deleted
    });
  }
}

node.listen(event => {
  if (node.connected && !said) {
    said = true;
    values.say.forEach(text => node.post(text));
  }
  if (event.kind === 'message' && event.peer !== null) {
    const { entry, text } = node.letters.with(event.peer).message(event.id);
    print({
      id: event.id,
      name: node.people.person(entry.author)?.name,
      to: 'me',
      text
    });
  } else if (event.kind === 'notice') {
    print({ notice: event.notice });
  }
  show();
});
const end = code => {
  chat.dispose();
  setTimeout(() => process.exit(code), 200);
};
chat.onState = state => {
  if (state.kind === 'closed') {
    print({ closed: state.code, message: state.reason });
    end(1);
  }
};
chat.connect();
setTimeout(() => end(0), Number(values.seconds) * 1000);
process.on('SIGINT', () => end(0));
