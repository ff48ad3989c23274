import autocannon from 'autocannon';
import { pacedLoad, type PacedFigures } from './paced-load.ts';
import { cpuSeconds } from './processes.ts';
import type { System } from './systems.ts';

/** What was measured of one server: throughput at full load, latencies at half of it. */
export interface Figures {
  readonly name: string;
  /** Answers per second of the server's CPU time, PostgreSQL's included. */
  readonly perCpuSecond: number;
  readonly perSecond: number;
  /** At half load. */
  readonly paced: PacedFigures;
}

/** As many requests as are answered, for so many seconds. Throws where one failed. */
async function fullLoad(system: System, bodies: readonly string[], duration: number, connections: number) {
  const before = cpuSeconds(system.pids);
  const result = await autocannon({
    url: system.url,
    method: 'POST',
    headers: system.headers,
    connections,
    duration,
    requests: bodies.map((body) => ({ body })),
  });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0) throw new Error(`${system.url}: ${failed} of ${result.requests.total} requests failed`);
  return { ...result, cpu: cpuSeconds(system.pids) - before };
}

/** Full load, then half of what was reached, where latency is taken. */
export async function measure(
  name: string,
  system: System,
  bodies: readonly string[],
  { seconds, connections }: { readonly seconds: number; readonly connections: number },
): Promise<Figures> {
  const warmSeconds = Math.max(1, Math.round(seconds / 3));
  await fullLoad(system, bodies, warmSeconds, connections);
  const full = await fullLoad(system, bodies, seconds, connections);
  const perSecond = full.requests.total / full.duration;
  const { url, headers } = system;
  const paced = await pacedLoad({ url, headers, bodies, perSecond: perSecond / 2, seconds, warmSeconds });
  return { name, perCpuSecond: full.requests.total / full.cpu, perSecond, paced };
}

/** One line of the table. */
export function print({ name, perCpuSecond, perSecond, paced: { latency, lateness } }: Figures): void {
  const rates = [perCpuSecond, perSecond].map((value) => value.toFixed(0).padStart(9));
  const times = [latency.p50, latency.p99, latency.max, lateness.p99].map((value) => value.toFixed(1).padStart(7));
  process.stdout.write(`${[name.padEnd(34), ...rates, ...times].join('  ')}\n`);
}
