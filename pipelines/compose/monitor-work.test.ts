import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { literal, sha256File } from '../../base/index.ts';
import { snapshotHash, type SnapshotContent } from '../../features/snapshots/index.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { saveArtefact } from '../../models/artefact/index.ts';
import { makeDataset, saveDataset } from '../../models/dataset/index.ts';
import { defaultStandards, loadMateriality, loadRuleFiles, readLossFile } from '../../rating/index.ts';
import { storageRef } from '../../records/storage/index.ts';
import { monitorModel } from './monitor-work.ts';

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
  const size = 200;
  const rows = makeDataset({
    rows: size,
    columns: [{ kind: 'number', name: 'x', values: Float64Array.from({ length: size }, (_, i) => i) }],
    features: [{ name: 'x', type: 'number', codes: [], monotone: null, label: null }],
    bad: Uint8Array.from({ length: size }, (_, i) => (i % 9 === 0 ? 1 : 0)),
    weight: null,
    group: null,
    time: new Float64Array(size).fill(Date.parse('2025-01-15')),
    ids: Array.from({ length: size }, (_, i) => String(i)),
  });
  for (const name of ['train.arrow', 'test.arrow']) await saveDataset(rows, join(root, 'training-set', name));
});
afterEach(() => rm(root, { recursive: true, force: true }));

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
  await writeFile(join(root, 'scores', name, 'manifest.json'), JSON.stringify({ snapshotId: hash, modelHash }));
}

const monitor = (asOf: string | null = null, runs: readonly string[] = ['run']) =>
  monitorModel(
    {
      tenant: 'acme' as never,
      scores: join(root, 'scores'),
      snapshots: { get: async (id: string) => ({ ref: join(root, 'snapshots', id) }) } as never,
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
        materiality: loadMateriality(null),
      }),
    },
    {} as never,
    asOf,
  );

const book = (x: string, from = 0) =>
  `SELECT 'c' || i AS party_id, (${x})::DOUBLE AS x, 10.0 AS credit_drawn FROM range(${from}, ${from + 200}) t(i)`;

describe('monitoring a model on stored scores', () => {
  it('is quiet on the book it learnt, and dates what it cannot know', async () => {
    await scored('one', '2026-04-01T00:00:00.000Z', book('i'));
    const report = await monitor();
    expect(report.verdict).toMatchObject({ result: 'quiet', vanished: [] });
    expect(report.movement).toBeNull();
    expect(report.looks[0]!.inputs[0]).toMatchObject({ feature: 'x', csi: 0, wasserstein: 0 });
    const [validation, today] = report.outcomes.vintages;
    expect(validation).toMatchObject({ vintage: '2025-01', matured: 200, auc: { known: true } });
    expect(today).toMatchObject({ vintage: '2026-04', auc: { known: false, on: '2027-04-01T00:00:00.000Z' } });
    expect((await monitor()).reportId).toBe(report.reportId);
  });

  it('raises an alarm on a drift that moves grades and loss, and explains the loss by its feature', async () => {
    await scored('one', '2026-04-01T00:00:00.000Z', book('i'));
    await scored('two', '2026-05-01T00:00:00.000Z', book('i + 80'));
    const { verdict, movement } = await monitor();
    expect(verdict.result).toBe('alarm');
    expect(verdict.causes.map(({ feature }) => feature)).toContain('x');
    expect(movement).toMatchObject({ customers: 200, worse: 80, better: 0 });
    expect(movement!.causes[0]!.expectedLoss).toBeCloseTo(
      movement!.expectedLoss.now - movement!.expectedLoss.before,
      9,
    );
    expect((await monitor('2026-04-15T00:00:00.000Z')).asOf).toBe('2026-04-01T00:00:00.000Z');
  });

  it('answers clearly to a feature that vanished, an empty month, no scores and no reference', async () => {
    await expect(monitor()).rejects.toMatchObject({ code: 'NO_SCORES' });
    await scored('one', '2026-04-01T00:00:00.000Z', book('i').replace('AS x', 'AS renamed'));
    expect((await monitor()).verdict).toMatchObject({ result: 'alarm', vanished: ['x'] });
    await expect(monitor(null, [])).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await scored('two', '2026-05-01T00:00:00.000Z', `${book('i')} WHERE false`);
    await expect(monitor()).rejects.toMatchObject({ code: 'INVALID_INPUT', message: /no customers/ });
  });
});
