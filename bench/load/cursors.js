/** People who move a cursor, and how old each state is when the others have it; only the newest state counts. */
import { awarenessClocks } from './client.js';
import { Histogram, now, pace, round, sleep, until } from './machine.js';

const place = clock => ({
  type: null,
  tname: 'source',
  item: { client: 1, clock },
  assoc: 0
});

const state = clock => ({
  cursors: [
    { anchor: place(clock), head: place(clock), primary: true, empty: true }
  ]
});

export class Cursors {
  times = new Histogram();
  _sent = new Map();
  _last = 0;

  /** Everybody in `clients` moves `rate` times a second; 0: nobody. */
  constructor(clients, rate) {
    Object.assign(this, { _clients: clients, _rate: rate });
    for (const client of clients) {
      client.cursors = this;
      client.clocks = new Map();
      this._sent.set(client.id, []);
    }
  }

  /** Everybody is there once, which costs more than a move. */
  async warmUp() {
    if (this._rate) {
      this._clients.forEach(client => this._move(client));
      await sleep(1500);
      this.times = new Histogram();
    }
  }

  async run(seconds) {
    if (!this._rate) {
      return;
    }
    const clients = this._clients;
    this._moves = await pace({
      count: clients.length,
      perSecond: this._rate,
      seconds,
      action: i => this._move(clients[i])
    });
    const ended = now();
    const pairs = clients.length * (clients.length - 1);
    await until(() => this._settled() === pairs, 5000, 5);
    this._settledMs = now() - ended;
    this._missing = pairs - this._settled();
  }

  _move(client) {
    const clock = client.move(state(client.awarenessClock));
    this._sent.get(client.id)[clock] = now();
  }

  received(client, update) {
    const time = now();
    for (const [id, clock] of awarenessClocks(update)) {
      const sent = this._sent.get(id);
      if (sent && id !== client.id && clock > (client.clocks.get(id) ?? 0)) {
        client.clocks.set(id, clock);
        if (sent[clock] !== undefined) {
          this.times.add(time - sent[clock]);
        }
      }
    }
  }

  _settled() {
    let settled = 0;
    for (const { id, clocks } of this._clients) {
      for (const other of this._clients) {
        if (other.id !== id && clocks.get(other.id) === other.awarenessClock) {
          settled++;
        }
      }
    }
    return settled;
  }

  summary() {
    return {
      moves: this._moves,
      age_ms: this.times.summary(),
      arrived: this.times.number,
      last_state_settled_ms: round(this._settledMs),
      pairs_without_last_state: this._missing
    };
  }
}
