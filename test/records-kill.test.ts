import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledEntry, seededRandom } from '../base/index.ts';
import { audit, auditPlaces } from '../records/assurance/index.ts';
import { storedRecords } from '../records/audit/index.ts';
import { migrate, openDatabase } from '../records/database/index.ts';
import type { Receipt } from '../records/ratings/index.ts';
import { postgresKinds, startCluster, type PostgresCluster } from './support/postgres-cluster.ts';
import { ratedProject, type RatedProject } from './support/rated-project.ts';

/** At least so many ratings and kills; the full run is PROBITY_KILL_RATINGS=10000 PROBITY_KILL_COUNT=40. */
const RATINGS = Number(process.env['PROBITY_KILL_RATINGS'] ?? 100);
const KILLS = Number(process.env['PROBITY_KILL_COUNT'] ?? 3);
const CLIENTS = 16;
const SHORTEST_MS = 300;
const LONGEST_MS = RATINGS > 1000 ? 4_000 : 1_500;
const LIMIT_MS = 120_000 + RATINGS * 100 + KILLS * 30_000;

let cluster: PostgresCluster;
let rated: RatedProject;
let api: { readonly process: ChildProcess; readonly url: string } | null = null;

/** Starts `probity serve` and waits until it can rate; gives up where it ends, as while PostgreSQL is down. */
async function startApi(): Promise<boolean> {
  const command = [
    compiledEntry('cli/main.ts'),
    'serve',
    '--json',
    '--log-level',
    'silent',
    '--project',
    rated.project.root,
  ];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  while (!text.includes('}') && child.exitCode === null && child.signalCode === null) await sleep(20);
  if (!text.includes('}')) return false;
  api = { process: child, url: (JSON.parse(text) as { url: string }).url };
  return true;
}

async function endApi(signal: NodeJS.Signals): Promise<void> {
  const ending = api;
  api = null;
  if (ending === null || ending.process.exitCode !== null) return;
  const gone = once(ending.process, 'exit');
  ending.process.kill(signal);
  await gone;
}

interface Acknowledged {
  readonly ratingId: string;
  readonly receipt: Receipt;
}

/** Asks until it is acknowledged, with the same key each time. */
async function rate(key: number): Promise<Acknowledged & { readonly attempts: number }> {
  for (let attempts = 1; ; attempts++) {
    try {
      if (api === null) throw new Error('no server');
      const response = await fetch(`${api.url}/v1/ratings`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: rated.authorization,
          'idempotency-key': `rating-${key}`,
        },
        body: JSON.stringify({ features: { days_late: key, sector: key % 2 === 0 ? 'mining' : 'retail' } }),
        signal: AbortSignal.timeout(20_000),
      });
      const answer = (await response.json()) as Acknowledged;
      if (response.status === 200) return { ...answer, attempts };
      // 503: the database is away, or there is no champion to be read yet. Nothing else may happen.
      expect([key, response.status]).toEqual([key, 503]);
    } catch (error) {
      if (error instanceof Error && error.name === 'AssertionError') throw error;
    }
    await sleep(30);
  }
}

describe.each(await postgresKinds())('on $name', ({ programs }) => {
  beforeAll(async () => {
    if (programs === null) return;
    cluster = await startCluster(programs);
    const database = await openDatabase(cluster.url);
    await migrate(database);
    rated = await ratedProject(database, cluster.url);
    await database.close();
  }, 120_000);
  afterAll(async () => {
    await endApi('SIGTERM');
    await cluster?.stop();
    await rated?.remove();
  });

  it.skipIf(programs === null)(
    `${RATINGS} ratings and ${KILLS} kills -9 of application, PostgreSQL or both: every acknowledged rating is there once, the chain is whole`,
    async () => {
      expect(await startApi()).toBe(true);
      const random = seededRandom(20_261_126);
      const acknowledged = new Map<number, Acknowledged>();
      let attempts = 0;
      let next = 0;
      const kills = { api: 0, postgres: 0, both: 0 };
      const killed = () => kills.api + kills.postgres + kills.both;
      const client = async (): Promise<void> => {
        for (let key = next++; key < RATINGS || killed() < KILLS; key = next++) {
          const answer = await rate(key);
          attempts += answer.attempts;
          acknowledged.set(key, answer);
        }
      };
      const working = Promise.all(Array.from({ length: CLIENTS }, client));
      const finished = new AbortController();
      working.finally(() => finished.abort()).catch(() => {});
      for (;;) {
        await sleep(SHORTEST_MS + (LONGEST_MS - SHORTEST_MS) * random.uniform(), null, {
          signal: finished.signal,
        }).catch(() => {});
        if (finished.signal.aborted) break;
        const victim = (['api', 'postgres', 'both'] as const)[random.integer(3)] ?? 'both';
        kills[victim] += 1;
        await Promise.all([
          victim === 'postgres' ? null : endApi('SIGKILL'),
          victim === 'api' ? null : cluster.kill().then(() => cluster.start()),
        ]);
        while (api === null && !(await startApi())) await sleep(50);
      }
      await working;
      expect(killed()).toBeGreaterThanOrEqual(KILLS);
      expect(acknowledged.size).toBeGreaterThanOrEqual(RATINGS);
      await endApi('SIGTERM');

      const database = await openDatabase(cluster.url);
      try {
        const receipts = [...acknowledged.values()].map(({ receipt }) => receipt);
        const report = await audit(database, auditPlaces(rated.project), { receipts });
        expect(report).toMatchObject({ ok: true, bad: null, problems: [], receipts: acknowledged.size });
        // Signed at shutdown: nothing is left in the open window.
        expect(report.signedThrough).toBe(report.through);
        expect(new Set(receipts.map(({ sequence }) => sequence)).size).toBe(acknowledged.size);
        expect(report.records).toBe(acknowledged.size);
        const recorded = new Map<string, number>();
        for await (const { hash, body } of storedRecords(database, rated.project.tenant)) {
          const { inputs } = JSON.parse(String(body && Buffer.from(body.bytes))) as {
            inputs: { values: { days_late: number } };
          };
          recorded.set(hash, inputs.values.days_late);
        }
        for (const [key, { receipt }] of acknowledged) expect(recorded.get(receipt.hash)).toBe(key);
      } finally {
        await database.close();
      }
      process.stderr.write(
        `${acknowledged.size} ratings, ${attempts} requests, ${kills.api} kills of the API, ${kills.postgres} of PostgreSQL, ${kills.both} of both\n`,
      );
    },
    LIMIT_MS,
  );
});
