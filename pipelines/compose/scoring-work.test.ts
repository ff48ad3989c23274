import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instant, literal, sha256File, systemClock } from '../../base/index.ts';
import { snapshotHash, type SnapshotContent } from '../../features/snapshots/index.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { saveArtefact } from '../../models/artefact/index.ts';
import { parseSlotKey } from '../../models/registry/index.ts';
import { chooseLateSlot, chooseSlot } from '../../rating/index.ts';
import { loadBasisPolicy } from '../../records/privacy/index.ts';
import { withDuckDB } from './duckdb.ts';
import { scoringWork } from './scoring-work.ts';

const context = { progress: () => {}, signal: new AbortController().signal };
const ALL = 'main/*/12m';
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'probity-scoring-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A model whose PD tells which it is: by its intercept. */
async function model(intercept: number): Promise<string> {
  await mkdir(join(root, `model${intercept}`));
  return saveArtefact(artefactOf({ intercept, terms: [], pairs: [] }), join(root, `model${intercept}`));
}

async function snapshot(features: string): Promise<string> {
  const draft = join(root, 'features.parquet');
  await withDuckDB(1, (connection) => connection.run(`COPY (${features}) TO ${literal(draft)} (FORMAT parquet)`));
  const entry = { path: 'features.parquet', sha256: await sha256File(draft), bytes: 1, rows: 1 };
  const content = {
    format: 'probity.snapshot/1',
    asOf: '2026-05-01T00:00:00.000Z',
    tables: {},
    features: entry,
    views: [],
  };
  const hash = snapshotHash(content as unknown as SnapshotContent);
  await writeFile(join(root, 'manifest.json'), JSON.stringify({ hash, builtAt: content.asOf, content }));
  return hash;
}

/** The work with standing champions by slot, each a model of its own intercept. */
async function working(slots: Readonly<Record<string, number>>, features = '') {
  const snapshotId = features === '' ? 's' : await snapshot(features);
  const models = new Map<string, number>();
  const standing: { slot: ReturnType<typeof parseSlotKey>; modelHash: string }[] = [];
  for (const [slot, intercept] of Object.entries(slots)) {
    const modelHash = await model(intercept);
    models.set(modelHash, intercept);
    standing.push({ slot: parseSlotKey(slot), modelHash });
  }
  const work = scoringWork({
    clock: systemClock,
    champions: { standing: async () => standing } as never,
    snapshots: { newest: async () => ({ snapshotId }), get: async () => ({ ref: root }) } as never,
    registry: { model: async (hash: string) => ({ artefactRef: join(root, `model${models.get(hash)}`) }) } as never,
    storage: { materialise: async (ref: string) => ref } as never,
    bases: { policy: loadBasisPolicy(null), bases: { periods: async () => [] } },
  });
  const score = async (slot: string) => {
    const target = await work.target(parseSlotKey(slot));
    const file = join(root, 'scores.parquet');
    const stamp = await work.scoreBucket({ ...target, bucket: 0, buckets: 1, file }, context);
    const rows = await withDuckDB(1, async (connection) => {
      const read = await connection.runAndReadAll(`SELECT * FROM read_parquet(${literal(file)})`);
      return read.getRowObjects();
    });
    return { target, stamp, rows, intercepts: new Map(rows.map((row) => [row['party_id'], row['log_odds']])) };
  };
  return { work, standing, score };
}

const customers = `SELECT id AS party_id, ${literal(instant('2026-05-01').slice(0, -1))}::TIMESTAMP AS as_of, segment
  FROM (VALUES ('a', 'farm'), ('b', 'trade'), ('c', 'shop'), ('d', NULL)) v(id, segment)`;

describe('scoring a portfolio', () => {
  it('scores each customer by the champion of the slot that would rate them, whatever champions there are, and names whose it was', async () => {
    const champions = {
      [ALL]: -1,
      'main/farm/12m': -2,
      'main/trade/12m': -3,
      'main/farm/24m': -4,
      'other/farm/12m': -5,
      'main/shop/6m/late-30d': -6,
    };
    const { score, standing } = await working(champions, customers);
    const { intercepts, stamp, rows } = await score(ALL);
    const slots = standing.map(({ slot }) => slot);
    for (const [id, segment] of [
      ['a', 'farm'],
      ['b', 'trade'],
      ['c', 'shop'],
      ['d', null],
    ] as const) {
      const { slot } = chooseSlot(slots, { portfolio: 'main', segment, horizonMonths: 12 });
      expect(intercepts.get(id)).toBe(champions[Object.keys(champions)[slots.indexOf(slot)] as typeof ALL]);
    }
    expect(rows.map(({ slot }) => slot)).toEqual(['main/farm/12m', 'main/trade/12m', ALL, ALL]);
    expect(stamp).toMatchObject({ rows: 4, bySlot: { [ALL]: 2, 'main/farm/12m': 1, 'main/trade/12m': 1 } });
    expect(stamp).not.toHaveProperty('unscored');
  });

  it('scores late payment by the slot that stands beside a rating', async () => {
    const champions = { [ALL]: -1, 'main/*/6m/late-30d': -2, 'main/*/6m/late-60d': -3, 'main/farm/6m/late-60d': -4 };
    const { score, standing } = await working(champions, customers);
    const { intercepts, target } = await score('main/*/6m/late-30d');
    const late = (segment: string | null) =>
      chooseLateSlot(
        standing.map(({ slot }) => slot),
        { portfolio: 'main', segment },
      )?.slot;
    expect([late('farm')?.lateDays, late('trade')?.lateDays]).toEqual([60, 30]);
    expect([...intercepts.values()]).toEqual([-4, -2, -2, -2]);
    expect(target.models).toHaveLength(2);
  });

  it('leaves those out about whom no slot decides, and counts them', async () => {
    const { score } = await working({ 'main/farm/12m': -2 }, customers);
    const { rows, stamp } = await score(ALL);
    expect(rows.map(({ party_id }) => party_id)).toEqual(['a']);
    expect(stamp).toMatchObject({ rows: 1, unscored: 3 });
  });

  it('needs no segment where one champion decides about everybody', async () => {
    const { score } = await working({ [ALL]: -1 }, customers.replace('AS as_of, segment', 'AS as_of'));
    const { rows } = await score(ALL);
    expect(rows).toHaveLength(4);
    expect(rows[0]).not.toHaveProperty('slot');
  });

  it('without any champion is refused, and told what to do', async () => {
    const { work } = await working({ 'main/farm/24m': -1 });
    await expect(work.target(parseSlotKey(ALL))).rejects.toMatchObject({
      code: 'NO_CHAMPION',
      message: 'Neither the slot main/*/12m nor that of a segment has a champion to score the portfolio with.',
    });
  });
});
