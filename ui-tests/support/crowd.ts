import WebSocket from 'ws';
import { JupyterServer } from './server';

/** A participant without a page: joined by the gateway's own requests, with the stream of events that a page holds. */
export class Extra {
  private constructor(
    readonly id: string,
    private readonly _events: WebSocket
  ) {}

  static async join(
    { origin }: JupyterServer,
    link: string,
    name: string
  ): Promise<Extra> {
    const { pathname, hash } = new URL(link);
    const session = /\/g\/([^/]+)/.exec(pathname)![1];
    const base = `${origin}/cohost/g/${session}`;
    const answer = await fetch(`${base}/join`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ secret: hash.slice(1), name, carrier: 'bearer' })
    });
    if (!answer.ok) {
      throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    }
    const { participant, credential } = (await answer.json()) as {
      participant: { id: string };
      credential: string;
    };
    const events = new WebSocket(`${base.replace('http', 'ws')}/events`, {
      headers: { Authorization: `Bearer ${credential}` }
    });
    await new Promise((resolve, reject) => {
      events.once('open', resolve);
      events.once('error', reject);
    });
    return new Extra(participant.id, events);
  }

  leave(): void {
    this._events.terminate();
  }
}
