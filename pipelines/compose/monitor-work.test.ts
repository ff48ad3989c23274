import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant, literal, sha256File, type Instant, type Tenant } from '../../base/index.ts';
import { snapshotHash, type SnapshotContent } from '../../features/snapshots/index.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { saveArtefact } from '../../models/artefact/index.ts';
import { makeDataset, saveDataset } from '../../models/dataset/index.ts';
import { defaultStandards, loadMateriality, loadRuleFiles, readLossFile } from '../../rating/index.ts';
import { createMonitoringReports, type MonitoringReports } from '../../records/reports/index.ts';
import { storageRef } from '../../records/storage/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { monitorModel, type MonitorLabels } from './monitor-work.ts';

let root: string;
let modelHash: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'probity-monitor-'));
  const term = {
    name: 'x',
    type: 'number' as const,
    encoding: { kind: 'number' as const, codes: [], edges: [100] },
    shape: [0, -1, 1],
    support: [1, 1, 1],
    band: null,
    monotone: null,
    range: null,
    label: null,
  };
  await mkdir(join(root, 'model'));
  modelHash = await saveArtefact(artefactOf({ intercept: -3, terms: [term], pairs: [] }), join(root, 'model'));
  await mkdir(join(root, 'training-set'));
  await trainedOn(200);
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Training and validation rows of customers c0, c1, … with x = 0, 1, … within 0 to 199. */
async function trainedOn(size: number): Promise<void> {
  for (const [name, from] of [
    ['train.arrow', 0],
    ['test.arrow', size],
  ] as const) {
    const rows = makeDataset({
      rows: size,
      columns: [{ kind: 'number', name: 'x', values: Float64Array.from({ length: size }, (_, i) => i % 200) }],
      features: [{ name: 'x', type: 'number', codes: [], monotone: null, label: null }],
      bad: Uint8Array.from({ length: size }, (_, i) => (i % 9 === 0 ? 1 : 0)),
      weight: null,
      group: null,
      time: new Float64Array(size).fill(Date.parse('2025-01-15')),
      ids: Array.from({ length: size }, (_, i) => `c${from + i}/2025-01-15`),
    });
    await saveDataset(rows, join(root, 'training-set', name));
  }
}

async function parquet(file: string, select: string): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO ${literal(file)} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

/** A scored snapshot of a feature table. */
async function scored(name: string, asOf: string, features: string): Promise<void> {
  const draft = join(root, 'draft.parquet');
  await parquet(draft, features);
  const entry = { path: 'features.parquet', sha256: await sha256File(draft), bytes: 1, rows: 1 };
  const content = { format: 'probity.snapshot/1', asOf, tables: {}, features: entry } as unknown as SnapshotContent;
  const hash = snapshotHash(content);
  const folder = join(root, 'snapshots', hash);
  await mkdir(folder, { recursive: true });
  await cp(draft, join(folder, 'features.parquet'));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ hash, builtAt: asOf, content }));
  await mkdir(join(root, 'scores', name), { recursive: true });
  await parquet(
    join(root, 'scores', name, 'bucket-000000.parquet'),
    `SELECT party_id, CASE WHEN ${features.includes('renamed') ? '0' : 'x'} < 100 THEN 0.05 ELSE 0.25 END AS pd FROM (${features})`,
  );
  const files = [{ file: 'bucket-000000.parquet', hash: name, rows: 1, sumPd: 0 }];
  const manifest = { snapshotId: hash, modelHash, rows: 1, meanPd: 0, files };
  await writeFile(join(root, 'scores', name, 'manifest.json'), JSON.stringify(manifest));
  published.set(hash, instant(asOf));
}

/** Instants of published snapshots. */
const published = new Map<string, Instant>();

interface Told {
  readonly runs?: readonly string[];
  readonly labels?: MonitorLabels;
  readonly reports?: MonitoringReports;
  readonly calibrationError?: number;
  readonly takesLooks?: boolean;
}

const monitor = (
  asOf: string | null = null,
  { runs = ['run'], labels, reports, calibrationError = 0.2, takesLooks = true }: Told = {},
) =>
  monitorModel(
    {
      labels,
      reports,
      takesLooks,
      tenant: 'acme' as never,
      scores: join(root, 'scores'),
      snapshots: {
        get: async (id: string) => ({ ref: join(root, 'snapshots', id), asOf: published.get(id) }),
        find: async (id: string) => ({ asOf: published.get(id) }),
      } as never,
      storage: {
        materialise: async (ref: string) =>
          ref === storageRef('acme' as never, 'runs', 'run/training-set') ? join(root, 'training-set') : ref,
        has: async () => true,
      } as never,
      registry: {
        candidates: async () => runs.map((runId) => ({ runId, modelHash })),
        model: async () => ({ artefactRef: join(root, 'model') }),
      } as never,
      standards: async () => ({
        masterScale: defaultStandards().masterScale,
        loss: readLossFile(loadRuleFiles(null)),
        materiality: { ...loadMateriality(null), calibrationError },
      }),
    },
    { portfolio: 'trade', segment: null, horizonMonths: 12 },
    asOf,
  );

const book = (x: string, size = 200) =>
  `SELECT 'c' || i AS party_id, (${x})::DOUBLE AS x, 10.0 AS credit_drawn, 20.0 AS credit_limit FROM range(0, ${size}) t(i)`;

describe('monitoring a model on stored scores', () => {
  it('is quiet on the book it learnt, and dates what it cannot know', async () => {
    await scored('one', '2026-04-01T00:00:00.000Z', book('i'));
    const report = await monitor();
    expect(report.verdict).toMatchObject({ result: 'quiet', vanished: [] });
    expect(report.movement).toBeNull();
    expect(report.looks[0]!.inputs[0]).toMatchObject({ feature: 'x', csi: 0, wasserstein: 0 });
    expect(report.outcomes.validation.vintages[0]).toMatchObject({
      vintage: '2025-01',
      matured: 200,
      auc: { known: true },
    });
    expect(report).toMatchObject({
      sequential: null,
      noDensityRatio: null,
      population: { customers: 200, inDefault: null, withheld: [] },
      checks: [],
    });
    expect((await monitor()).reportId).toBe(report.reportId);
  });

  it('explains moved loss by its feature, exactly, and says which limits moved with it', async () => {
    await scored('one', '2026-04-01T00:00:00.000Z', book('i'));
    await scored('two', '2026-05-01T00:00:00.000Z', book('i + 80'));
    const { movement } = await monitor();
    expect(movement).toMatchObject({ customers: 200, worse: 80, better: 0 });
    expect(movement!.limits).toEqual({ before: 4000, now: 4000, ofWorse: 1600, ofBetter: 0 });
    expect(movement!.causes[0]!.expectedLoss).toBeCloseTo(
      movement!.expectedLoss.now - movement!.expectedLoss.before,
      9,
    );
    expect((await monitor('2026-04-15T00:00:00.000Z')).asOf).toBe('2026-04-01T00:00:00.000Z');
  });

  it('answers clearly to an input that vanished or emptied, an empty month, no scores and no reference', async () => {
    await expect(monitor()).rejects.toMatchObject({ code: 'NO_SCORES' });
    await scored('one', '2026-04-01T00:00:00.000Z', book('i').replace('AS x', 'AS renamed'));
    expect((await monitor()).verdict).toMatchObject({ result: 'alarm', vanished: ['x'] });
    await scored('null', '2026-04-02T00:00:00.000Z', book('NULL'));
    const emptied = { noDensityRatio: 'no-rows', verdict: { result: 'alarm', vanished: ['x'] } };
    expect(await monitor()).toMatchObject(emptied);
    await scored('far', '2026-04-03T00:00:00.000Z', book('i + 10000'));
    expect(await monitor()).toMatchObject({ noDensityRatio: 'too-far-apart', estimated: [{ method: 'CBPE' }] });
    await expect(monitor(null, { runs: [] })).rejects.toMatchObject({ code: 'NO_REFERENCE' });
    await scored('two', '2026-05-01T00:00:00.000Z', `${book('i')} WHERE false`);
    await expect(monitor()).rejects.toMatchObject({ code: 'INVALID_INPUT', message: /no customers/ });
  });

  it('leaves out customers in default, as training does', async () => {
    await scored(
      'one',
      '2026-04-01T00:00:00.000Z',
      `${book('i')} UNION ALL SELECT 'bad' || i, 500, 1, 1 FROM range(100) t(i)`,
    );
    const bad = new Set(Array.from({ length: 100 }, (_, i) => `bad${i}`));
    const report = await monitor(null, { labels: labelsOf({ bad }) });
    expect(report.population).toEqual({ customers: 200, inDefault: 100, withheld: [] });
    expect(report.looks[0]).toMatchObject({ presentRows: 200, score: { psi: 0 } });
    expect((await monitor()).looks[0]!.score.psi).toBeGreaterThan(0.1);
  });
});

/** What a warehouse would tell: who was in default, and who defaulted later, by customer. */
function labelsOf({
  bad = new Set<string>(),
  end = '2030-01-01T00:00:00.000Z',
  defaults = () => false,
}: {
  readonly bad?: ReadonlySet<string>;
  readonly end?: string;
  readonly defaults?: (customerId: string) => boolean;
}): MonitorLabels {
  return {
    end: async () => instant(end),
    inDefault: async () => bad,
    outcomes: async (_, knownBy) => ({
      cutoff: knownBy,
      badOf: ({ customerId }) => defaults(customerId),
      wasInDefault: ({ customerId }) => bad.has(customerId),
      badAt: () => null,
    }),
  };
}

describe('the yearly test on stored looks', () => {
  let server: TestDatabase;
  let reports: MonitoringReports;
  let tenants = 0;
  beforeAll(async () => {
    server = await startTestDatabase();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    tenants += 1;
    reports = createMonitoringReports(server.database, `tenant-${tenants}` as Tenant);
    await trainedOn(800);
  });
  const slot = 'trade/*/12m';

  it('is quiet while nothing changes, alarms on a change that lasts and matters, and is on record', async () => {
    await scored('d0', '2026-04-01T00:00:00.000Z', book('i % 200', 1500));
    const first = await monitor(null, { reports });
    expect(first.verdict).toMatchObject({ result: 'quiet', significant: false });
    expect(first.sequential).toMatchObject({ since: '2026-04-01', day: 0, looks: 1, taken: true, needed: 20 });
    await scored('d30', '2026-05-01T00:00:00.000Z', book('i % 200', 1500));
    const still = await monitor(null, { reports });
    expect(still.verdict).toMatchObject({ result: 'quiet', causes: [] });
    expect(still.sequential!.pairs).toBeGreaterThan(30);
    await scored('d90', '2026-06-30T00:00:00.000Z', book('i % 200 + 80', 1500));
    const moved = await monitor(null, { reports });
    expect(moved.verdict).toMatchObject({ result: 'alarm', significant: true, causes: [{ feature: 'x' }, {}] });
    expect(moved.sequential).toMatchObject({ day: 90, looks: 3, significantSince: '2026-06-30' });
    expect(moved.sequential!.leading[0]!.measure).toMatch(/^(x|score) shift$/);
    expect((await reports.page({ limit: 10 })).map(({ result }) => result)).toEqual(['alarm', 'quiet', 'quiet']);
    expect((await reports.newest()).map(({ reportId }) => reportId)).toEqual([moved.reportId]);
    await expect(
      server.database.db.updateTable('monitoring_reports').set({ result: 'quiet' }).execute(),
    ).rejects.toThrow(/never changed/);
  });

  it('logs a change that is significant and does not matter, and alarms not', async () => {
    await scored('d0', '2026-04-01T00:00:00.000Z', book('i % 200', 1500));
    await monitor(null, { reports });
    // Within its bin every value moves, and no grade with it.
    await scored(
      'd90',
      '2027-03-25T00:00:00.000Z',
      book('(i % 200 + CASE WHEN i % 200 < 100 THEN 99 ELSE 199 END) / 2', 1500),
    );
    expect((await monitor(null, { reports, calibrationError: 9 })).verdict).toMatchObject({
      result: 'immaterial',
      significant: true,
    });
  });

  it('takes a day once, and none before its newest look, whatever the clocks say', async () => {
    await scored('d0', '2026-04-10T00:00:00.000Z', book('i % 200', 1500));
    const first = await monitor(null, { reports });
    expect((await monitor(null, { reports })).reportId).toBe(first.reportId);
    // The same day published again, otherwise.
    await scored('again', '2026-04-10T08:00:00.000Z', book('i % 200 + 90', 1500));
    const again = await monitor(null, { reports });
    expect(again.sequential).toMatchObject({ looks: 1, taken: true, evidence: first.sequential!.evidence });
    await scored('back', '2026-04-01T00:00:00.000Z', book('i % 200 + 90', 1500));
    const back = await monitor('2026-04-05T00:00:00.000Z', { reports });
    expect(back.sequential).toMatchObject({ looks: 0, taken: false, evidence: 1 });
    expect(await reports.looks(slot, modelHash)).toHaveLength(1);
    expect(await reports.page({ limit: 10 })).toHaveLength(3);
  });

  it('keeps a report without a look where nobody can tell who is in default', async () => {
    await scored('d0', '2026-04-01T00:00:00.000Z', book('i % 200', 1500));
    const report = await monitor(null, { reports, takesLooks: false });
    expect(report.sequential).toBeNull();
    expect(await reports.find(report.reportId)).toMatchObject({ verdict: { result: 'quiet' } });
    expect(await reports.looks(slot, modelHash)).toEqual([]);
  });

  it('keeps one of two looks that ran at the same time, and asks the other to look again', async () => {
    await scored('d0', '2026-04-01T00:00:00.000Z', book('i % 200', 1500));
    const { reportId } = await monitor(null, { reports });
    const stored = await reports.find(reportId);
    const [look] = await reports.looks(slot, modelHash);
    const { reportId: _, madeAt: __, ...content } = stored;
    await expect(reports.keep(content, { look: { ...look!, day: 1 }, after: null })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(await reports.looks(slot, modelHash)).toHaveLength(1);
  });

  it('begins a new year after 365 days, with nothing of the old one', async () => {
    await scored('d0', '2026-04-01T00:00:00.000Z', book('i % 200', 1500));
    await monitor(null, { reports });
    await scored('d90', '2026-06-30T00:00:00.000Z', book('i % 200 + 80', 1500));
    expect((await monitor(null, { reports })).verdict.significant).toBe(true);
    await scored('d365', '2027-04-01T00:00:00.000Z', book('i % 200', 1500));
    expect((await monitor(null, { reports })).sequential).toMatchObject({
      since: '2027-04-01',
      looks: 1,
      significantSince: null,
    });
  });

  it('sees outcomes that come otherwise than PDs said, on matured windows alone', async () => {
    await scored('then', '2025-04-01T00:00:00.000Z', book('i % 200', 1500));
    const labels = labelsOf({ defaults: () => true });
    const early = await monitor(null, { reports, labels });
    expect(early.outcomes.scored!.all).toMatchObject({
      matured: 0,
      open: 1500,
      auc: { known: false, on: '2026-04-01T00:00:00.000Z' },
    });
    await scored('d0', '2026-04-02T00:00:00.000Z', book('i % 200', 1500));
    const blind = await monitor(null, {
      reports,
      labels: { ...labels, end: async () => instant('2026-01-01T00:00:00Z') },
    });
    expect(blind.sequential!.outcomes).toBe(0);
    await scored('d30', '2026-05-02T00:00:00.000Z', book('i % 200', 1500));
    const late = await monitor(null, { reports, labels });
    expect(late.sequential!.outcomes).toBeGreaterThan(0);
    expect(late.sequential!.leading[0]!.measure).toBe('calibration');
    expect(late.verdict).toMatchObject({ result: 'alarm', significant: true });
    expect(late.outcomes.scored!.vintages[0]).toMatchObject({ vintage: '2025-04', matured: 1500, bads: 1500 });
  });

  it('holds earlier estimates against what came true, and keeps both tellings of a corrected outcome', async () => {
    await scored('then', '2025-04-01T00:00:00.000Z', book('i % 200', 1500));
    const estimate = await monitor(null, { reports, labels: labelsOf({}) });
    await scored('d0', '2026-04-02T00:00:00.000Z', book('i % 200', 1500));
    const some = labelsOf({ defaults: (id) => Number(id.slice(1)) % 7 === 0 });
    const first = await monitor(null, { reports, labels: some });
    const names = first.checks.slice(0, 3).map(({ figure }) => figure);
    expect([first.checks.length, ...names]).toEqual([6, 'badRate', 'auc', 'logLoss']);
    const chance = (i: number) => (i % 7 === 0 ? 0 : 1) + (i % 7 === 0 ? 1 : -1) * (i % 200 < 100 ? 0.05 : 0.25);
    const loss = Array.from({ length: 1500 }, (_, i) => -Math.log(chance(i)) / 1500).reduce((a, b) => a + b, 0);
    expect(first.checks[2]!.realised).toBeCloseTo(loss, 9);
    expect(first.checks[0]).toMatchObject({
      reportId: estimate.reportId,
      asOf: '2025-04-01T00:00:00.000Z',
      knownOn: '2026-04-01T00:00:00.000Z',
      figure: 'badRate',
      realised: Math.ceil(1500 / 7) / 1500,
    });
    for (const { realised, estimated, held } of first.checks)
      expect(held).toBe(realised >= estimated.low && realised <= estimated.high);
    expect(first.corrections).toEqual([]);
    await scored('d1', '2026-04-03T00:00:00.000Z', book('i % 200', 1500));
    const corrected = await monitor(null, {
      reports,
      labels: labelsOf({ defaults: (id) => Number(id.slice(1)) % 8 === 0 }),
    });
    expect(corrected.corrections).toEqual([
      {
        vintage: '2025-04',
        before: { reportId: first.reportId, asOf: first.asOf, matured: 1500, bads: 215 },
        now: { matured: 1500, bads: 188 },
      },
    ]);
    expect((await reports.find(first.reportId)).outcomes.scored!.vintages[0]!.bads).toBe(215);
  });
});
