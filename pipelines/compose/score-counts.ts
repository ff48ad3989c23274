import type { DuckDBConnection } from '@duckdb/node-api';
import { exactGlob, literal } from '../../base/index.ts';
import type { BucketStamp } from '../score-manifest.ts';

/** What is in a file of scores: its rows, the sum of their PDs and, where a column names slots, the rows of each. */
export async function countsOf(
  connection: DuckDBConnection,
  file: string,
  namesSlots: boolean,
): Promise<Pick<BucketStamp, 'rows' | 'sumPd' | 'bySlot'>> {
  const source = `read_parquet(${literal(exactGlob(file))})`;
  const read = await connection.runAndReadAll(`SELECT count(*)::DOUBLE, coalesce(sum(pd), 0)::DOUBLE FROM ${source}`);
  const [rows = 0, sumPd = 0] = (read.getRows()[0] ?? []).map(Number);
  if (!namesSlots) return { rows, sumPd };
  const slots = await connection.runAndReadAll(
    `SELECT slot, count(*)::DOUBLE FROM ${source} GROUP BY slot ORDER BY slot`,
  );
  return {
    rows,
    sumPd,
    bySlot: Object.fromEntries(slots.getRows().map(([slot, count]) => [String(slot), Number(count)])),
  };
}
