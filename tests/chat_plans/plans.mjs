/**
 * Random plans of join, leave, cut, restart, post, edit, delete over chat nodes. The broker is the real one, in Python, at the
 * other end of this process's pipes: commands go out as JSON lines, and its answer says which frames go to whom.
 *
 *   node plans.mjs FIRST_SEED COUNT      prints {"failed": [...]} at the end (on stderr)
 */
import { register } from 'node:module';
import { createInterface } from 'node:readline';

register('../../examples/lib-hooks.mjs', import.meta.url);
const { ChatNode, verify } = await import('../../lib/chat/index.js');

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
async function broker(command) {
  process.stdout.write(`${JSON.stringify(command)}\n`);
  return JSON.parse((await lines.next()).value);
}

/** mulberry32 */
function randomOf(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class Clock {
  time = 1_800_000_000_000;
  timers = [];
  now = () => this.time;
  later = (ms, call) => {
    const timer = { at: this.time + ms, call };
    this.timers.push(timer);
    return () => (this.timers = this.timers.filter(other => other !== timer));
  };
  advance(ms) {
    const until = this.time + ms;
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) {
        break;
      }
      this.timers = this.timers.filter(other => other !== due);
      this.time = Math.max(this.time, due.at);
      due.call();
    }
    this.time = until;
  }
}

const checked = new Map();
const memoVerify = (signature, bytes, key) => {
  const id = `${signature}${key}${bytes.length}`;
  if (!checked.has(id)) {
    checked.set(id, verify(signature, bytes, key));
  }
  return checked.get(id);
};

class Plan {
  constructor(seed) {
    this.random = randomOf(seed);
    this.clock = new Clock();
    this.nodes = new Map();
    this.outgoing = [];
    this.connections = 0;
    this.forged = 0;
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  join() {
    const { clock, random } = this;
    const person = this.random() < 0.2 ? 'host' : `p${Math.floor(this.random() * 4)}`;
    const node = new ChatNode({ clock, random, verify: memoVerify });
    node.listen(event => {
      this.forged += event.kind === 'notice' && event.notice.kind === 'forged' ? 1 : 0;
    });
    const page = { node, person, connection: null };
    this.nodes.set(node, page);
    this.connect(page);
  }

  connect(page) {
    page.connection = `c${++this.connections}`;
    this.outgoing.push({ do: 'open', connection: page.connection, person: page.person });
    const { connection } = page;
    page.node.connect(message => this.outgoing.push({ do: 'say', connection, frame: JSON.stringify(message) }));
  }

  cut(page, clean = false) {
    this.outgoing.push({ do: 'close', connection: page.connection, clean });
    page.connection = null;
    page.node.disconnect();
  }

  /** Passes messages until nothing is on its way. */
  async settle() {
    while (this.outgoing.length > 0) {
      const commands = this.outgoing.splice(0);
      const answer = await broker({ now: this.clock.time / 1000, commands });
      this.hear(answer);
    }
  }

  hear({ frames, closed }) {
    for (const [connection, frame] of frames) {
      const page = [...this.nodes.values()].find(other => other.connection === connection);
      page?.node.receive(frame);
    }
    for (const connection of closed) {
      const page = [...this.nodes.values()].find(other => other.connection === connection);
      if (page) {
        page.connection = null;
        page.node.disconnect();
      }
    }
  }

  async wait(ms) {
    for (let left = ms; left > 0; left -= 500) {
      this.clock.advance(Math.min(left, 500));
      this.outgoing.push({ do: 'tick' });
      await this.settle();
    }
  }

  async step() {
    const pages = [...this.nodes.values()];
    const page = this.pick(pages);
    const here = page?.node.me ? page : null;
    const dice = this.random();
    if (pages.length < 2 || dice < 0.12) {
      if (pages.length < 7) {
        this.join();
      }
    } else if (dice < 0.2) {
      if (pages.length > 2 && page.connection) {
        page.node.leave();
        this.cut(page, true);
        this.nodes.delete(page.node);
      }
    } else if (dice < 0.3) {
      page.connection ? this.cut(page) : this.connect(page);
    } else if (dice < 0.33) {
      this.outgoing.push({ do: 'restart' });
    } else if (here && dice < 0.75) {
      const { messages } = here.node.log;
      const answered = this.random() < 0.3 && messages.length > 0 ? this.pick(messages).id : undefined;
      const long = this.random() < 0.05 ? 'long '.repeat(2000) : '';
      here.node.post(`said ${this.random()} ${long}`, answered);
    } else if (here && here.node.log.messages.length > 0) {
      const { id, entry } = this.pick(here.node.log.messages);
      const isMine = entry.author === here.person;
      if (dice < 0.83) {
        isMine && here.node.edit(id, `changed ${this.random()}`);
      } else if (dice < 0.9) {
        (isMine || here.node.me.host) && here.node.remove(id);
      } else {
        here.node.react(id, this.pick(['a', 'b']), this.random() < 0.7);
      }
    }
    if (this.random() < 0.6) {
      await this.settle();
    }
    if (this.random() < 0.4) {
      await this.wait(this.pick([300, 1500, 7000]));
    }
  }

  /** Everybody comes back, and time passes until nobody asks for anything. */
  async finish() {
    for (const page of this.nodes.values()) {
      if (!page.connection) {
        this.connect(page);
      }
    }
    await this.settle();
    for (let round = 0; round < 30; round++) {
      await this.wait(2500);
      for (const page of this.nodes.values()) {
        if (!page.connection) {
          this.connect(page);
        }
      }
      const [first, ...rest] = this.views();
      if (round > 2 && rest.every(view => view === first) && !this.pending()) {
        break;
      }
    }
  }

  pending() {
    return [...this.nodes.keys()].some(node => node.log.messages.some(message => message.pending));
  }

  views() {
    return [...this.nodes.keys()].map(node =>
      JSON.stringify(
        node.log.messages.map(({ id, text, head, size, edited, deleted, reactions, answers }) => [
          ...[id, size > 5000 ? head : text, size, edited, deleted, reactions, answers]
        ])
      )
    );
  }

  problems(posted) {
    const found = [];
    const [first, ...rest] = this.views();
    rest.some(view => view !== first) && found.push('different discussions');
    this.pending() && found.push('something was never sent');
    this.forged && found.push('something honest was refused');
    for (const node of this.nodes.keys()) {
      const place = new Map(node.log.messages.map(({ id }, at) => [id, at]));
      node.log.messages.forEach(({ answers }, at) => answers && place.get(answers) >= at && found.push('an answer stands first'));
      posted.get(node)?.forEach(id => !place.has(id) && found.push('lost what was said by who stayed'));
    }
    return found;
  }

  /** What those who are here have said, as far as the server took it. */
  posted() {
    return new Map([...this.nodes.keys()].map(node => [node, node.log.messages.filter(({ pending }) => !pending).map(({ id }) => id)]));
  }

  async leaveAll() {
    for (const page of this.nodes.values()) {
      page.node.leave();
      this.cut(page, true);
    }
    this.nodes.clear();
    await this.settle();
    await this.wait(6000);
    this.join();
    await this.settle();
    await this.wait(8000);
    const [node] = this.nodes.keys();
    return node.log.size === 0 ? [] : ['something was left after the last one'];
  }
}

const [first, count] = process.argv.slice(2).map(Number);
const failed = [];
for (let seed = first; seed < first + count; seed++) {
  await broker({ now: 1_800_000_000, commands: [{ do: 'begin', seed }] });
  const plan = new Plan(seed);
  for (let step = 0; step < 30; step++) {
    await plan.step();
  }
  const posted = plan.posted();
  await plan.finish();
  const problems = plan.problems(posted);
  problems.push(...(await plan.leaveAll()));
  if (problems.length > 0) {
    failed.push({ seed, problems: [...new Set(problems)] });
  }
  checked.clear();
}
await broker({ now: 0, commands: [{ do: 'end', failed }] }).catch(() => undefined);
process.exit(0);
