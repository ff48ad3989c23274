/** Made-up transactions for the benches: the same rows for every system that is measured. */
import type { DuckDBConnection } from '@duckdb/node-api';

/** Makes table `tx` of `rows` transactions of `customers` customers over two years, in no order of customer. */
export async function makeTransactions(connection: DuckDBConnection, rows: number, customers: number): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE tx AS SELECT
      'T' || i AS transaction_id,
      'P' || (hash(i) % ${customers})::VARCHAR AS party_id,
      CASE WHEN hash(i, 1) % 3 = 0 THEN 'in' ELSE 'out' END AS direction,
      ((hash(i, 2) % 1000000)::DECIMAL(18,2) / 100)::DECIMAL(18,2) AS amount,
      ['salary', 'cash', 'transfer', 'household', 'penalty'][1 + (hash(i, 3) % 5)::INTEGER] AS category,
      TIMESTAMP '2024-01-01' + to_seconds((hash(i, 4) % 63072000)::BIGINT) AS booked_at
    FROM range(${rows}) numbers(i)`);
}

/** Seconds of wall time that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
