import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, messageOf, ProbityError, type Instant, type Progress } from '../../base/index.ts';
import { USUAL_KEYS, type CustomerKeys } from '../contracts/index.ts';
import type { ErasedCustomers } from '../erasure/index.ts';
import { stopIfAborted } from '../sources/index.ts';
import { type Warehouse } from '../warehouse/index.ts';
import { QUARANTINE, type StageContext } from './stage-context.ts';

export interface ImportOptions {
  readonly warehouse: Warehouse;
  /** The instant of the import: known-at of rows that become known with it. */
  readonly now: Instant;
  readonly progress?: Progress;
  /** Customers whose rows are left out. */
  readonly erased?: ErasedCustomers;
  /** What the project says of its customers' ids. */
  readonly customerKeys?: CustomerKeys;
  /** Stops the import; nothing of it stays. */
  readonly signal?: AbortSignal;
}

/** What one import holds while it runs: its temporary tables and files. */
export interface Session extends StageContext {
  readonly scratch: string;
  readonly progress: Progress;
  readonly erased: ErasedCustomers | null;
}

/** The instant as DuckDB's TIMESTAMP literal takes it. */
export function timestampText(at: Instant): string {
  return at.replace('T', ' ').replace('Z', '');
}

/** Runs an import with temporary tables and a scratch folder of its own, which are gone afterwards, however it ends. */
export async function withSession<T>(options: ImportOptions, run: (session: Session) => Promise<T>): Promise<T> {
  const { connection } = options.warehouse;
  if (options.warehouse.mode !== 'write') throw new TypeError('an import needs a warehouse that is open for writing');
  stopIfAborted(options.signal);
  const scratch = await mkdtemp(join(tmpdir(), 'probity-import-'));
  const tables: string[] = [];
  const interrupt = () => connection.interrupt();
  options.signal?.addEventListener('abort', interrupt, { once: true });
  try {
    await connection.run(
      `CREATE TEMP TABLE ${QUARANTINE} (table_name VARCHAR, source VARCHAR, file VARCHAR, row_number BIGINT, column_name VARCHAR, code VARCHAR)`,
    );
    return await run({
      connection,
      scratch,
      now: timestampText(options.now),
      keys: options.customerKeys ?? USUAL_KEYS,
      signal: options.signal,
      progress: options.progress ?? (() => {}),
      erased: options.erased ?? null,
      temporaryTable: () => {
        const name = `import_t${tables.length}`;
        tables.push(name);
        return name;
      },
    });
  } catch (error) {
    if (error instanceof ProbityError) throw error;
    stopIfAborted(options.signal);
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', interrupt);
    await dropTemporary(connection);
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Runs statements in one transaction: all of them, or none. */
export async function inTransaction<T>(connection: DuckDBConnection, run: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN');
  try {
    const result = await run();
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    await rollback(connection);
    throw error;
  }
}

async function rollback(connection: DuckDBConnection): Promise<void> {
  try {
    await connection.run('ROLLBACK');
  } catch (error) {
    if (!/no transaction is active/i.test(messageOf(error))) throw error;
  }
}

async function dropTemporary(connection: DuckDBConnection): Promise<void> {
  const reader = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables() WHERE temporary');
  for (const row of reader.getRows()) await connection.run(`DROP TABLE IF EXISTS temp.${identifier(String(row[0]))}`);
}
