/**
 * From an acknowledged event to the delivered warning: `npm run bench:delivery -- --project DIR [options]`.
 *
 *   --project DIR    a project with a champion and a snapshot (the demo's, from `npm run demo -- --once`); a copy of it is worked in
 *   --rate N         events a second (default 100)
 *   --seconds N      for so long (default 60)
 *   --every N        each N-th request tells of four complaints of a customer, which warns unless the customer is in default (default 10); the others of a log-in
 *
 * The whole stack runs as `probity up` runs it: PostgreSQL, Temporal, a worker, the API. First everybody's signals are looked at: as of the snapshot, as every night, and then those who are met, by an event of each, as of now,
 * because the days since the snapshot warn of much by themselves. All that this warns of is taken in. Then each request goes to POST /v1/events alone, and the customers whom it is about are looked at. The clock runs from the acknowledgement until the warning is seen in its owner's inbox (asked for each 100 ms), until a mail
 * server has its e-mail, and until a receiver has its webhook. Goal: p99 within 10 s of each. Undelivered ones are counted, and fail the run.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { sql } from 'kysely';
import { compiledEntry, dataPaths, literal, loadProject } from '../base/index.ts';
import { startStack } from '../cli/stack/index.ts';
import { loadAlerting, loadWarningHandling } from '../rating/index.ts';
import { openDatabase } from '../records/database/index.ts';
import { createKeys } from '../records/keys/index.ts';
import { startMailServer, startReceiver, type Arrivals } from './delivery/receivers.ts';
import { watchedOf } from './delivery/watched.ts';
import { cpuSeconds } from './serving/processes.ts';

const { values: options } = parseArgs({
  options: {
    project: { type: 'string' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    every: { type: 'string', default: '10' },
  },
});
if (options.project === undefined)
  throw new Error('--project: a project with a champion and a snapshot, such as the demo’s');
const [rate, seconds, every] = [Number(options.rate), Number(options.seconds), Number(options.every)];
const run = promisify(execFile);
const GOAL_MS = 10_000;
const OWNER = 'key:owner';

const folder = await mkdtemp(join(tmpdir(), 'probity-delivery-'));
const mails: Arrivals = new Map();
const hooks: Arrivals = new Map();
const [mailServer, receiver] = await Promise.all([startMailServer(mails), startReceiver(hooks)]);
try {
  await bench();
} finally {
  await Promise.all([mailServer.stop(), receiver.stop()]);
  await rm(folder, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const project = await prepared();
  const stack = await startStack(project, () => {});
  try {
    const database = await openDatabase(stack.databaseUrl);
    const keys = createKeys(database, project.tenant);
    const key = async (name: string, roles: readonly ('applicant-system' | 'admin' | 'credit-officer')[]) =>
      (await keys.create({ name, roles, days: 1, actor: 'bench' })).written;
    const [app, owner, admin] = [
      await key('app', ['applicant-system']),
      await key('owner', ['credit-officer']),
      await key('hooks', ['admin']),
    ];
    await stack.startWorker();
    const url = await stack.startApi();
    const ask = async (method: string, path: string, as: string, body?: unknown) => {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    };
    const customers = await customersOf(project.root);
    const asked = customers.filter((_, i) => i % every === 0).slice(0, Math.ceil((rate * seconds) / every));
    const watched = await watchedOf(project, asked);
    const warned = asked.filter((id) => watched.has(id));
    // Whoever looks after them by the data has them handed over to the owner of this run.
    const happenedAt = new Date().toISOString();
    for (const party_id of warned)
      await ask('POST', '/v1/events', app, {
        source: 'bench',
        events: [{ table: 'staff_assignments', values: { party_id, role: 'credit', staff_id: OWNER }, happenedAt }],
      });
    await run(process.execPath, [compiledEntry('cli/main.ts'), 'warnings', 'look', '--project', project.root]);
    const touched = customers.slice(0, rate * seconds);
    for (let from = 0; from < touched.length; from += 100)
      await ask('POST', '/v1/events', app, {
        source: 'bench',
        events: touched.slice(from, from + 100).map((party_id) => ({
          table: 'behaviour_events',
          values: { event_id: `before-${party_id}`, party_id, kind: 'login' },
          happenedAt,
        })),
      });
    await settled(async () => {
      const { rows } = await sql<{ waiting: number }>`select (select count(*) from signal_triggers where not told)
        + (select count(*) from early_warnings where not followed and closed_at is null)
        + (select count(*) from alert_mails where next_at is not null)
        + (select sum(sequence) from fact_heads) - coalesce((select sum(through) from signal_places), 0) as waiting`.execute(
        database.db,
      );
      return Number(rows[0]?.waiting);
    });
    await database.close();
    const seen = new Set<string>();
    for (const { about } of (await ask('GET', '/v1/inbox?limit=200', owner))['items'] as { readonly about: string }[])
      seen.add(about);
    process.stdout.write(`${seen.size} entries in the inbox before\n`);
    mails.clear();
    await ask('POST', '/v1/webhooks', admin, { name: 'erp', url: receiver.url, types: ['warning'] });
    const before = cpuSeconds([process.pid]);

    const acknowledged = new Map<string, number>();
    const inbox: Arrivals = new Map();
    const warningOf = new Map<string, string>();
    const running = { done: false };
    const watching = watchInbox(running, async () => {
      const { items } = await ask('GET', '/v1/inbox?limit=200', owner);
      for (const { customerId, about } of items as { readonly customerId: string; readonly about: string }[]) {
        if (seen.has(about)) continue;
        if (!inbox.has(customerId)) inbox.set(customerId, performance.now());
        if (!warningOf.has(customerId)) warningOf.set(customerId, about);
      }
    });
    const report = async (i: number): Promise<void> => {
      const customerId = customers[i % customers.length]!;
      // Those who warn are met once: a warning that stands is no second one.
      const warns = i % every === 0 && i < customers.length && watched.has(customerId);
      const happenedAt = new Date().toISOString();
      const events = Array.from({ length: warns ? 4 : 1 }, (_, k) => ({
        table: 'behaviour_events',
        values: { event_id: `bench-${i}-${k}`, party_id: customerId, kind: warns ? 'complaint' : 'login' },
        happenedAt,
      }));
      await ask('POST', '/v1/events', app, { source: 'bench', events });
      if (warns) acknowledged.set(customerId, performance.now());
    };
    const sent = await paced(rate * seconds, rate, report);
    const drained = performance.now() + 60_000;
    const arrivedAll = (): boolean =>
      [...acknowledged.keys()].every((id) => inbox.has(id) && hooks.has(id) && mails.has(warningOf.get(id) ?? ''));
    while (!arrivedAll() && performance.now() < drained) await sleep(200);
    running.done = true;
    await watching;

    const cpu = cpuSeconds([process.pid]) - before;
    process.stdout.write(
      `${sent.count} events in ${sent.seconds.toFixed(1)} s (${(sent.count / sent.seconds).toFixed(1)}/s; ${sent.failed} failed), ${acknowledged.size} warnings, ${cpu.toFixed(0)} CPU seconds of all processes\n`,
    );
    const fates: readonly (readonly [string, (id: string) => number | undefined])[] = [
      ['inbox', (id) => inbox.get(id)],
      ['e-mail', (id) => mails.get(warningOf.get(id) ?? '')],
      ['webhook', (id) => hooks.get(id)],
    ];
    let missed = sent.failed > 0;
    for (const [name, arrival] of fates) {
      const waits = [...acknowledged].flatMap(([id, at]) => {
        const then = arrival(id);
        return then === undefined ? [] : [then - at];
      });
      const lost = acknowledged.size - waits.length;
      const of = quantiles(waits);
      process.stdout.write(
        `${name.padEnd(8)} p50 ${of(0.5)} s  p95 ${of(0.95)} s  p99 ${of(0.99)} s  most ${of(1)} s  undelivered ${lost}\n`,
      );
      missed ||= lost > 0 || Number(of(0.99)) * 1000 > GOAL_MS;
    }
    process.stdout.write(`p99 within ${GOAL_MS / 1000} s of each: ${missed ? 'MISSED' : 'met'}\n`);
    process.exitCode = missed ? 1 : 0;
  } finally {
    await stack.stop();
  }
}

/** The project's copy, with an owner of all warnings who gets everything by e-mail, and a mail server and receiver on this machine. */
async function prepared() {
  const root = join(folder, 'project');
  const source = await loadProject(options.project ?? '.');
  // Whoever runs PostgreSQL must reach and own its data there, too.
  await chmod(folder, 0o755);
  await run('cp', ['-a', source.root, root]);
  for (const left of ['stack.json', join('postgres', 'data', 'postmaster.pid')])
    await rm(join(root, '.probity', left), { force: true });
  await mkdir(join(root, 'rules'), { recursive: true });
  const handling = { ...loadWarningHandling(null), staff: [{ segment: null, owner: OWNER, deputy: null }] };
  await writeFile(join(root, 'rules', 'warning-handling.json'), JSON.stringify(handling));
  const people = [{ actor: OWNER, email: 'owner@example.com', language: 'en' }];
  await writeFile(
    join(root, 'rules', 'alerting.json'),
    JSON.stringify({ ...loadAlerting(null), emailFrom: 'watch', people }),
  );
  const file = join(root, 'probity.yaml');
  await writeFile(
    file,
    `${await readFile(file, 'utf8')}\nrules: rules\nmail: { smtp: '${mailServer.url}', from: 'probity@example.com' }\n` +
      'serving: { port: 0, requestsPerMinute: 100000000, webhooks: { loopback: true } }\n',
  );
  const project = await loadProject(root);
  if (!dataPaths(project).scores.startsWith(folder))
    throw new Error('the project’s data lie outside its folder: it is not worked in');
  return project;
}

async function customersOf(root: string): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const files = literal(join(root, 'data', 'parties', '*.parquet'));
  const read = await connection.runAndReadAll(
    `SELECT DISTINCT party_id FROM read_parquet(${files}) ORDER BY hash(party_id)`,
  );
  connection.closeSync();
  instance.closeSync();
  return read.getRows().map(([id]) => String(id));
}

/** Starts so many calls at a steady rate, whatever they take, and waits for all. */
async function paced(count: number, perSecond: number, call: (i: number) => Promise<void>) {
  const began = performance.now();
  let failed = 0;
  let told = false;
  const under = new Set<Promise<void>>();
  for (let i = 0; i < count; i++) {
    const wait = began + (1000 * i) / perSecond - performance.now();
    if (wait > 0) await sleep(wait);
    const one = call(i).catch((error: unknown) => {
      failed++;
      if (!told) process.stderr.write(`${String(error)}\n`);
      told = true;
    });
    under.add(one);
    void one.finally(() => under.delete(one));
  }
  const duration = (performance.now() - began) / 1000;
  await Promise.all(under);
  return { count, seconds: duration, failed };
}

async function watchInbox(running: { readonly done: boolean }, look: () => Promise<void>): Promise<void> {
  while (!running.done) {
    await look();
    await sleep(100);
  }
}

/** Waits until nothing waits any more, ten minutes at most. */
async function settled(waiting: () => Promise<number>): Promise<void> {
  const end = performance.now() + 600_000;
  while ((await waiting()) > 0 && performance.now() < end) await sleep(1000);
}

/** Nearest rank, in seconds. */
function quantiles(waits: readonly number[]): (share: number) => string {
  const sorted = waits.toSorted((a, b) => a - b);
  return (share) => ((sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN) / 1000).toFixed(2);
}
