/** Two copies that read differently are found by a digest that both languages make alike. */
import { readFileSync } from 'fs';
import { join } from 'path';
import * as Y from 'yjs';

import { copyDigest, Reopenings } from '../copy';

interface ICase {
  readonly kind: string;
  readonly update: string;
  readonly digest: string;
}

const { cases } = JSON.parse(
  readFileSync(
    join(__dirname, '../../../protocol/vectors/copies.json'),
    'utf-8'
  )
) as { cases: ICase[] };

describe('copyDigest', () => {
  it.each(cases)('[ROOM-33] $kind', ({ kind, update, digest }) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Buffer.from(update, 'hex'));
    expect(copyDigest(doc, kind)).toBe(digest);
  });
});

describe('Reopenings', () => {
  it('[ROOM-33] lets a document be opened anew once a minute', () => {
    let now = 0;
    const reopenings = new Reopenings(() => now);
    expect([reopenings.take('a'), reopenings.take('a')]).toEqual([true, false]);
    expect(reopenings.take('b')).toBe(true);
    now = 60_001;
    expect(reopenings.take('a')).toBe(true);
  });
});
