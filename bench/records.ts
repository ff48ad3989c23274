/**
 * Ratings recorded durably, by this process and PostgreSQL together: `node dist/bench/records.js [seconds] [in flight] [features]`.
 * Rates a model of that many features, builds the evidence and appends it, as the server does, without HTTP. Prints rows per second,
 * and per CPU second of both, read from /proc (Linux).
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson, contentHash, type Json, type Project, type Tenant } from '../base/index.ts';
import { endProcess } from '../cli/stack/processes.ts';
import { startPostgres } from '../cli/stack/index.ts';
import { artefactHash, type Artefact, type FeatureTerm } from '../models/artefact/index.ts';
import { compile } from '../models/scoring/index.ts';
import {
  answer1,
  defaultStandards,
  evidencedValues,
  evidenceText,
  decisionEngine1,
  rateableModel,
  rateInputs1,
  type RatingInputs1,
} from '../rating/index.ts';
import { benchArtefact } from './artefact.ts';
import { createAppender } from '../records/audit/index.ts';
import { assertDurable, migrate, openDatabase } from '../records/database/index.ts';
import { createRatings, pseudonymsUnder } from '../records/ratings/index.ts';

const seconds = Number(process.argv[2] ?? 10);
const inFlight = Number(process.argv[3] ?? 64);
const features = Number(process.argv[4] ?? 20);
const tenant = 'bench' as Tenant;

/** A model of number features with twenty bins each, and half as many pairs. */
function modelOf(count: number): Artefact {
  const edges = Array.from({ length: 19 }, (_, i) => i * 5.25);
  const terms = Array.from({ length: count }, (_, t): FeatureTerm => ({
    name: `feature_${String(t).padStart(3, '0')}`,
    type: 'number',
    encoding: { kind: 'number', codes: [], edges },
    shape: Array.from({ length: 21 }, (_, bin) => Math.sin(t * 21 + bin) / 3),
    support: Array.from({ length: 21 }, () => 5),
    band: null,
    monotone: null,
    range: [0, 100],
    label: null,
  }));
  const half = Array.from({ length: 21 }, (_, bin) => (bin < 10 ? 0 : 1));
  const pairs = Array.from({ length: count >> 1 }, (_, p) => ({
    a: p,
    b: count - 1 - p,
    rowOf: half,
    columnOf: half,
    values: [
      [0.01, -0.02],
      [0.03, Math.sin(p) / 10],
    ],
  }));
  return benchArtefact({ intercept: -3, terms, pairs });
}

/** CPU seconds that a process and its children have used. */
async function cpuSeconds(pid: number): Promise<number> {
  const ticks = async (id: string | number, withEnded: boolean): Promise<number> => {
    const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => null);
    const fields =
      stat
        ?.slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number) ?? [];
    return (fields[11] ?? 0) + (fields[12] ?? 0) + (withEnded ? (fields[13] ?? 0) + (fields[14] ?? 0) : 0);
  };
  let total = await ticks(pid, true);
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => null);
    if (stat !== null && stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(pid))
      total += await ticks(id, false);
  }
  return total / 100;
}

const folder = await mkdtemp(join(tmpdir(), 'probity-bench-'));
const project: Pick<Project, 'dataDir' | 'tenant'> = { dataDir: folder, tenant };
const postgres = await startPostgres(project);
try {
  const database = await openDatabase(postgres.url);
  await migrate(database);
  await assertDurable(database);
  let commits = 0;
  const appender = createAppender(database, tenant, { onCommit: () => (commits += 1) });
  const ratings = createRatings(database, tenant, appender, pseudonymsUnder(Buffer.alloc(32, 1)));
  const artefact = modelOf(features);
  const model = rateableModel(compile(artefact), artefactHash(artefact));
  const standards = defaultStandards();
  const parts = { model: model.hash, standards: contentHash(standards as unknown as Json) };
  let count = 0;
  let bytes = 0;
  const rate = async (): Promise<void> => {
    const given = Object.fromEntries(
      artefact.model.terms.map(({ name }, t) => [name, ((count * 31 + t * 17) % 1000) / 10]),
    );
    count += 1;
    const inputs: RatingInputs1 = {
      request: { askedBy: 'key:bench' },
      asOf: new Date().toISOString(),
      values: evidencedValues(model, given),
      horizonMonths: 12,
      staleSources: [],
      incompleteSources: [],
      champion: { slot: 'main/*/12m', since: '2026-11-01T00:00:00.000Z', of: 'today', why: 'it is the only slot' },
      snapshot: null,
    };
    const rating = rateInputs1(model, standards, inputs);
    const basis = { engine: decisionEngine1.name, inputs: inputs as unknown as Json, parts };
    const inputsText = canonicalJson(basis.inputs);
    const evidence = evidenceText({ ...basis, answer: answer1(basis, rating, inputsText) }, inputsText);
    bytes += evidence.length;
    await ratings.record({ customerId: null, evidence });
  };
  const run = async (forSeconds: number) => {
    const before = { count, bytes, commits, own: process.cpuUsage(), server: await cpuSeconds(postgres.pid) };
    const begun = performance.now();
    const until = begun + forSeconds * 1000;
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (performance.now() < until) await rate();
      }),
    );
    const took = (performance.now() - begun) / 1000;
    const used = process.cpuUsage(before.own);
    const own = (used.user + used.system) / 1e6;
    const server = (await cpuSeconds(postgres.pid)) - before.server;
    const rows = count - before.count;
    return { rows, took, own, server, bytes: (bytes - before.bytes) / rows, group: rows / (commits - before.commits) };
  };
  await run(2);
  const { rows, took, own, server, bytes: size, group } = await run(seconds);
  process.stdout.write(
    `${JSON.stringify({
      features,
      inFlight,
      rowsPerSecond: Math.round(rows / took),
      rowsPerCpuSecond: Math.round(rows / (own + server)),
      ownMicrosPerRow: Math.round((own / rows) * 1e6),
      postgresMicrosPerRow: Math.round((server / rows) * 1e6),
      bytesPerRow: Math.round(size),
      rowsPerCommit: Math.round(group * 10) / 10,
    })}\n`,
  );
  await database.close();
} finally {
  await endProcess(postgres.pid, 'SIGINT');
  await rm(folder, { recursive: true, force: true });
}
