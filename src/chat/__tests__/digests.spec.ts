import { ChatNode, hashText, Keys, signedBytes } from '..';

const session = 's-1';

/** A clock that the test moves. */
class HandClock {
  time = 1_800_000_000_000;

  now = () => this.time;

  later = (ms: number, call: () => void) => {
    const timer = { at: this.time + ms, call };
    this._timers.add(timer);
    return () => void this._timers.delete(timer);
  };

  advance(ms: number): void {
    const end = this.time + ms;
    for (this.time += 100; this.time <= end; this.time += 100) {
      for (const timer of [...this._timers]) {
        if (timer.at <= this.time && this._timers.delete(timer)) {
          timer.call();
        }
      }
    }
    this.time = end;
  }

  private _timers = new Set<{ at: number; call: () => void }>();
}

interface ISent {
  readonly type: string;
  readonly from?: string;
}

/** A page with two others, who held nothing when it came; it has just heard what one of them said. */
function start() {
  const clock = new HandClock();
  const sent: ISent[] = [];
  const node = new ChatNode({ clock, random: () => 0.5 });
  const hear = (...messages: object[]) =>
    node.receive(JSON.stringify(messages));
  node.connect(message => void sent.push(message as ISent));
  const keys = new Keys();
  const person = (id: string) => ({
    ...{ id, name: id, color: '', initials: '', role: 'editor' },
    ...{ host: false, verified: false }
  });
  const members = ['ada', 'ben'].map(id => ({
    ...{ node: `n-${id}`, key: keys.key, seal: keys.seal, person: person(id) },
    ...{ away: false, digest: 'nothing' }
  }));
  hear({
    ...{ type: 'welcome', session, node: 'n-eve', person: person('eve') },
    ...{ members, authors: [], newcomers: 'all', since: 0, time: 0 }
  });
  const [question] = sent.filter(({ type }) => type === 'want') as {
    readonly id: string;
  }[] &
    ISent[];
  for (const { node: from } of members) {
    const answer = { type: 'history', id: question.id, node: from };
    hear({ ...answer, entries: [], done: true });
  }
  hear({ type: 'author', key: keys.key, person: person('ada') });
  const body = { salt: 's'.repeat(22), text: 'hello' };
  const entry = {
    ...{ author: 'ada', key: keys.key, seq: 1, time: 1 },
    ...{ kind: 'message' as const, hash: hashText(body.salt, body.text) },
    ...{ size: 5, body }
  };
  const signature = keys.sign(signedBytes(session, entry));
  const stamp = { at: 1, host: false, mac: 'm' };
  hear({ type: 'entry', entry: { ...entry, signature, stamp } });
  sent.splice(0);
  const tell = (from: string, digest: string) =>
    hear({ type: 'digest', node: from, digest });
  return { clock, sent, node, tell };
}

const types = (sent: readonly ISent[]) => sent.map(({ type }) => type);

describe('[CHAT-44] differences are found by digests', () => {
  it('and a digest from before a message is none', () => {
    const { clock, sent, node, tell } = start();
    clock.advance(2000);
    expect(types(sent)).toEqual(['digest']);
    ['n-ada', 'n-ben'].forEach(from => tell(from, node.log.digest));
    clock.advance(20_000);
    expect(types(sent)).toEqual(['digest']);
  });

  it('of who tells another one after it', () => {
    const { clock, sent, node, tell } = start();
    tell('n-ada', node.log.digest);
    clock.advance(500);
    tell('n-ben', 'something else');
    clock.advance(3500);
    expect(sent.filter(({ type }) => type === 'want')).toMatchObject([
      { from: 'n-ben' }
    ]);
  });

  it('and who tells nothing is asked later', () => {
    const { clock, sent, node, tell } = start();
    tell('n-ada', node.log.digest);
    clock.advance(8000);
    expect(sent.filter(({ type }) => type === 'want')).toMatchObject([
      { from: 'n-ben' }
    ]);
  });
});
