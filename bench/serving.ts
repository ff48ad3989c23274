/**
 * Ratings per second of server CPU, throughput, and latency at half load: `npm run bench:serving -- [options]`.
 *
 *   --peer PATH      serve_peer.py (FastAPI, LightGBM, SHAP; no records), in --python PATH (default PROBITY_PYTHON or python3); skipped without it
 *   --project DIR    a project with a champion and a snapshot (the demo's): ratings by id, apart; --customers N of it (default 2000)
 *   --seconds N      of each measurement (default 10), after a third of it to warm up
 *   --minutes N      afterwards, N minutes of ratings while the server's memory is watched
 *
 * Ours is measured with durable records, and without (`dryRun`) where the server knows that. A bare Express JSON echo is the ceiling. All in one
 * run, one after the other, by one client (autocannon, in this process, whose CPU is not counted). Server CPU is that of the server's processes and of
 * PostgreSQL, from /proc. Goals: with records 20 times the peer's ratings per CPU-second; dryRun 40 times, or 60 % of the echo's; p99 at
 * half load under 25 ms with records and under 5 ms without.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { makePortfolio } from './serving/portfolio.ts';
import { cpuSeconds, residentMiB } from './serving/processes.ts';
import { startEcho, startPeer, startProbity, startProject, type System } from './serving/systems.ts';

const { values: options } = parseArgs({
  options: {
    peer: { type: 'string' },
    python: { type: 'string', default: process.env['PROBITY_PYTHON'] ?? 'python3' },
    project: { type: 'string' },
    customers: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '0' },
    connections: { type: 'string', default: '32' },
  },
});
const seconds = Number(options.seconds);
const connections = Number(options.connections);

interface Figures {
  readonly name: string;
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

async function load(system: System, bodies: readonly string[], duration: number, overallRate?: number) {
  const before = cpuSeconds(system.pids);
  const result = await autocannon({
    url: system.url,
    method: 'POST',
    headers: system.headers,
    connections,
    duration,
    ...(overallRate === undefined ? {} : { overallRate }),
    requests: bodies.map((body) => ({ body })),
  });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0) throw new Error(`${system.url}: ${failed} of ${result.requests.total} requests failed`);
  return { ...result, cpu: cpuSeconds(system.pids) - before };
}

/** Full load, then half of what was reached, where latency is taken. */
async function measure(name: string, system: System, bodies: readonly string[]): Promise<Figures> {
  await load(system, bodies, Math.max(1, Math.round(seconds / 3)));
  const full = await load(system, bodies, seconds);
  const perSecond = full.requests.total / full.duration;
  const half = await load(system, bodies, seconds, Math.max(1, Math.round(perSecond / 2)));
  const figures = {
    name,
    perCpuSecond: full.requests.total / full.cpu,
    perSecond,
    p50: half.latency.p50,
    p99: half.latency.p99,
  };
  print(figures);
  return figures;
}

function print({ name, perCpuSecond, perSecond, p50, p99 }: Figures): void {
  const cells = [name.padEnd(34), perCpuSecond.toFixed(0).padStart(9), perSecond.toFixed(0).padStart(9), p50, p99];
  process.stdout.write(`${cells.map((cell) => String(cell).padStart(6)).join('  ')}\n`);
}

const knowsDryRun = async (system: System): Promise<boolean> =>
  (await (await fetch(new URL('/openapi.json', system.url))).text()).includes('"dryRun"');

const rated = (rows: readonly object[], dryRun: boolean): string[] =>
  rows.map((row) => JSON.stringify(dryRun ? { ...row, dryRun } : row));

async function ours(what: string, system: System, rows: readonly object[]): Promise<Figures[]> {
  if (!(await knowsDryRun(system))) return [await measure(`probity ${what}`, system, rated(rows, false))];
  return [
    await measure(`probity ${what}, dryRun`, system, rated(rows, true)),
    await measure(`probity ${what}, recorded`, system, rated(rows, false)),
  ];
}

/** Rates for minutes and watches the memory: what it was after the first minute and at the end. */
async function flat(system: System, rows: readonly object[], minutes: number): Promise<void> {
  const seen: number[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    await load(system, rated(rows, false), 60);
    seen.push(residentMiB(system.pids.slice(0, 1)));
    process.stdout.write(`minute ${minute + 1}: server ${seen.at(-1)?.toFixed(0)} MiB\n`);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'probity-bench-serving-'));
const figures: Figures[] = [];
async function during<T>(starting: Promise<System>, use: (system: System) => Promise<T>): Promise<T> {
  const system = await starting;
  try {
    return await use(system);
  } finally {
    await system.stop();
  }
}

try {
  const portfolio = await makePortfolio(folder, 5000, 1);
  const rows = portfolio.rows.map((features) => ({ features }));
  process.stdout.write(`${cpus().length} cores, ${connections} connections, ${seconds} s each\n`);
  process.stdout.write(`${''.padEnd(34)}  per CPU-s   per s     p50 ms  p99 ms at half load\n`);
  await during(startEcho(), async (system) => figures.push(await measure('express echo', system, rated(rows, false))));
  if (options.peer === undefined || !existsSync(options.peer))
    process.stdout.write('no peer: name serve_peer.py by --peer\n');
  else {
    const peer = startPeer(options.python, options.peer, portfolio);
    const bodies = portfolio.rows.map((row) => JSON.stringify(row));
    await during(peer, async (system) => figures.push(await measure('peer, no records', system, bodies)));
  }
  await during(startProbity(folder, portfolio), async (system) => {
    figures.push(...(await ours('by features', system, rows)));
    await flat(system, rows, Number(options.minutes));
  });
  if (options.project !== undefined) {
    const ids = Array.from({ length: Number(options.customers) }, (_, i) => `P${String(i + 1).padStart(7, '0')}`);
    const asked = ids.map((customerId) => ({ customerId }));
    await during(startProject(options.project), async (system) =>
      figures.push(...(await ours('by id', system, asked))),
    );
  }
  const of = (name: string): number | undefined => figures.find((each) => each.name === name)?.perCpuSecond;
  const [echo, peer] = [of('express echo'), of('peer, no records')];
  for (const { name, perCpuSecond } of figures.filter((each) => each.name.startsWith('probity'))) {
    const share = echo === undefined ? '' : `${((100 * perCpuSecond) / echo).toFixed(0)} % of the echo`;
    const times = peer === undefined ? '' : `, ${(perCpuSecond / peer).toFixed(1)} times the peer`;
    process.stdout.write(`${name}: ${share}${times}, per CPU-second\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
