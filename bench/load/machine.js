/** Processes as /proc (Linux) tells of them, and time. */
import fs from 'node:fs';
import net from 'node:net';

const TICKS_PER_SECOND = 100;

export const now = () => performance.now();
export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
export const round = (value, digits = 1) => Number(value.toFixed(digits));

/** Resolves with whether `condition` became true within `ms`. */
export async function until(condition, ms, every = 10) {
  const end = now() + ms;
  while (!(await condition())) {
    if (now() > end) {
      return false;
    }
    await sleep(every);
  }
  return true;
}

/** Seconds of processor time so far, of user and system. */
export function cpuSeconds(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** Resident memory in MiB. */
export function memory(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  return round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
}

export const descriptors = pid => fs.readdirSync(`/proc/${pid}/fd`).length;

/** Percent of one core that a process takes while nothing is asked of it. */
export async function idlePercent(pid, seconds) {
  const before = cpuSeconds(pid);
  await sleep(seconds * 1000);
  return round(((cpuSeconds(pid) - before) / seconds) * 100);
}

export async function freePort() {
  const probe = net.createServer();
  await new Promise(resolve => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise(resolve => probe.close(resolve));
  return port;
}

/** Runs `task(item, index)` over the items, `width` at a time; keeps the order. */
export async function inLanes(items, width, task) {
  const results = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await task(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

/**
 * Calls `action(i)` for each of `count` actors, `perSecond` times a second, evenly spread. What is due while the loop is late
 * is done late, not dropped. Returns the number of calls.
 */
export async function pace({ count, perSecond, seconds, action }) {
  const period = 1000 / perSecond;
  const start = now();
  const total = Math.floor(seconds * perSecond) * count;
  for (let done = 0; done < total;) {
    const due = Math.min(
      total,
      Math.floor(((now() - start) / period) * count) + 1
    );
    for (; done < due; done++) {
      action(done % count);
    }
    const wait = start + (done * period) / count - now();
    await sleep(Math.max(0, wait));
  }
  return total;
}

/** Counts milliseconds in steps of a tenth; percentiles without keeping millions of samples. */
export class Histogram {
  _counts = new Uint32Array(600_000);
  number = 0;
  max = 0;

  add(ms) {
    this._counts[Math.min(this._counts.length - 1, Math.max(0, ms * 10) | 0)]++;
    this.number++;
    this.max = Math.max(this.max, ms);
  }

  at(part) {
    let left = this.number * part;
    const index = this._counts.findIndex(count => (left -= count) < 0);
    return index < 0 ? round(this.max) : index / 10;
  }

  summary() {
    return this.number === 0
      ? null
      : {
          p50: this.at(0.5),
          p95: this.at(0.95),
          p99: this.at(0.99),
          max: round(this.max)
        };
  }
}

/** The processor time of a server and of this process, and how late this process is (p99, ms). */
export function watchLoad(pid) {
  const lag = new Histogram();
  let last = now();
  const timer = setInterval(() => {
    lag.add(now() - last - 10);
    last = now();
  }, 10);
  const [server, mine, start] = [
    cpuSeconds(pid),
    cpuSeconds(process.pid),
    now()
  ];
  return () => {
    clearInterval(timer);
    return {
      wall_s: round((now() - start) / 1000),
      server_cpu_s: round(cpuSeconds(pid) - server, 2),
      generator_cpu_s: round(cpuSeconds(process.pid) - mine, 2),
      generator_late_p99_ms: lag.at(0.99),
      memory_mib: memory(pid)
    };
  };
}
