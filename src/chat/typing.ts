import { IClock } from './events';

const SHOWN_MS = 4000;
const SENT_MS = 2500;

/** Who types now, here and elsewhere. */
export class Typing {
  constructor(private readonly _clock: IClock) {}

  /** Whether it is time to tell others that this person types. */
  isDue(): boolean {
    const now = this._clock.now();
    if (now - this._sentAt < SENT_MS) {
      return false;
    }
    this._sentAt = now;
    return true;
  }

  /** This person has sent what was typed: the next key is told at once. */
  sent(): void {
    this._sentAt = 0;
  }

  /** @param peer - the thread, or null for everybody. */
  heard(from: string, peer: string | null): void {
    this._signs.set(from, { until: this._clock.now() + SHOWN_MS, peer });
  }

  stopped(from: string): void {
    this._signs.delete(from);
  }

  /** Participants who type in this thread. */
  now(peer: string | null): string[] {
    const now = this._clock.now();
    return [...this._signs]
      .filter(([, sign]) => sign.until > now && sign.peer === peer)
      .map(([id]) => id);
  }

  private readonly _signs = new Map<
    string,
    { until: number; peer: string | null }
  >();
  private _sentAt = 0;
}
