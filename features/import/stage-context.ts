import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf, ProbityError } from '../../base/index.ts';
import type { CustomerKeys } from '../contracts/index.ts';
import { stopIfAborted, unreadable } from '../sources/index.ts';

/** The quarantine of an import while it runs. */
export const QUARANTINE = 'import_quarantine';

/** What every step of staging needs. */
export interface StageContext {
  readonly connection: DuckDBConnection;
  readonly now: string;
  readonly keys: CustomerKeys;
  readonly signal: AbortSignal | undefined;
  readonly temporaryTable: () => string;
}

/** Runs a step that reads a source; what DuckDB says may hold cells, so only the cause keeps it. */
export async function guarded(
  label: string,
  context: Pick<StageContext, 'signal'>,
  step: () => Promise<void>,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    stopIfAborted(context.signal);
    if (error instanceof ProbityError) throw error;
    const kind = messageOf(error).split(':')[0] ?? '';
    throw unreadable(label, `cannot be read (${kind})`, undefined, error);
  }
}

/** The one number that a query returns. */
export async function scalar(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(sql);
  return Number(reader.getRows()[0]?.[0] ?? 0);
}
