import * as fs from 'fs';
import * as path from 'path';

import {
  fromBase64,
  hashText,
  IEntry,
  idOf,
  IStamp,
  Keys,
  Log,
  referenceTo,
  signedBytes,
  toBase64,
  verify
} from '..';

const file = path.join(__dirname, '../../../protocol/vectors/chat.json');
const vectors = JSON.parse(fs.readFileSync(file, 'utf8')) as {
  session: string;
  secrets: { sign: string; open: string };
  keys: { key: string; seal: string };
  entries: { entry: IEntry; canonical: string }[];
  sealed: { from: string; to: string; text: string; box: string; data: string };
};
const { session, secrets } = vectors;
const keys = new Keys(fromBase64(secrets.sign), fromBase64(secrets.open));

describe('[CHAT-40] golden cases', () => {
  it('makes the same keys', () => {
    expect({ key: keys.key, seal: keys.seal }).toEqual(vectors.keys);
  });

  it.each(vectors.entries)('signs and verifies %#', ({ entry, canonical }) => {
    const bytes = signedBytes(session, entry);
    expect(new TextDecoder().decode(bytes)).toBe(canonical);
    expect(keys.sign(bytes)).toBe(entry.signature);
    expect(verify(entry.signature, bytes, entry.key)).toBe(true);
    const other = signedBytes('another session', entry);
    expect(verify(entry.signature, other, entry.key)).toBe(false);
  });

  it('opens what was sealed, for this person only', () => {
    const { from, to, text, box, data } = vectors.sealed;
    const context = JSON.stringify([session, from, to]);
    expect(keys.open(box, data, context)).toBe(text);
    expect(() => new Keys().open(box, data, context)).toThrow();
    expect(() => keys.open(box, data, '["x"]')).toThrow();
  });

  it('reads and writes base64url', () => {
    for (let size = 0; size < 40; size++) {
      const bytes = new Uint8Array(size).map((_, at) => (at * 37 + size) & 255);
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }
  });
});

/** Entries without signatures: a log does not look at them. */
class Author {
  constructor(readonly name: string) {}

  entry(
    kind: IEntry['kind'],
    time: number,
    more: Partial<IEntry> = {}
  ): IEntry {
    const seq = ++this._seq;
    const text = more.target ? `text ${seq}` : `${this.name} ${seq}`;
    const hasText = kind === 'message' || kind === 'edit';
    return {
      ...{ author: this.name, key: `key of ${this.name}`, seq, time, kind },
      ...(hasText
        ? {
            hash: hashText('s', text),
            size: text.length,
            body: { salt: 's', text }
          }
        : {}),
      signature: `${this.name}-${seq}-signature-signature`,
      stamp: this.stamp,
      ...more
    };
  }

  stamp: IStamp = { at: 1, host: false, mac: '' };
  private _seq = 0;
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const copy = [...list];
  for (let at = copy.length - 1; at > 0; at--) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    const other = seed % (at + 1);
    [copy[at], copy[other]] = [copy[other], copy[at]];
  }
  return copy;
}

const logOf = (entries: readonly IEntry[]) => {
  const log = new Log();
  entries.forEach(entry => log.add(entry));
  return log;
};

describe('Log', () => {
  const ada = new Author('ada');
  const ben = new Author('ben');
  const host = new Author('host');
  host.stamp = { at: 1, host: true, mac: '' };
  const first = ada.entry('message', 1);
  const second = ben.entry('message', 1, { reply: undefined });
  const answer = ben.entry('message', 3, { reply: referenceTo(first) });
  const liar = ben.entry('message', 2, {
    reply: { ...referenceTo(answer), time: 1 }
  });
  const edit = ada.entry('edit', 4, { target: referenceTo(first) });
  const forged = ben.entry('edit', 9, { target: referenceTo(first) });
  const noDelete = ben.entry('delete', 9, { target: referenceTo(first) });
  const on = ben.entry('reaction', 5, {
    target: referenceTo(first),
    emoji: 'x',
    on: true
  });
  const removed = host.entry('delete', 6, { target: referenceTo(second) });
  const all = [
    first,
    second,
    answer,
    liar,
    edit,
    forged,
    noDelete,
    on,
    removed
  ];

  it('[CHAT-41] shows the same whatever the order in which entries come', () => {
    const expected = JSON.stringify(logOf(all).messages);
    for (let seed = 1; seed < 200; seed++) {
      const log = logOf(shuffled(all, seed));
      expect(JSON.stringify(log.messages)).toBe(expected);
      expect(log.digest).toBe(logOf(all).digest);
    }
  });

  it('[CHAT-42] an answer stands after what it answers, or is none', () => {
    const log = logOf(all);
    expect(log.messages.map(({ id }) => id)).toEqual(
      [first, second, liar, answer].map(idOf)
    );
    expect(log.message(idOf(answer))?.answers).toBe(idOf(first));
    expect(log.message(idOf(liar))?.answers).toBeNull();
  });

  it('[CHAT-43] only authors edit, only authors and hosts delete', () => {
    const log = logOf(all);
    const shown = log.message(idOf(first));
    expect(shown).toMatchObject({ edited: true, deleted: null });
    expect(shown?.shown.seq).toBe(edit.seq);
    expect(shown?.reactions).toEqual([{ emoji: 'x', from: ['ben'] }]);
    expect(log.message(idOf(second))).toMatchObject({
      deleted: 'host',
      text: null
    });
  });

  it('[CHAT-44] what is deleted is not kept, and what is missing is found', () => {
    const log = logOf(all);
    expect(JSON.stringify([...log.missing({})])).not.toContain('ben 1');
    const some = logOf(all.slice(0, 4));
    const rest = log.missing(some.have());
    expect(rest.map(idOf).sort()).toEqual(all.slice(4).map(idOf).sort());
    expect(some.lacks(log.have())).toBe(true);
    rest.forEach(entry => some.add(entry));
    expect(some.digest).toBe(log.digest);
    expect(log.missing(some.have())).toEqual([]);
  });
});
