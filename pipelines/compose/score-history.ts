import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { epochMillis, exactGlob, literal, type Instant } from '../../base/index.ts';
import { pointsPerLogOdds, type MasterScale, type PointsScale } from '../../rating/index.ts';

/** How far back scores are compared. */
const DAYS = 430;

/**
 * Query over the scores of a portfolio, with `party_id, pd, points, grade_rank, happened_at`: of the model that scored last by `asOf`, the newest run
 * of each month and the newest of all; null: no scores by then. Scores of other models are left out: a new champion moves everybody, nobody has changed.
 */
export async function scoreHistory(
  folder: string,
  asOf: Instant,
  { points, masterScale }: { readonly points: PointsScale; readonly masterScale: MasterScale },
): Promise<string | null> {
  const runs = await runsIn(folder);
  const end = epochMillis(asOf);
  const inTime = runs.filter(({ at }) => at <= end && at > end - DAYS * 86_400_000).toSorted((a, b) => b.at - a.at);
  const newest = inTime[0];
  if (newest === undefined) return null;
  const months = new Map<string, Run>();
  for (const run of inTime) {
    if (run.modelHash !== newest.modelHash) continue;
    const month = new Date(run.at).toISOString().slice(0, 7);
    if (!months.has(month)) months.set(month, run);
  }
  const files = [...months.values()].flatMap((run) => run.files).map((path) => literal(exactGlob(path)));
  const pd = 'least(greatest(pd, 1e-9), 1 - 1e-9)';
  const score = `${points.baseScore} + ${pointsPerLogOdds(points)} * (ln((1 - ${pd}) / ${pd}) - ln(${points.baseOdds}))`;
  const bounds = masterScale.grades.slice(0, -1).map(({ pdBelow }, i) => `WHEN pd < ${pdBelow} THEN ${i + 1}`);
  const rank = bounds.length === 0 ? '1' : `CASE ${bounds.join(' ')} ELSE ${masterScale.grades.length} END`;
  return `SELECT party_id, pd, (${score})::DECIMAL(18, 2) AS points, ${rank} AS grade_rank, as_of AS happened_at
    FROM read_parquet([${files.join(', ')}])`;
}

interface Run {
  readonly modelHash: string;
  readonly at: number;
  readonly files: readonly string[];
}

/** Runs that this process has looked at, by folder: as long as its manifest says the same, a run is the same. */
const seen = new Map<string, { readonly text: string; readonly run: Run | null }>();
const MOST_SEEN = 5_000;

/** The finished runs of a folder of scores; instants are those of their rows. */
async function runsIn(folder: string): Promise<readonly Run[]> {
  const found = new Map<string, Run | null>();
  const fresh: { readonly name: string; readonly text: string }[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const text = await readFile(join(folder, name, 'manifest.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    const known = seen.get(join(folder, name));
    // The order of the folder stays, whoever is known already.
    found.set(name, known?.text === text ? known.run : null);
    if (known?.text !== text) fresh.push({ name, text });
  }
  const runs = (): readonly Run[] => [...found.values()].filter((run) => run !== null);
  if (fresh.length === 0) return runs();
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    for (const { name, text } of fresh) {
      const { modelHash, files } = JSON.parse(text) as {
        modelHash: string;
        files: readonly { file: string; rows: number }[];
      };
      const paths = files.filter(({ rows }) => rows > 0).map(({ file }) => join(folder, name, file));
      const [first] = paths;
      let run: Run | null = null;
      if (first !== undefined) {
        const reader = await connection.runAndReadAll(
          `SELECT epoch_ms(max(as_of))::DOUBLE FROM read_parquet(${literal(exactGlob(first))})`,
        );
        run = { modelHash, at: Number(reader.getRows()[0]?.[0] ?? 0), files: paths };
        found.set(name, run);
      }
      if (seen.size >= MOST_SEEN) seen.clear();
      seen.set(join(folder, name), { text, run });
    }
    return runs();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
