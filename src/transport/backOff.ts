/**
 * Milliseconds to wait before connection attempt number `attempt` (from 1): doubling from 200 ms to 30 s, with a random
 * half, so that the pages of a server that restarts do not come back all at once.
 *
 * @param random - a number in [0, 1).
 */
export function backOff(attempt: number, random: number): number {
  const ceiling = Math.min(30_000, 100 * 2 ** attempt);
  return ceiling * (0.5 + random / 2);
}
