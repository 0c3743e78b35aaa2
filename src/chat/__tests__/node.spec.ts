import {
  ChatNode,
  hashText,
  IEntry,
  IMember,
  INotice,
  Keys,
  Log,
  signedBytes
} from '..';
import { CHAT } from '../../protocol';

const session = 's-1';

/** Pages of a few people; the test passes their frames on, as the broker would. */
class Page {
  constructor(
    readonly person: string,
    readonly name: string
  ) {
    this.node = new ChatNode({
      clock: { now: () => 1_800_000_000_000, later: () => () => undefined },
      random: () => 0.5
    });
    this.node.listen(event => {
      if (event.kind === 'notice') {
        this.notices.push(event.notice);
      }
    });
    this.node.connect(message => void this.sent.push(message as ISent));
  }

  readonly node: ChatNode;
  readonly notices: INotice[] = [];
  readonly sent: ISent[] = [];

  get member(): IMember {
    const { key, seal } = this.node.keys;
    const person = {
      ...{ id: this.person, name: this.person, color: '', initials: '' },
      ...{ role: 'editor', host: false, verified: false }
    };
    return { node: this.name, key, seal, person, away: false, digest: '' };
  }

  hear(...messages: object[]): void {
    this.node.receive(JSON.stringify(messages));
  }

  /** What was sent of a type since the last call. */
  take(type: string): ISent[] {
    const found = this.sent.filter(message => message.type === type);
    this.sent.splice(0);
    return found;
  }
}

interface ISent {
  readonly type: string;
  readonly [name: string]: unknown;
}

function meet(...pages: Page[]): void {
  const members = pages.map(({ member }) => member);
  pages.forEach(page => {
    const { person } = page.member;
    page.hear({
      ...{ type: 'welcome', session, node: page.name, person, members },
      ...{ authors: [], newcomers: 'all', since: 0, time: 0 }
    });
  });
}

function entryOf(
  keys: Keys,
  author: string,
  seq: number,
  text: string,
  at = 1
) {
  const body = { salt: 's'.repeat(22), text };
  const entry = {
    ...{ author, key: keys.key, seq, time: seq, kind: 'message' as const },
    ...{ hash: hashText(body.salt, text), size: text.length, body }
  };
  const signature = keys.sign(signedBytes(session, entry));
  return { ...entry, signature, stamp: { at, host: false, mac: `m${at}` } };
}

const texts = (log: Log) => log.messages.map(({ text }) => text);

describe('[CHAT-45] two entries under one number', () => {
  it('are found by comparing, told, and settled alike everywhere', () => {
    const [ada, ben, eve] = ['ada', 'ben', 'eve'].map(
      name => new Page(name, `n-${name}`)
    );
    meet(ada, ben, eve);
    const { keys } = eve.node;
    const before = entryOf(keys, 'eve', 1, 'hello', 1);
    [ada, ben].forEach(page => page.hear({ type: 'entry', entry: before }));
    const one = entryOf(keys, 'eve', 2, 'to Ada', 5);
    const other = entryOf(keys, 'eve', 2, 'to Ben', 7);
    ada.hear({ type: 'entry', entry: one });
    ben.hear({ type: 'entry', entry: other });
    expect(ada.node.log.digest).not.toBe(ben.node.log.digest);

    const pass = (asker: Page, asked: Page) => {
      const { log } = asker.node;
      const [have, marks] = [log.have(), log.marks];
      asked.take('history');
      const question = { type: 'wanted', id: 'q', node: asker.name, since: 0 };
      asked.hear({ ...question, have, marks });
      const [answer] = asked.take('history');
      (answer.entries as IEntry[]).forEach(entry =>
        asker.node.take(entry, false)
      );
    };
    pass(ben, ada);
    expect(ben.notices).toEqual([{ kind: 'twofold', author: 'eve' }]);
    pass(ada, ben);
    expect(texts(ben.node.log)).toEqual(['hello', 'to Ada']);
    expect(texts(ada.node.log)).toEqual(texts(ben.node.log));
    expect(ada.node.log.digest).toBe(ben.node.log.digest);
    expect(ada.node.log.marks).toEqual(ben.node.log.marks);
  });

  it('are not suspected when nothing differs', () => {
    const log = new Log();
    const keys = new Keys();
    [1, 2, 3].forEach(seq => log.add(entryOf(keys, 'ada', seq, `${seq}`)));
    expect(log.missing(log.have(), 0, log.marks)).toEqual([]);
  });
});

describe('[CHAT-46] a page keeps so much and no more', () => {
  const limits = { entries: 50, characters: 1000 };
  const keys = new Keys();
  const entries = Array.from({ length: 80 }, (_, at) =>
    entryOf(keys, 'ada', at + 1, `text ${at + 1}`)
  );

  it('the oldest go, on every page the same, and are not asked for again', () => {
    const there = new Log(limits);
    const back = new Log(limits);
    const late = new Log(limits);
    entries.forEach(entry => there.add(entry));
    [...entries].reverse().forEach(entry => back.add(entry));
    expect(there.size).toBe(50);
    expect(there.isShortened).toBe(true);
    expect(texts(there)[0]).toBe('text 31');
    expect(texts(back)).toEqual(texts(there));
    expect(there.add(entries[3])).toBe(false);
    expect(there.missing(back.have(), 0, back.marks)).toEqual([]);
    there.missing({}).forEach(entry => late.add(entry));
    expect(late.digest).toBe(there.digest);
  });

  it('of long texts too, and of the texts of a thread', () => {
    const log = new Log(limits);
    const long = (seq: number) => {
      const text = `${seq}`.repeat(400);
      const entry = entryOf(keys, 'ada', seq, text);
      const head = { salt: 's'.repeat(22), head: text.slice(0, 10) };
      log.add({ ...entry, head_hash: 'h', body: head } as IEntry);
      return log.fill(log.messages[seq - 1].id, head.salt, text);
    };
    expect([1, 2, 3].map(long)).toEqual([true, true, true]);
    expect(texts(log).map(text => text?.length)).toEqual([undefined, 400, 400]);
    const thread = new Log({ ...limits, whole: true });
    entries.forEach(({ seq }) =>
      thread.add(entryOf(keys, 'ada', seq, 'x'.repeat(300)))
    );
    expect(thread.size).toBe(3);
  });

  it('by the limits of the protocol', () => {
    expect(CHAT.kept_entries).toBeGreaterThanOrEqual(10_000);
  });
});

describe('[CHAT-47] a 1-to-1 thread after a reload', () => {
  /** What the server passes on of a sealed message. */
  const letter = (from: Page, to: Page, sent: ISent) => {
    const boxes = sent.boxes as { node: string; box: string }[];
    const box = boxes.find(({ node }) => node === to.name)?.box;
    const who = { node: from.name, from: from.person, to: sent.to };
    return { type: 'direct', ...who, at: 5, box, data: sent.data };
  };

  it('comes back from the other one, only when that one says so', () => {
    const [ada, ben] = [new Page('ada', 'n1'), new Page('ben', 'n2')];
    meet(ada, ben);
    ada.take('direct');
    ada.node.post('psst', undefined, 'ben');
    const [sent] = ada.take('direct');
    ben.hear(letter(ada, ben, sent));
    ada.hear({ type: 'delivered', id: sent.id, at: 5 });
    expect(ada.node.letters.isLacking('ben')).toBe(false);

    const again = new Page('ben', 'n3');
    meet(again, ada);
    const vouched = { type: 'author', ...ben.member };
    again.hear(vouched);
    ada.hear({ type: 'left', node: 'n2' }, { type: 'joined', ...again.member });
    expect(ada.take('direct')).toEqual([]);
    expect(ada.node.letters.isLacking('ben')).toBe(true);
    ada.node.letters.sendAgain('ben');
    const [back] = ada.take('direct');
    expect(JSON.stringify(back)).not.toContain('psst');
    again.hear(letter(ada, again, back));
    expect(texts(again.node.letters.with('ada'))).toEqual(['psst']);
    expect(again.notices).toEqual([{ kind: 'again', from: 'ada' }]);
    expect(ada.node.letters.isLacking('ben')).toBe(false);
  });

  it('takes nothing that the two did not sign for each other', () => {
    const [eve, ben, ada] = ['eve', 'ben', 'ada'].map(
      name => new Page(name, `n-${name}`)
    );
    meet(eve, ben, ada);
    const forged = entryOf(eve.node.keys, 'ben', 1, 'I never said this');
    const elsewhere = entryOf(ada.node.keys, 'ada', 1, 'to all');
    const list = [forged, elsewhere, null, { seq: 1 }];
    const content = { again: list.map(entry => ({ entry, at: 1 })) };
    const sealed = Keys.sealFor(
      [{ node: 'n-ben', seal: ben.node.keys.seal }],
      JSON.stringify(content),
      JSON.stringify([session, 'eve', 'ben'])
    );
    ben.hear(letter(eve, ben, { type: 'direct', to: 'ben', ...sealed }));
    expect(ben.node.letters.with('eve').size).toBe(0);
    expect(ben.notices).toEqual([]);
  });
});

describe('[CHAT-34] who types', () => {
  it('is told at most every 2.5 s, and at once after a message was sent', () => {
    const [ada, ben] = [new Page('ada', 'n1'), new Page('ben', 'n2')];
    meet(ada, ben);
    ada.take('');
    ada.node.type();
    ada.node.type();
    expect(ada.take('typing')).toHaveLength(1);
    ben.hear({ type: 'typing', from: 'ada' });
    expect(ben.node.typing(null).map(({ id }) => id)).toEqual(['ada']);
    ada.node.post('hello');
    const [{ entry }] = ada.take('post');
    ben.hear({ type: 'entry', entry });
    expect(ben.node.typing(null)).toEqual([]);
    ada.node.type();
    expect(ada.take('typing')).toHaveLength(1);
  });
});
