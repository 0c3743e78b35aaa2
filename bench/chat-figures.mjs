/** Figures and clocks that the parts of the chat's load share. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds since 1970, with fractions: comparable between processes of one machine. */
export const now = () => performance.timeOrigin + performance.now();

export const later = ms => new Promise(resolve => setTimeout(resolve, ms));

/** @returns false when it did not become true in time. */
export async function until(condition, ms = 60_000) {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) {
      return false;
    }
    await later(50);
  }
  return true;
}

export function figures(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const at = part =>
    Number(
      (
        sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ??
        0
      ).toFixed(1)
    );
  return {
    count: sorted.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1)
  };
}

/** Parts of one core that this process takes, and by how many ms its own timers are late: what is not the server's. */
export function load() {
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const [before, began] = [process.cpuUsage(), performance.now()];
  return () => {
    loop.disable();
    const { user, system } = process.cpuUsage(before);
    const lag = part =>
      Number(Math.max(0, loop.percentile(part) / 1e6 - 10).toFixed(1));
    const cpu = (user + system) / 1000 / (performance.now() - began);
    return {
      cpu: Number(cpu.toFixed(2)),
      loop_lag: { p95: lag(95), p99: lag(99), max: lag(100) }
    };
  };
}

/** Seconds of CPU of another process so far. */
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .split(') ')[1]
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
