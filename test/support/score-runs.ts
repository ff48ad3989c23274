import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { instant, literal, type Instant } from '../../base/index.ts';

/** A finished run of portfolio scores: by which model, as of when, the default probability of each customer. */
export interface WrittenRun {
  readonly name: string;
  readonly modelHash: string;
  readonly asOf: string;
  /** Absent: a run of before it was kept. */
  readonly begunAt?: string;
  readonly pds: Readonly<Record<string, number>>;
  /** By slot, its model and its customers; absent: a run as they were written before slots were named. */
  readonly slots?: Readonly<Record<string, { readonly modelHash: string; readonly customers: readonly string[] }>>;
}

/** Writes runs as the scoring of a portfolio leaves them: a folder each, with its manifest. Answers their snapshots, of which each run has its own. */
export async function writeScoreRuns(
  folder: string,
  runs: readonly WrittenRun[],
): Promise<{ find(snapshotId: string): Promise<never> }> {
  const instants = new Map<string, Instant>();
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    for (const { name, modelHash, asOf, begunAt, pds, slots = {} } of runs) {
      await mkdir(join(folder, name), { recursive: true });
      const models = Object.entries(slots).map(([slot, own]) => ({ ...own, slot }));
      const slotOf = (id: string) => models.find(({ customers }) => customers.includes(id))?.slot ?? '';
      const rows = Object.entries(pds).map(
        ([id, pd]) => `(${literal(id)}, ${pd}::DOUBLE, ${literal(asOf)}::TIMESTAMP, ${literal(slotOf(id))})`,
      );
      const file = join(folder, name, 'part-0.parquet');
      const columns = models.length > 1 ? '*' : '* EXCLUDE (slot)';
      await connection.run(
        `COPY (SELECT ${columns} FROM (VALUES ${rows.join(', ')}) v(party_id, pd, as_of, slot)) TO ${literal(file)} (FORMAT parquet)`,
      );
      const sumPd = Object.values(pds).reduce((sum, pd) => sum + pd, 0);
      const snapshotId = `snapshot-of-${name}`;
      instants.set(snapshotId, instant(asOf));
      const manifest = {
        snapshotId,
        modelHash,
        rows: rows.length,
        meanPd: sumPd / rows.length,
        ...(begunAt === undefined ? {} : { begunAt }),
        ...(models.length === 0
          ? {}
          : { models: models.map((each) => ({ ...each, customers: each.customers.length })) }),
        files: [{ file: 'part-0.parquet', hash: name, rows: rows.length, sumPd }],
      };
      await writeFile(join(folder, name, 'manifest.json'), JSON.stringify(manifest));
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return { find: async (snapshotId) => ({ snapshotId, asOf: instants.get(snapshotId) }) as never };
}
