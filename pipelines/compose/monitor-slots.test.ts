import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant, literal, sha256File, systemClock, type Instant } from '../../base/index.ts';
import { snapshotHash, type SnapshotContent } from '../../features/snapshots/index.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { saveArtefact } from '../../models/artefact/index.ts';
import { loadDataset, makeDataset, saveDataset } from '../../models/dataset/index.ts';
import { parseSlotKey, slotKey, type Slot } from '../../models/registry/index.ts';
import { defaultStandards, loadMateriality, loadRuleFiles, readLossFile } from '../../rating/index.ts';
import { loadBasisPolicy } from '../../records/privacy/index.ts';
import { createMonitoringReports, type MonitoringReports } from '../../records/reports/index.ts';
import { storageRef } from '../../records/storage/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { totals } from '../score-manifest.ts';
import { TRAINING_SET } from './checks-job.ts';
import { withDuckDB } from './duckdb.ts';
import { monitorModel, type MonitorLabels } from './monitor-work.ts';
import { scoringWork } from './scoring-work.ts';

const ALL = parseSlotKey('trade/*/12m');
const FARM = parseSlotKey('trade/farm/12m');
const LATE = parseSlotKey('trade/*/6m/late-30d');
const TERM = parseSlotKey('trade/*/36m/term-6m');
/** Ages that the term structure's training rows were seen at. */
const ages = { term: 'months_on_book', periodMonths: 6, longestMonths: 24 };
/** Customers c0 to c2999, every second one a farm. */
const SIZE = 3000;

let root: string;
let server: TestDatabase;
let reports: MonitoringReports;
let tenants = 0;
let models: { readonly slot: Slot; readonly modelHash: string }[];
let snapshots: Map<string, Instant>;
beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'probity-slots-'));
  reports = createMonitoringReports(server.database, `slots-${(tenants += 1)}` as never);
  models = [];
  snapshots = new Map();
  for (const slot of [ALL, FARM, LATE, TERM]) await seat(slot);
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A champion of a slot, with rows that it learnt from: of all customers, or of its segment's. */
async function seat(slot: Slot): Promise<void> {
  const intercept = -3 - models.length / 8;
  const term = {
    name: 'x',
    type: 'number' as const,
    encoding: { kind: 'number' as const, codes: [], edges: [50, 100, 150] },
    shape: [0, -1, -0.4, 0.4, 1],
    support: [1, 1, 1, 1, 1],
    band: null,
    monotone: null,
    range: null,
    label: null,
  };
  const folder = join(root, slotKey(slot).replaceAll(/[*/]/g, '_'));
  await mkdir(join(folder, 'training-set'), { recursive: true });
  const age = {
    ...term,
    name: ages.term,
    encoding: { kind: 'number' as const, codes: [], edges: [7, 13] },
    shape: [0, -1, 0, 1],
    support: [1, 1, 1, 1],
  };
  const isTerm = slot.stepMonths !== undefined;
  const artefact = artefactOf({ intercept, terms: isTerm ? [term, age] : [term], pairs: [] });
  const target = { kind: 'hazard' as const, definition: 'default within a step', horizonMonths: null, ages };
  const modelHash = await saveArtefact(isTerm ? { ...artefact, target } : artefact, folder);
  if (isTerm) await followed(folder);
  const ids = Array.from({ length: SIZE }, (_, i) => i).filter((i) => slot.segment === null || i % 2 === 0);
  for (const name of ['train.arrow', 'test.arrow']) {
    const rows = makeDataset({
      rows: ids.length,
      columns: [
        { kind: 'number', name: 'x', values: Float64Array.from(ids, xOf) },
        { kind: 'category', name: 'segment', levels: ['farm', 'shop'], codes: Int32Array.from(ids, (i) => i % 2) },
      ],
      features: [
        { name: 'x', type: 'number', codes: [], monotone: null, label: null },
        { name: 'segment', type: 'category', codes: [], monotone: null, label: null },
      ],
      bad: Uint8Array.from(ids, (i) => (i % 9 === 0 ? 1 : 0)),
      weight: null,
      group: null,
      time: new Float64Array(ids.length).fill(Date.parse('2025-01-15')),
      ids: ids.map((i) => `${name === 'train.arrow' ? 't' : 'v'}${i}/2025-01-15`),
    });
    await saveDataset(rows, join(folder, 'training-set', name));
  }
  models.push({ slot, modelHash });
}

/** How long training rows of the term structure were followed: all for two steps, one in three for more. */
async function followed(folder: string): Promise<void> {
  const steps = Array.from({ length: SIZE }, (_, i) => (i % 3 === 0 ? 4 : 2));
  await writeFile(join(folder, 'training-set', TRAINING_SET.followed), JSON.stringify({ train: steps, test: steps }));
}

/** Farms have higher values than shops, each group as training saw it. */
const xOf = (i: number): number => ((i * 37) % 100) + (i % 2 === 0 ? 100 : 0);

const folderOf = (slot: string): string => join(root, slot.replaceAll(/[*/]/g, '_'));
const parts = {
  snapshots: {
    newest: async () => ({ snapshotId: [...snapshots.keys()].at(-1) }),
    get: async (id: string) => ({ ref: join(root, 'snapshots', id), asOf: snapshots.get(id) }),
    find: async (id: string) => ({ asOf: snapshots.get(id) }),
  } as never,
  storage: {
    materialise: async (ref: string) => (ref.includes('runs') ? join(folderOf(runOf(ref)), 'training-set') : ref),
    has: async () => true,
  } as never,
};
const runOf = (ref: string): string =>
  models
    .map(({ slot }) => slotKey(slot))
    .find((key) => ref === storageRef('acme' as never, 'runs', `${nameOf(key)}/training-set`))!;
const nameOf = (key: string): string => key.replaceAll(/[*/]/g, '_');
const registry = {
  candidates: async ({ slot }: { slot: Slot }) =>
    models
      .filter((each) => slotKey(each.slot) === slotKey(slot))
      .map(({ modelHash }) => ({ runId: nameOf(slotKey(slot)), modelHash })),
  model: async (hash: string) => ({
    artefactRef: folderOf(slotKey(models.find(({ modelHash }) => modelHash === hash)!.slot)),
  }),
} as never;

/** A published snapshot in which farms' values are moved by so much, scored for every slot as the workflow does. */
async function scored(asOf: string, moved: number, slots: readonly Slot[] = [ALL, LATE]): Promise<void> {
  const features = `SELECT 'c' || i AS party_id, ${literal(asOf.slice(0, -1))}::TIMESTAMP AS as_of,
    ((i * 37) % 100 + CASE WHEN i % 2 = 0 THEN 100 + ${moved} ELSE 0 END)::DOUBLE AS x,
    CASE WHEN i % 2 = 0 THEN 'farm' ELSE 'shop' END AS segment, 10.0 AS credit_drawn FROM range(0, ${SIZE}) t(i)`;
  const draft = join(root, 'features.parquet');
  await withDuckDB(1, (connection) => connection.run(`COPY (${features}) TO ${literal(draft)} (FORMAT parquet)`));
  const entry = { path: 'features.parquet', sha256: await sha256File(draft), bytes: 1, rows: 1 };
  const content = { format: 'probity.snapshot/1', asOf, tables: {}, features: entry, views: [] };
  const id = snapshotHash(content as unknown as SnapshotContent);
  const folder = join(root, 'snapshots', id);
  await mkdir(folder, { recursive: true });
  await cp(draft, join(folder, 'features.parquet'));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ hash: id, builtAt: asOf, content }));
  snapshots.set(id, instant(asOf));
  const scoring = scoringWork({
    ...parts,
    clock: systemClock,
    registry,
    champions: { standing: async () => models } as never,
    bases: { policy: loadBasisPolicy(null), bases: { periods: async () => [] } },
  });
  const context = { progress: () => {}, signal: new AbortController().signal };
  for (const slot of slots) {
    const target = await scoring.target(slot);
    const run = join(root, 'scores', `${nameOf(slotKey(slot))}-${asOf.slice(0, 10)}`);
    await mkdir(run, { recursive: true });
    const stamp = await scoring.scoreBucket(
      { ...target, bucket: 0, buckets: 1, file: join(run, 'bucket-000000.parquet') },
      context,
    );
    const all = totals([{ file: 'bucket-000000.parquet', hash: 'h', ...stamp }], target.models);
    await writeFile(join(run, 'manifest.json'), JSON.stringify({ ...target, ...all }));
  }
}

/** A column of a run's scores. */
async function pdsOf(slot: string, date: string, column: string): Promise<readonly number[]> {
  const file = join(root, 'scores', `${nameOf(slot)}-${date}`, 'bucket-000000.parquet');
  return withDuckDB(1, async (connection) => {
    const read = await connection.runAndReadAll(`SELECT (${column})::DOUBLE FROM read_parquet(${literal(file)})`);
    return read.getRows().map(([pd]) => Number(pd));
  });
}

const lookAt = (slot: Slot, labels?: MonitorLabels) =>
  monitorModel(
    {
      ...parts,
      registry,
      labels,
      reports,
      tenant: 'acme' as never,
      scores: join(root, 'scores'),
      standards: async () => ({
        masterScale: defaultStandards().masterScale,
        loss: readLossFile(loadRuleFiles(null)),
        materiality: loadMateriality(null),
      }),
    },
    slot,
    null,
  );
const day = (n: number): string => new Date(Date.parse('2026-01-15') + n * 86_400_000).toISOString();

describe('looks by slot', () => {
  it('count the customers that the slot’s model decides about, beside training rows of such, and name them', async () => {
    await scored(day(0), 0);
    const [all, farm, late] = [await lookAt(ALL), await lookAt(FARM), await lookAt(LATE)];
    expect(
      [all, farm, late].map(({ slot, model, population }) => [slot, model, population.customers, population.elsewhere]),
    ).toEqual([
      ['trade/*/12m', models[0]!.modelHash, SIZE / 2, SIZE / 2],
      ['trade/farm/12m', models[1]!.modelHash, SIZE / 2, SIZE / 2],
      ['trade/*/6m/late-30d', models[2]!.modelHash, SIZE, undefined],
    ]);
    // Shops alone differ from all customers in every respect, and from shops in none.
    for (const { verdict, looks } of [all, farm, late]) {
      expect(verdict.result).toBe('quiet');
      expect(looks[0]!.score.psi).toBeLessThan(1e-9);
    }
    expect(all.looks[0]!.referenceRows).toBe(SIZE / 2);
  });

  it('a drift planted in one segment alarms the look at its slot alone', async () => {
    for (const [at, moved] of [
      [0, 0],
      [30, 0],
      [90, -100],
    ] as const) {
      await scored(day(at), moved, [ALL]);
      const [all, farm] = [await lookAt(ALL), await lookAt(FARM)];
      expect(all.verdict).toMatchObject({ result: 'quiet', significant: false });
      expect(farm.verdict.result).toBe(moved === 0 ? 'quiet' : 'alarm');
      expect(new Set(farm.verdict.causes.map(({ feature }) => feature))).toEqual(
        new Set(moved === 0 ? [] : ['x', 'score']),
      );
    }
    // Each has a year and a budget of its own.
    expect((await reports.looks(slotKey(FARM), models[1]!.modelHash)).map((look) => look.day)).toEqual([0, 30, 90]);
    expect((await reports.looks(slotKey(ALL), models[0]!.modelHash)).map((look) => look.day)).toEqual([0, 30, 90]);
    expect((await reports.page({ slot: slotKey(FARM), limit: 9 })).map(({ result }) => result)).toEqual([
      'alarm',
      'quiet',
      'quiet',
    ]);
  });

  /** Everybody is known: within so many months one in so many has defaulted. */
  const labels = (asked: number[]): MonitorLabels => ({
    end: async () => instant('2030-01-01'),
    inDefault: async () => new Set(),
    outcomes: async (_, __, months = 0) => {
      asked.push(months);
      return {
        cutoff: instant('2030-01-01'),
        badOf: ({ customerId }) => Number(customerId.slice(1)) % 48 < months,
        wasInDefault: () => false,
        badAt: () => null,
      };
    },
  });

  it('of a term structure are of the PD over a year, which its steps make, and tell by horizon what came true, each on its own windows', async () => {
    await scored('2026-01-15T00:00:00.000Z', 0, [TERM]);
    await scored('2026-08-15T00:00:00.000Z', 0, [TERM]);
    const asked: number[] = [];
    const quiet = await lookAt(TERM, labels(asked));
    expect(quiet).toMatchObject({ followedMonths: 12, verdict: { vanished: [] } });
    expect(quiet.looks[0]!.inputs.map(({ feature }) => feature)).toEqual(['x']);
    expect(quiet.looks[0]!.score.psi).toBeLessThan(1e-9);
    // By 15 August seven months of the first book have passed: its six are known, its twelve not yet.
    expect(quiet.horizons!.map(({ months, figures }) => [months, figures.matured, figures.open])).toEqual([
      [6, SIZE, SIZE],
      [12, 0, 2 * SIZE],
      [24, 0, 2 * SIZE],
    ]);
    const [half, year] = quiet.horizons!.map(({ figures }) => figures.badRate);
    expect(half).toMatchObject({ known: true, value: { rate: 378 / SIZE } });
    expect(year).toMatchObject({ known: false, on: '2027-01-15T00:00:00.000Z' });
    expect(asked).toEqual([6]);
    // A customer's PD over a year survives both steps.
    const hazard = (x: number, age: number) => 1 / (1 + Math.exp(-(-3 - 3 / 8 + x + age)));
    const [low] = [1 - (1 - hazard(-1, -1)) * (1 - hazard(-1, 0))];
    expect(await pdsOf('trade/*/36m/term-6m', '2026-08-15', 'pd')).toContainEqual(expect.closeTo(low, 12));
    // Over validation rows too, of dates that were followed for as long.
    expect(quiet.outcomes.validation.all.rated).toBe(SIZE);
  });

  it('of a term structure explain what moved, exactly over its steps', async () => {
    await scored(day(0), 0, [TERM]);
    await scored(day(30), -60, [TERM]);
    const { movement } = await lookAt(TERM);
    expect(movement!.better).toBeGreaterThan(0);
    const sum = movement!.causes.reduce((total, { expectedLoss }) => total + expectedLoss, 0);
    expect(sum).toBeCloseTo(movement!.expectedLoss.now - movement!.expectedLoss.before, 9);
    expect(movement!.causes.filter(({ customers }) => customers > 0).map(({ feature }) => feature)).toEqual(['x']);
  });

  it('of late payment count what is owed, not what would be lost', async () => {
    await scored(day(0), 0);
    await scored(day(30), 0);
    const [late, all] = [await lookAt(LATE), await lookAt(ALL)];
    const pds = await pdsOf('trade/*/6m/late-30d', day(30).slice(0, 10), 'pd');
    expect(late.movement!.expectedLoss.now).toBeCloseTo(10 * pds.reduce((sum, pd) => sum + pd, 0), 6);
    const own = await pdsOf('trade/*/12m', day(30).slice(0, 10), "CASE slot WHEN 'trade/*/12m' THEN pd ELSE 0 END");
    expect(all.movement!.expectedLoss.now).toBeLessThan(10 * own.reduce((sum, pd) => sum + pd, 0));
  });

  it('stay those of the slot of all customers where runs are of before slots were named', async () => {
    await scored(day(0), 0, [ALL]);
    const run = join(root, 'scores', (await readdir(join(root, 'scores')))[0]!);
    const written = JSON.parse(await readFile(join(run, 'manifest.json'), 'utf8')) as Record<string, unknown>;
    delete written['models'];
    await writeFile(join(run, 'manifest.json'), JSON.stringify(written));
    expect((await lookAt(ALL)).population).toMatchObject({ customers: SIZE });
    await expect(lookAt(FARM)).rejects.toMatchObject({ code: 'NO_SCORES', message: /trade\/farm\/12m/ });
    await expect(lookAt(LATE)).rejects.toMatchObject({ code: 'NO_SCORES' });
  });

  it('are refused where training rows do not tell segments, that some would be left out by', async () => {
    const folder = join(root, nameOf(slotKey(ALL)), 'training-set');
    for (const name of ['train.arrow', 'test.arrow']) {
      const { hash: _, ...rows } = await loadDataset(join(folder, name));
      const kept = { ...rows, columns: rows.columns.slice(0, 1), features: rows.features.slice(0, 1) };
      await saveDataset(makeDataset(kept), join(folder, name));
    }
    await scored(day(0), 0, [ALL]);
    await expect(lookAt(ALL)).rejects.toMatchObject({ code: 'NO_REFERENCE', message: /does not tell segments/ });
    expect((await lookAt(FARM)).population.customers).toBe(SIZE / 2);
  });
});
