import type { DuckDBConnection } from '@duckdb/node-api';
import { ProbityError } from '../../base/errors.ts';
import { instant, type Instant } from '../../base/instant.ts';

/** Tables whose facts keep coming: the newest of them tells how far the data reach. */
const FLOWING = [
  'outcomes',
  'payments',
  'invoices',
  'transactions',
  'behaviour_events',
  'orders',
  'credit_lines',
] as const;

/**
 * The data's cut-off: the end of the day on which the newest fact became known. A performance window that ends later has not closed,
 * whatever the clock on the wall says. Throws `INVALID_INPUT` where there are no facts.
 */
export async function dataCutoff(connection: DuckDBConnection, schema = 'raw'): Promise<Instant> {
  const tables = await connection.runAndReadAll(
    'SELECT table_name FROM information_schema.tables WHERE table_schema = $schema',
    { schema: schema.split('.').at(-1) ?? schema },
  );
  const present = new Set(tables.getRows().map(([name]) => name));
  const queries = FLOWING.filter((table) => present.has(table)).map(
    (table) => `SELECT max(known_from) AS newest FROM ${schema}.${table} WHERE isfinite(known_from)`,
  );
  const newest =
    queries.length === 0
      ? null
      : (
          await connection.runAndReadAll(
            `SELECT epoch_ms(date_trunc('day', max(newest)) + INTERVAL 1 DAY)::DOUBLE FROM (${queries.join(' UNION ALL ')})`,
          )
        ).getRows()[0]?.[0];
  if (typeof newest !== 'number') {
    throw new ProbityError(
      'INVALID_INPUT',
      `The warehouse holds no facts of ${FLOWING.join(', ')}, so there is no date up to which outcomes are known.`,
      {
        fix: 'Import at least one of these tables first: probity import SPEC.',
      },
    );
  }
  return instant(newest);
}
