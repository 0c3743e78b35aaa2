import { figures, later, now, until } from './chat-figures.mjs';

const PHASE_MS = 4000;

/**
 * What typing takes while one says something long, in rounds of four phases, so that what else the machine does falls on all kinds: nothing;
 * one says 100,000 characters; nothing; one says as much and all others open it at once. Figures in ms are over all rounds; `ratio`: p95 against
 * that of the phases with nothing, over all rounds, in each, and of the phases of each kind that were disturbed least: the work of the server for
 * the message is in every phase of its kind, what else the machine does is not.
 */
export async function typing({ pages, path, base, typists, server, rounds }) {
  await typists.ask({
    base,
    path,
    credentials: pages.slice(1).map(({ credential }) => credential),
    perSecond: 2
  });
  const phase = async act => {
    await typists.ask('next');
    const cpu = server();
    const [more] = await Promise.all([act(), later(PHASE_MS)]);
    return { ...(await typists.ask('next')), server_cpu: cpu(), ...more };
  };
  const long = async () => {
    await later(300);
    const id = pages[0].node.post('x'.repeat(100_000));
    return `${id.key}:${id.seq}`;
  };
  const read = async () => {
    const id = await long();
    await until(() => pages.every(({ node }) => node.log.get(id)), 5000);
    const began = now();
    const found = await Promise.all(
      pages.slice(1).map(({ node }) => node.fetch(id))
    );
    return { readers: found.filter(Boolean).length, read_ms: now() - began };
  };
  const acts = {
    quiet: async () => ({}),
    long: async () => void (await long()),
    between: async () => ({}),
    read
  };
  await phase(acts.quiet);
  const found = [];
  for (let round = 0; round < rounds; round++) {
    for (const [kind, act] of Object.entries(acts)) {
      found.push({ round, kind, ...(await phase(act)) });
      await later(500);
    }
  }
  return told(found, rounds);
}

function told(found, rounds) {
  const kinds = {
    quiet: ['quiet', 'between'],
    long: ['long'],
    read: ['read']
  };
  const some = (kind, round) =>
    found.filter(
      phase =>
        kinds[kind].includes(phase.kind) &&
        (round === undefined || phase.round === round)
    );
  const times = (phases, name) =>
    figures(phases.flatMap(phase => phase[name]).map(([, ms]) => ms));
  const ratio = (kind, round) => {
    const [these, quiet] = [some(kind, round), some('quiet', round)];
    const p95 = phases => times(phases, 'delays').p95;
    return Number((p95(these) / p95(quiet)).toFixed(2));
  };
  /** Of the phase that the rest of the machine disturbed least. */
  const least = kind =>
    Math.min(...some(kind).map(phase => times([phase], 'delays').p95));
  const every = Array.from({ length: rounds }, (_, round) => round);
  const kindOf = kind => {
    const phases = some(kind);
    const mean = of =>
      phases.reduce((sum, phase) => sum + of(phase), 0) / phases.length;
    const part = of => Number(mean(of).toFixed(3));
    return {
      ...times(phases, 'delays'),
      least_p95: least(kind),
      ping: times(phases, 'pings'),
      server_cpu: part(({ server_cpu }) => server_cpu),
      typists: {
        cpu: part(({ cpu }) => cpu),
        loop_lag_p95: part(({ loop_lag }) => loop_lag.p95)
      },
      ...(kind === 'quiet'
        ? {}
        : {
            ratio: ratio(kind),
            of_rounds: every.map(at => ratio(kind, at)),
            ratio_of_least: Number((least(kind) / least('quiet')).toFixed(2))
          }),
      ...(kind === 'read'
        ? {
            readers: phases.map(({ readers }) => readers),
            read_ms: phases.map(({ read_ms }) => Math.round(read_ms))
          }
        : {})
    };
  };
  return Object.fromEntries(
    Object.keys(kinds).map(kind => [kind, kindOf(kind)])
  );
}
