import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { literal } from '../../base/index.ts';
import { parseSlotKey } from '../../models/registry/index.ts';
import { pseudonymsUnder } from '../../records/ratings/index.ts';
import { writeScoreRuns } from '../../test/support/score-runs.ts';
import { withDuckDB } from './duckdb.ts';
import { eraseScores } from './erase-files.ts';
import { areAlike, datedRuns, isOfFamily, modelIn, scoreRuns, scoresOf } from './score-runs.ts';

const [ALL, FARM, LATE] = ['main/*/12m', 'main/farm/12m', 'main/*/6m/late-30d'] as const;
let scores: string;
let snapshots: Awaited<ReturnType<typeof writeScoreRuns>>;
beforeEach(async () => {
  scores = await mkdtemp(join(tmpdir(), 'probity-runs-'));
  const pds = { a: 0.1, b: 0.2, c: 0.3 };
  const slots = { [ALL]: { modelHash: 'm', customers: ['a', 'b'] }, [FARM]: { modelHash: 'f', customers: ['c'] } };
  const late = { [LATE]: { modelHash: 'l', customers: ['a', 'b', 'c'] } };
  snapshots = await writeScoreRuns(scores, [
    { name: 'z-old', modelHash: 'm', asOf: '2025-05-20', pds },
    { name: 'y', modelHash: 'm', asOf: '2025-06-20', begunAt: '2025-06-20T09:00:00.000Z', pds, slots },
    { name: 'x-late', modelHash: 'l', asOf: '2025-06-20', begunAt: '2025-06-20T09:05:00.000Z', pds, slots: late },
  ]);
});
afterEach(() => rm(scores, { recursive: true, force: true }));

describe('runs of scores', () => {
  it('stand in the order of their snapshots and of their beginning, whenever their files were written', async () => {
    await utimes(join(scores, 'z-old', 'manifest.json'), new Date(), new Date(Date.now() + 60_000));
    expect((await datedRuns(scores, snapshots)).map(({ name }) => name)).toEqual(['z-old', 'y', 'x-late']);
  });

  it('tell by slot which model scored whom; those of before slots were named are of the champion of all segments', async () => {
    const [late, now, old] = await scoreRuns(scores);
    const models = [old!, now!, late!].map((run) => [ALL, FARM, LATE].map((slot) => modelIn(run, parseSlotKey(slot))));
    expect(models).toEqual([
      ['m', null, null],
      ['m', 'f', null],
      [null, null, 'l'],
    ]);
    expect([old!, now!, late!].map((run) => isOfFamily(run, parseSlotKey(FARM)))).toEqual([true, true, false]);
    expect([areAlike(old!, now!), areAlike(now!, late!), areAlike(old!, late!)]).toEqual([true, false, false]);
    const ids = async (query: string | null) =>
      query === null
        ? null
        : withDuckDB(1, async (connection) =>
            (await connection.runAndReadAll(`SELECT party_id FROM ${query} ORDER BY 1`)).getRows().flat(),
          );
    expect(await ids(scoresOf(now!, parseSlotKey(FARM)))).toEqual(['c']);
    expect(await ids(scoresOf(old!, parseSlotKey(ALL)))).toEqual(['a', 'b', 'c']);
    expect(await ids(scoresOf(old!, parseSlotKey(FARM)))).toBeNull();
  });

  it('whose manifest is none are named with every problem, and never taken for something else', async () => {
    await writeFile(join(scores, 'y', 'manifest.json'), '{"snapshotId":7,"models":[{"slot":"farm"}],"files":[]}');
    await expect(scoreRuns(scores)).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      message: 'The scores at y do not say what they are.',
      problems: expect.arrayContaining([
        expect.objectContaining({ at: 'snapshotId' }),
        expect.objectContaining({ at: 'models.0.slot', message: 'This is not a slot.' }),
      ]) as unknown,
    });
    await writeFile(join(scores, 'y', 'manifest.json'), 'half a file');
    await expect(scoreRuns(scores)).rejects.toMatchObject({ code: 'INVALID_SPEC' });
  });

  it('keep who scored whom when a customer is erased, and count anew', async () => {
    const key = Buffer.alloc(32, 1);
    for (const name of ['z-old', 'y', 'x-late'])
      await withDuckDB(1, (connection) =>
        connection.run(
          `COPY (FROM read_parquet(${literal(join(scores, name, 'part-0.parquet'))})) TO ${literal(join(scores, name, 'bucket-0.parquet'))} (FORMAT parquet)`,
        ),
      );
    for (const name of ['z-old', 'y', 'x-late']) {
      const path = join(scores, name, 'manifest.json');
      await writeFile(path, (await readFile(path, 'utf8')).replace('part-0', 'bucket-0'));
    }
    expect(await eraseScores(scores, { subjects: [pseudonymsUnder(key).of('b')], key })).toBe(3);
    const [late, now, old] = await scoreRuns(scores);
    expect([old, now, late].map((run) => run!.manifest.rows)).toEqual([2, 2, 2]);
    expect(now!.manifest).toMatchObject({
      meanPd: 0.2,
      models: [
        { slot: ALL, modelHash: 'm', customers: 1 },
        { slot: FARM, modelHash: 'f', customers: 1 },
      ],
      files: [{ bySlot: { [ALL]: 1, [FARM]: 1 } }],
    });
  });
});
