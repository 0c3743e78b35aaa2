import { figures, later, now, until } from './chat-figures.mjs';

/** What typing takes while one says something long. */
export async function typing({ pages, path, base, typists, server }) {
  await typists.ask({
    base,
    path,
    credentials: pages.slice(1).map(({ credential }) => credential),
    perSecond: 2
  });
  const phase = async act => {
    await typists.ask('next');
    const [cpu, began] = [server(), now()];
    const done = act();
    await later(6000);
    const server_cpu = cpu();
    const {
      delays: typed,
      pings,
      cpu: typists_cpu,
      loop_lag
    } = await typists.ask('next');
    const soon = typed.filter(([at]) => at > began + 500 && at < began + 2500);
    const [all, around, ping] = [typed, soon, pings].map(list =>
      figures(list.map(([, ms]) => ms))
    );
    return {
      ...all,
      around_the_message: around,
      ping,
      server_cpu,
      typists: { cpu: typists_cpu, loop_lag },
      ...(await done)
    };
  };
  const quiet = async () => ({});
  const long = async () => {
    await later(500);
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
    return {
      readers: found.filter(Boolean).length,
      read_after_ms: Math.round(now() - began)
    };
  };
  await phase(quiet);
  const found = [];
  for (const [name, act] of Object.entries({
    quiet,
    long: async () => void (await long()),
    between: quiet,
    read,
    after: quiet
  })) {
    found.push([name, await phase(act)]);
  }
  const phases = Object.fromEntries(found);
  const { quiet: first, between, after } = phases;
  const ratio = pick => {
    const base_ms = (pick(first) + pick(between) + pick(after)) / 3;
    const times = ms => Number((ms / base_ms).toFixed(2));
    return {
      base_ms: Number(base_ms.toFixed(1)),
      long: times(pick(phases.long)),
      read: times(pick(phases.read))
    };
  };
  return {
    ...phases,
    ratio: {
      p95: ratio(({ p95 }) => p95),
      around_p95: ratio(({ around_the_message: { p95 } }) => p95)
    }
  };
}
