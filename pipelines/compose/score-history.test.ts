import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '../../base/index.ts';
import { defaultStandards } from '../../rating/index.ts';
import { writeScoreRuns } from '../../test/support/score-runs.ts';
import { scoreHistory } from './score-history.ts';

const scale = { name: 'test', version: 1, pointsToDoubleOdds: 20, baseScore: 600, baseOdds: 50 };
const { masterScale } = defaultStandards();
const first = masterScale.grades[0]!.pdBelow;
const slot = { portfolio: 'main', segment: null, horizonMonths: 12 };
let folder: string;
let snapshots: Awaited<ReturnType<typeof writeScoreRuns>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-history-'));
  const run = (name: string, modelHash: string, asOf: string, pd: number) => ({
    name,
    modelHash,
    asOf,
    pds: { a: pd },
  });
  snapshots = await writeScoreRuns(folder, [
    // Odds of 50 are the base score, of 100 a doubling more, of 25 one less.
    run('march', 'old', '2025-03-20', 1 / 51),
    run('june-early', 'old', '2025-06-02', 1 / 101),
    run('june-late', 'old', '2025-06-20', 1 / 26),
    run('between', 'other', '2025-05-20', 0.9),
    run('long-ago', 'old', '2024-03-20', 0.5),
    run('new-champion', 'new', '2025-07-05', first),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function history(asOf: string, scores = folder, known = snapshots): Promise<unknown[] | null> {
  const query = await scoreHistory({ scores, snapshots: known, slot }, instant(asOf), { points: scale, masterScale });
  if (query === null) return null;
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT happened_at::DATE::VARCHAR, points::DOUBLE, grade_rank::INTEGER FROM (${query}) ORDER BY 1`,
    );
    return reader.getRows();
  } finally {
    connection.closeSync();
  }
}
const points = async (asOf: string) => (await history(asOf))?.map((row) => (row as unknown[]).slice(0, 2));

describe('scores that a customer’s own are compared with', () => {
  it('are those of one champion, the newest of each month within 430 days, in points', async () => {
    expect(await points('2025-07-01')).toEqual([
      ['2025-03-20', 600],
      ['2025-06-20', 580],
    ]);
  });

  it('are of the past only: a later run of the month is not known yet', async () => {
    expect(await points('2025-06-02')).toEqual([
      ['2025-03-20', 600],
      ['2025-06-02', 620],
    ]);
    expect(await points('2025-06-01')).toEqual([['2025-05-20', expect.any(Number)]]);
  });

  it('begin anew with a new champion, whose grade starts at its bound', async () => {
    const found = await history('2025-07-05');
    expect(found).toEqual([['2025-07-05', expect.any(Number), 2]]);
  });

  it('are none before the first run, nor in a folder that is not there', async () => {
    expect(await history('2024-03-19')).toBeNull();
    expect(await history('2025-07-01', join(folder, 'nowhere'))).toBeNull();
  });

  it('are of the one model that told of a customer last: a champion of a segment begins anew for its customers alone, and so does a move to another segment', async () => {
    const [all, farm] = ['main/*/12m', 'main/farm/12m'];
    const scores = join(folder, 'slots');
    const pd = 1 / 51;
    const run = (name: string, asOf: string, slots: readonly [readonly string[], readonly string[]]) => ({
      name,
      modelHash: 'm',
      asOf,
      pds: { stays: pd, farmer: pd, moved: pd },
      slots: {
        [all]: { modelHash: 'm', customers: slots[0] },
        [farm]: { modelHash: 'f', customers: slots[1] },
      },
    });
    const known = await writeScoreRuns(scores, [
      { name: 'april', modelHash: 'm', asOf: '2025-04-20', pds: { stays: pd, farmer: pd, moved: pd } },
      run('may', '2025-05-20', [['stays'], ['farmer', 'moved']]),
      run('june', '2025-06-20', [['stays', 'moved'], ['farmer']]),
    ]);
    const query = await scoreHistory({ scores, snapshots: known, slot }, instant('2025-07-01'), {
      points: scale,
      masterScale,
    });
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const reader = await connection.runAndReadAll(
      `SELECT party_id, list(strftime(happened_at, '%m') ORDER BY happened_at)::VARCHAR FROM (${query}) GROUP BY 1 ORDER BY 1`,
    );
    connection.closeSync();
    expect(reader.getRows()).toEqual([
      ['farmer', '[05, 06]'],
      ['moved', '[04, 06]'],
      ['stays', '[04, 05, 06]'],
    ]);
  });

  it('are newest by the instant of their snapshot and then by when the run began, whenever their files were written', async () => {
    const scores = join(folder, 'restored');
    const begun = (name: string, begunAt: string, pd: number) => ({
      name,
      begunAt,
      modelHash: 'm',
      asOf: '2025-06-20',
      pds: { a: pd },
    });
    const runs = [begun('a', '2025-06-20T09:00:00.000Z', 1 / 26), begun('b', '2025-06-20T08:00:00.000Z', 1 / 101)];
    const known = await writeScoreRuns(scores, [
      ...runs,
      { name: 'z', modelHash: 'm', asOf: '2025-05-20', pds: { a: 1 / 51 } },
    ]);
    expect(await history('2025-07-01', scores, known)).toEqual([
      ['2025-05-20', 600, expect.any(Number)],
      ['2025-06-20', 580, expect.any(Number)],
    ]);
  });
});
