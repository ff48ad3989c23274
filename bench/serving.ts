/**
 * Ratings per second of server CPU, throughput, and latency at half load: `npm run bench:serving -- [options]`.
 *
 *   --peer PATH      serve_peer.py (FastAPI, LightGBM, SHAP; no records), in --python PATH (default PROBITY_PYTHON or python3); skipped without it
 *   --project DIR    a project with a champion and a snapshot (the demo's): ratings by id, apart; --customers N of it (default 2000)
 *   --seconds N      of each measurement (default 10), after a third of it to warm up
 *   --minutes N      afterwards, N minutes of recorded ratings at half load while memory is watched (3 at least)
 *   --advice N       searches for advice on so many made-up customers (default 400, 0: none)
 *
 * A bare Express JSON echo is the ceiling. All in one run, one after the other. Full load is autocannon's, in this process, whose CPU is not counted. Half load is
 * half of the ratings per second that full load reached, sent by a client of our own in a process of its own: at a constant rate, without waiting for
 * answers (an open loop), each latency counted from the instant at which its request was due. Server CPU is that of the server's processes and of PostgreSQL,
 * from /proc. Goals: with records 20 times the peer's ratings per CPU-second; dryRun 40 times, or 60 % of the echo's; p99 at half load under
 * 25 ms with records and under 5 ms without; memory flat over 10 minutes; p95 of a search for advice under 20 ms.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adviceFigures } from './serving/advice.ts';
import { measure, print, type Figures } from './serving/measure.ts';
import { watchMemory } from './serving/memory-watch.ts';
import { makePortfolio } from './serving/portfolio.ts';
import { startEcho, startPeer, startProbity, startProject, type System } from './serving/systems.ts';

const { values: options } = parseArgs({
  options: {
    peer: { type: 'string' },
    python: { type: 'string', default: process.env['PROBITY_PYTHON'] ?? 'python3' },
    project: { type: 'string' },
    customers: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '0' },
    advice: { type: 'string', default: '400' },
    connections: { type: 'string', default: '32' },
  },
});
const seconds = Number(options.seconds);
const connections = Number(options.connections);
const minutes = Number(options.minutes);
const figures: Figures[] = [];

const rated = (rows: readonly object[], dryRun: boolean): string[] =>
  rows.map((row) => JSON.stringify(dryRun ? { ...row, dryRun } : row));

async function taken(name: string, system: System, bodies: readonly string[]): Promise<Figures> {
  const found = await measure(name, system, bodies, { seconds, connections });
  figures.push(found);
  print(found);
  return found;
}

/** Ratings without and with records. */
async function ours(what: string, system: System, rows: readonly object[]): Promise<Figures> {
  await taken(`probity ${what}, dryRun`, system, rated(rows, true));
  return taken(`probity ${what}, recorded`, system, rated(rows, false));
}

async function during(starting: Promise<System>, use: (system: System) => Promise<unknown>): Promise<void> {
  const system = await starting;
  try {
    await use(system);
  } finally {
    await system.stop();
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'probity-bench-serving-'));
try {
  const portfolio = await makePortfolio(folder, 5000, 1);
  const rows = portfolio.rows.map((features) => ({ features }));
  const load = loadavg()[0]?.toFixed(1);
  say(`${cpus().length} cores, load average ${load} before; ${connections} connections, ${seconds} s each`);
  say(`${''.padEnd(34)}  per CPU-s    per s   p50 ms   p99 ms  max ms  late by (p99), ms; latencies at half load`);
  await during(startEcho(), (system) => taken('express echo', system, rated(rows, false)));
  if (options.peer === undefined || !existsSync(options.peer)) say('no peer: name serve_peer.py by --peer');
  else {
    const peer = startPeer(options.python, options.peer, portfolio);
    const bodies = portfolio.rows.map((row) => JSON.stringify(row));
    await during(peer, (system) => taken('peer, no records', system, bodies));
  }
  await during(startProbity(folder, portfolio), async (system) => {
    const { perSecond } = await ours('by features', system, rows);
    if (minutes > 0) await watchMemory(system, rated(rows, false), { minutes, perSecond: perSecond / 2, say });
  });
  if (options.project !== undefined) {
    const ids = Array.from({ length: Number(options.customers) }, (_, i) => `P${String(i + 1).padStart(7, '0')}`);
    const asked = ids.map((customerId) => ({ customerId }));
    await during(startProject(options.project), (system) => ours('by id', system, asked));
  }
  const of = (name: string): number | undefined => figures.find((each) => each.name === name)?.perCpuSecond;
  const [echo, peer] = [of('express echo'), of('peer, no records')];
  for (const { name, perCpuSecond } of figures.filter((each) => each.name.startsWith('probity'))) {
    const share = echo === undefined ? '' : `${((100 * perCpuSecond) / echo).toFixed(0)} % of the echo`;
    const times = peer === undefined ? '' : `, ${(perCpuSecond / peer).toFixed(1)} times the peer`;
    say(`${name}: ${share}${times}, per CPU-second`);
  }
  if (Number(options.advice) > 0) {
    const { searches, found, p50, p95, max, rating } = await adviceFigures(Number(options.advice), 1);
    const times = (p95 / rating).toFixed(0);
    const [half, most, all] = [p50, p95, max].map((value) => value.toFixed(1));
    say(`advice: ${searches} searches, ${found} with acts; CPU p50 ${half} ms, p95 ${most} ms, max ${all} ms`);
    say(`  p95 is ${times} times what rating and deciding take (${rating.toFixed(3)} ms)`);
  }
  say(`load average ${loadavg()[0]?.toFixed(1)} after`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
