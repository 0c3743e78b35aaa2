/** Opening big documents over the wire: the first time (from the file), a second time, many at once, and after all have left. */
import fs from 'node:fs';
import * as Y from 'yjs';
import { Client } from '../client.js';
import { notebook, sizeOf, text } from '../documents.js';
import { cpuSeconds, memory, now, round, sleep, until } from '../machine.js';

export const DOCUMENTS = {
  'text 1 MB': () => text('big', 13_000),
  '2,000 cells': () => notebook('cells', 2000),
  '10 MB of outputs': () => notebook('ten', 200, 50_000),
  '100 MB of outputs': () => notebook('hundred', 200, 500_000)
};

export async function opening(target, server, { document: key, atOnce }) {
  const { pid } = server;
  const document = DOCUMENTS[key]();
  const before = memory(pid);
  const cpu = cpuSeconds(pid);
  const first = await open(target, server, document, true);
  const afterFirst = memory(pid);
  const second = await open(target, server, document, false);
  const start = now();
  const ref = await target.createDocument(server, document, false);
  const crowd = await Promise.all(
    Array.from({ length: atOnce }, (_, i) =>
      new Client(target.connection(server, ref, i), {
        hello: target.hello
      }).connect()
    )
  );
  const all_received_ms = Math.round(now() - start);
  const most = memory(pid);
  await Promise.all(crowd.map(client => client.close()));
  await sleep(16_000);
  return {
    document: key,
    file_mb: round(Buffer.byteLength(document.fileContent) / 1e6),
    first,
    second,
    at_once: { people: atOnce, all_received_ms },
    cpu_s: round(cpuSeconds(pid) - cpu, 2),
    memory_mib: { before, afterFirst, most, left: memory(pid) }
  };
}

/** From the request for the document to all its bytes; `applied_ms`: and in a Yjs document. */
async function open(target, server, document, create) {
  if (create) {
    fs.writeFileSync(`${server.root}/${document.name}`, document.fileContent);
  }
  const start = now();
  const ref = await target.createDocument(server, document, false);
  const doc = new Y.Doc();
  const client = new Client(target.connection(server, ref, 0), {
    doc,
    hello: target.hello
  });
  const arrived = client.connect();
  await arrived;
  const applied_ms = Math.round(now() - start);
  const complete = sizeOf(doc, document.kind) === document.expected;
  await client.close();
  return { applied_ms, sync_mb: round(client.firstSync / 1e6, 2), complete };
}

/** A text that was edited so often, opened again from the journal, beside the same text without a past. */
export async function history(target, server, { edits }) {
  const { pid } = server;
  const document = text('history', 1);
  const ref = await target.createDocument(server, document);
  const writer = new Client(target.connection(server, ref, 0), {
    doc: new Y.Doc(),
    hello: target.hello
  });
  await writer.connect();
  const before = memory(pid);
  const cpu = cpuSeconds(pid);
  const start = now();
  // The answer to the server's first question is one, too.
  let messages = 1;
  const writing = editMuch(writer.doc.getText('source'), edits);
  while (!writing.next().done) {
    const far = ++messages - 100;
    await until(() => writer.acknowledged >= far || writer.error, 10_000, 1);
  }
  const done = () => writer.acknowledged >= messages;
  await until(done, 10_000, 50);
  const acknowledged_s = round((now() - start) / 1000);
  const content = writer.doc.getText('source').toString();
  const vector = Y.encodeStateAsUpdate(writer.doc).length;
  await until(() => fs.readFileSync(ref.file, 'utf8') === content, 20_000, 50);
  await writer.close();
  await sleep(14_000);
  const journal = journalBytes(server);
  const again = await open(
    target,
    server,
    { ...document, expected: content.length },
    false
  );
  const fresh = { ...document, name: 'fresh.txt', fileContent: content };
  const without = await open(
    target,
    server,
    { ...fresh, expected: content.length },
    true
  );
  return {
    edits,
    characters: content.length,
    acknowledged: done(),
    acknowledged_s,
    server_cpu_s: round(cpuSeconds(pid) - cpu, 2),
    history_kb: round(vector / 1000),
    journal_kb: round(journal / 1000),
    again,
    without_history: without,
    memory_mib: { before, after: memory(pid) },
    error: writer.error
  };
}

/** People write at a place for a while, take a part of it back, and go on elsewhere; few keystrokes are one message, as pages send them. */
function* editMuch(ytext, edits) {
  let seed = 7;
  const random = below => (seed = (seed * 48_271) % 2_147_483_647) % below;
  let at = 0;
  for (let done = 0; done < edits;) {
    ytext.doc.transact(() => {
      for (let i = 0; i < 3 && done < edits; i++, done++) {
        if (random(30) === 0) {
          at = random(ytext.length + 1);
        }
        if (random(10) < 3 && at > 0) {
          ytext.delete(--at, 1);
        } else {
          ytext.insert(at++, 'abcdefghij klmno\npqrst'[random(22)]);
        }
      }
    });
    yield;
  }
}

function journalBytes(server) {
  const folder = `${server.root}/../jupyter/data/cohost`;
  const size = file => (file.isFile() ? statSize(file) : 0);
  const statSize = file => fs.statSync(`${file.parentPath}/${file.name}`).size;
  return fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .reduce((sum, file) => sum + size(file), 0)
    : 0;
}
