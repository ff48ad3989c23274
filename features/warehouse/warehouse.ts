import { existsSync, realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { messageOf, ProbityError } from '../../base/index.ts';
import { missingColumnStatements, schemaStatements } from './schema.ts';

/** An open warehouse: schema `raw` with one table per contract, schema `meta` with imports, quarantine and sources. */
export interface Warehouse {
  readonly path: string;
  readonly mode: 'write' | 'read';
  readonly connection: DuckDBConnection;
  close(): void;
}

/** DuckDB's file lock holds between processes only; this set holds within one. */
const open = new Map<string, 'write' | number>();

/**
 * Opens the warehouse. `write` makes it where it is missing and allows one opener at a time, over all processes; `read` allows
 * many, none beside a writer. The path `:memory:` gives a warehouse of its own that is gone when closed. Throws WAREHOUSE_BUSY while another holds it, WAREHOUSE_MISSING when there is nothing to read.
 */
export async function openWarehouse(path: string, mode: 'write' | 'read'): Promise<Warehouse> {
  if (path === ':memory:') return openUnshared(path, mode);
  if (mode === 'write') await mkdir(dirname(path), { recursive: true });
  else if (!existsSync(path)) {
    throw new ProbityError('WAREHOUSE_MISSING', `There is no warehouse at ${path}.`);
  }
  const key = join(realpathSync(dirname(path)), basename(path));
  const held = open.get(key);
  if (held === 'write' || (held !== undefined && mode === 'write')) throw busy(path, 'this process');
  open.set(key, mode === 'write' ? 'write' : (held ?? 0) + 1);
  const release = () => {
    const count = open.get(key);
    if (typeof count === 'number' && count > 1) open.set(key, count - 1);
    else open.delete(key);
  };
  try {
    const { instance, connection } = await connect(path, mode);
    let closed = false;
    return {
      path,
      mode,
      connection,
      close: () => {
        if (closed) return;
        closed = true;
        connection.closeSync();
        instance.closeSync();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

async function openUnshared(path: string, mode: 'write' | 'read'): Promise<Warehouse> {
  const { instance, connection } = await connect(path, mode);
  return {
    path,
    mode,
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function connect(path: string, mode: 'write' | 'read') {
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(path, {
      access_mode: mode === 'write' ? 'READ_WRITE' : 'READ_ONLY',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    if (mode === 'write') await prepare(connection);
    return { instance, connection };
  } catch (error) {
    instance?.closeSync();
    const holder = /held in [^(]*\(PID (\d+)\)/.exec(messageOf(error));
    if (holder !== null) throw busy(path, `process ${holder[1]}`);
    if (/lock on file/i.test(messageOf(error))) throw busy(path, 'another process');
    throw error;
  }
}

async function prepare(connection: DuckDBConnection): Promise<void> {
  await connection.run('BEGIN');
  for (const statement of schemaStatements()) await connection.run(statement);
  const reader = await connection.runAndReadAll(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'raw'",
  );
  const existing = new Map<string, Set<string>>();
  for (const row of reader.getRowObjects()) {
    const table = String(row['table_name']);
    existing.set(table, (existing.get(table) ?? new Set()).add(String(row['column_name'])));
  }
  for (const statement of missingColumnStatements(existing)) await connection.run(statement);
  await connection.run('COMMIT');
}

function busy(path: string, holder: string): ProbityError {
  return new ProbityError('WAREHOUSE_BUSY', `The warehouse ${path} is held by ${holder}.`);
}
