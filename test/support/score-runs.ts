import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../../base/index.ts';

/** A finished run of portfolio scores: by which model, as of when, the default probability of each customer. */
export interface ScoreRun {
  readonly name: string;
  readonly modelHash: string;
  readonly asOf: string;
  readonly pds: Readonly<Record<string, number>>;
}

/** Writes runs as the scoring of a portfolio leaves them: a folder each, with its manifest. */
export async function writeScoreRuns(folder: string, runs: readonly ScoreRun[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    for (const { name, modelHash, asOf, pds } of runs) {
      await mkdir(join(folder, name), { recursive: true });
      const rows = Object.entries(pds).map(
        ([id, pd]) => `(${literal(id)}, ${pd}::DOUBLE, ${literal(asOf)}::TIMESTAMP)`,
      );
      const file = join(folder, name, 'part-0.parquet');
      await connection.run(
        `COPY (SELECT * FROM (VALUES ${rows.join(', ')}) v(party_id, pd, as_of)) TO ${literal(file)} (FORMAT parquet)`,
      );
      const manifest = { modelHash, files: [{ file: 'part-0.parquet', rows: rows.length }] };
      await writeFile(join(folder, name, 'manifest.json'), JSON.stringify(manifest));
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
