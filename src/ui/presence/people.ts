import { Activity, IPeer } from '../../sync';

/** One person, however many tabs they have open. */
export interface IPerson {
  readonly user: IPeer['user'];
  /** Of the busiest tab. */
  readonly activity: Activity;
  /** The tab to look at: in front, and the busiest. */
  readonly peer: IPeer;
}

const ORDER: Record<Activity, number> = { active: 0, idle: 1, away: 2 };

/** How lively a tab is: smaller comes first. */
const rank = (peer: IPeer): number =>
  ORDER[peer.activity ?? 'active'] * 2 + (peer.front ? 0 : 1);

/** The people behind tabs, by name. */
export function personsOf(peers: Iterable<IPeer>): IPerson[] {
  const best = new Map<string, IPeer>();
  for (const peer of peers) {
    const known = best.get(peer.user.username);
    if (!known || rank(peer) < rank(known)) {
      best.set(peer.user.username, peer);
    }
  }
  return [...best.values()]
    .map((peer): IPerson => ({
      user: peer.user,
      activity: peer.activity ?? 'active',
      peer
    }))
    .sort(
      (a, b) =>
        a.user.display_name.localeCompare(b.user.display_name) ||
        (a.user.username < b.user.username ? -1 : 1)
    );
}
