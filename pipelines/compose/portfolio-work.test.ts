import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock, instant, literal, sha256File, type Instant } from '../../base/index.ts';
import { snapshotHash, type SnapshotContent } from '../../features/snapshots/index.ts';
import {
  defaultStandards,
  loadPortfolioAssumptions,
  loadRuleFiles,
  readLossFile,
  type PortfolioReport,
} from '../../rating/index.ts';
import { loadBasisPolicy, parseBasisPolicy, type BasisSources } from '../../records/privacy/index.ts';
import { portfolioWork } from './portfolio-work.ts';

let root: string;
let kept: PortfolioReport[];
let bases: BasisSources;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'probity-portfolio-'));
  kept = [];
  bases = { policy: loadBasisPolicy(null), bases: { periods: async () => [] } };
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function parquet(file: string, select: string): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`COPY (${select}) TO ${literal(file)} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

/** A published snapshot of a feature table, without other tables. */
async function snapshot(asOf: string, features: string, views: SnapshotContent['views'] = []): Promise<string> {
  const draft = join(root, 'draft');
  await mkdir(draft, { recursive: true });
  const file = join(draft, 'features.parquet');
  await parquet(file, features);
  const entry = { path: 'features.parquet', sha256: await sha256File(file), bytes: 1, rows: 1 };
  const content = {
    format: 'probity.snapshot/1',
    tenant: 'acme',
    asOf,
    factsThrough: 0,
    buckets: 1,
    parties: 2,
    tables: {},
    features: entry,
    statistics: {},
    views,
    sources: [],
  } as unknown as SnapshotContent;
  const hash = snapshotHash(content);
  const folder = join(root, 'snapshots', hash);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'features.parquet'), await (await import('node:fs/promises')).readFile(file));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ hash, builtAt: asOf, content }));
  published.set(hash, instant(asOf));
  return hash;
}

/** Instants of published snapshots. */
const published = new Map<string, Instant>();

async function scores(name: string, snapshotId: string, select: string, more: object = {}): Promise<void> {
  const folder = join(root, 'scores', name);
  await mkdir(folder, { recursive: true });
  await parquet(join(folder, 'bucket-000000.parquet'), select);
  const files = [{ file: 'bucket-000000.parquet', hash: name, rows: 1, sumPd: 0 }];
  const manifest = { snapshotId, modelHash: 'm', rows: 1, meanPd: 0, files, ...more };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

const work = () =>
  portfolioWork({
    slot: { portfolio: 'main', segment: null, horizonMonths: 12 },
    scores: join(root, 'scores'),
    snapshots: {
      get: async (id: string) => ({ ref: id }),
      find: async (id: string) => ({ asOf: published.get(id) }),
    } as never,
    storage: { materialise: async (ref: string) => join(root, 'snapshots', ref) } as never,
    clock: fixedClock('2026-06-01T00:00:00.000Z'),
    bases,
    reports: { keep: async (report: PortfolioReport) => String(kept.push(report)), earlier: async () => null } as never,
    warnings: async () => [],
    tell: async () => {},
    standards: async () => ({
      masterScale: defaultStandards().masterScale,
      loss: readLossFile(loadRuleFiles(null)),
      assumptions: loadPortfolioAssumptions(null),
    }),
  });
const context = { progress: () => {}, signal: new AbortController().signal };
const at = (day: string) => `TIMESTAMP '${day}'`;

describe('what has no legal basis for portfolio monitoring', () => {
  const from = instant('2026-01-01T00:00:00Z');
  const select = (parties: string) =>
    `SELECT * FROM (VALUES ${parties}) AS t(party_id, credit_drawn, receivables_open, tenure_days)`;
  const views = [
    { name: 'credit', tables: ['credit_lines'], dependsOn: [], features: [{ name: 'credit_drawn' }] },
    { name: 'open', tables: ['invoices', 'payments'], dependsOn: [], features: [{ name: 'receivables_open' }] },
  ];

  it('is no part of the exposures, and is named and counted with what the scores did without; with a basis for everything the report is the same as without the question', async () => {
    const rows = `('a', 100.0, 50.0, 730), ('b', 7.0, 8.0, 10), ('c', 1.0, 2.0, 10)`;
    const id = await snapshot('2026-05-01T00:00:00.000Z', select(rows), views as never);
    const scored = `SELECT p AS party_id, ${at('2026-05-01')} AS as_of, 0.01 AS pd FROM (VALUES ('a'), ('b'), ('c')) AS t(p)`;
    await scores('one', id, scored);
    await work().report(context);
    const basis = (source: string) => ({ source, purpose: 'portfolio-monitoring', basis: 'contract' });
    bases = {
      policy: parseBasisPolicy({ bases: ['parties', 'credit_lines', 'payments'].map(basis) }),
      bases: {
        periods: async () => [
          { subject: 'a', source: 'invoices', from, until: null },
          // Withdrawn between the snapshot and now: not used any more.
          { subject: 'b', source: 'invoices', from, until: instant('2026-05-15T00:00:00Z') },
        ],
      },
    };
    await work().report(context);
    const [all, lawful] = kept;
    expect(all?.source).not.toHaveProperty('withheld');
    expect(all?.exposure).toBe(168);
    expect(lawful?.exposure).toBe(158);
    expect(lawful?.source.withheld).toEqual([{ feature: 'receivables_open', source: 'invoices', customers: 2 }]);
    bases = { ...bases, policy: parseBasisPolicy({ bases: [basis('*')] }) };
    await work().report(context);
    expect(kept[2]).toEqual(all);
  });
});

describe('the report on a portfolio', () => {
  it('is of the newest scores, joined to the exposures of their snapshot, and migrates from the scores before', async () => {
    const first = await snapshot('2026-04-01T00:00:00.000Z', `SELECT 'a' AS party_id, 1 AS credit_drawn`);
    const second = await snapshot(
      '2026-05-01T00:00:00.000Z',
      `SELECT * FROM (VALUES ('a', 100.0, 50.0, 730), ('b', NULL, NULL, NULL)) AS t(party_id, credit_drawn, receivables_open, tenure_days)`,
    );
    await scores(
      'one',
      first,
      `SELECT * FROM (VALUES ('a', ${at('2026-04-01')}, 0.001), ('gone', ${at('2026-04-01')}, 0.5)) t(party_id, as_of, pd)`,
    );
    await scores(
      'two',
      second,
      `SELECT * FROM (VALUES ('a', ${at('2026-05-01')}, 0.2), ('b', ${at('2026-05-01')}, 0.01)) t(party_id, as_of, pd)`,
    );
    // An unfinished run has no manifest, and does not count.
    await mkdir(join(root, 'scores', 'three'));
    const answer = await work().report(context);
    expect(answer).toMatchObject({ reportId: '1', customers: 2, exposure: 150 });
    const [report] = kept;
    expect(report!.source).toMatchObject({ snapshotId: second, before: { asOf: '2026-04-01T00:00:00.000Z', left: 1 } });
    expect(report!.unknownExposure).toBe(1);
    expect(report!.expectedLoss).toBeCloseTo(0.45 * 0.2 * 150, 9);
    expect(report!.migration).toMatchObject({ worse: 1, better: 0, entered: 1, left: 1 });
    expect(report!.byVintage.map(({ name }) => name)).toEqual(['', '2024']);
  });

  it('takes each customer’s deciding score, of default over the project’s horizon alone, and names whose they are and how many have none', async () => {
    const id = await snapshot(
      '2026-05-01T00:00:00.000Z',
      `SELECT unnest(['a', 'b', 'c']) AS party_id, 100 AS credit_drawn`,
    );
    const models = [
      { slot: 'main/*/12m', modelHash: 'm', customers: 1 },
      { slot: 'main/farm/12m', modelHash: 'f', customers: 1 },
    ];
    const rows = (pd: number, slot: string) =>
      `('${slot === 'main/*/12m' ? 'a' : 'b'}', ${at('2026-05-01')}, ${pd}, '${slot}')`;
    await scores(
      'default',
      id,
      `SELECT * FROM (VALUES ${rows(0.1, 'main/*/12m')}, ${rows(0.2, 'main/farm/12m')}) t(party_id, as_of, pd, slot)`,
      { begunAt: '2026-05-01T03:00:00.000Z', models, unscored: 1 },
    );
    const late = [{ slot: 'main/*/6m/late-30d', modelHash: 'l', customers: 3 }];
    await scores('late', id, `SELECT unnest(['a', 'b', 'c']) AS party_id, ${at('2026-05-01')} AS as_of, 0.9 AS pd`, {
      begunAt: '2026-05-01T04:00:00.000Z',
      models: late,
    });
    await work().report(context);
    const [report] = kept;
    expect(report!.source).toMatchObject({ modelHash: 'm', models, unscored: 1 });
    expect(report!.customers).toBe(2);
    expect(report!.expectedLoss).toBeCloseTo(0.45 * 100 * (0.1 + 0.2), 9);
  });

  it('asks for scores where there are none, and refuses an altered snapshot', async () => {
    await expect(work().report(context)).rejects.toMatchObject({ code: 'NO_SCORES' });
    const id = await snapshot('2026-05-01T00:00:00.000Z', `SELECT 'a' AS party_id`);
    await scores('one', id, `SELECT 'a' AS party_id, ${at('2026-05-01')} AS as_of, 0.2 AS pd`);
    await work().report(context);
    expect(kept[0]).toMatchObject({ customers: 1, exposure: 0, unknownExposure: 1, migration: null });
    await parquet(join(root, 'snapshots', id, 'features.parquet'), `SELECT 'b' AS party_id`);
    await expect(work().report(context)).rejects.toMatchObject({ code: 'SNAPSHOT_ALTERED' });
  });
});
