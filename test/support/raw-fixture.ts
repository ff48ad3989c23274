import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { CONTRACTS, contractOf, rawColumns } from '../../features/contracts/index.ts';

/** A row of a raw table as plain values; `happened_at` is required, `known_from` defaults to it, `known_until` to infinity. */
export interface RawRow {
  readonly table: string;
  readonly values: { readonly [column: string]: string | number | boolean | null };
}

/** An in-memory database with every raw table, empty. */
export async function rawDatabase(threads = 2): Promise<{ readonly connection: DuckDBConnection; close(): void }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA raw');
  for (const contract of CONTRACTS) {
    const columns = rawColumns(contract).map(([name, type]) => `"${name}" ${type}`);
    await connection.run(`CREATE TABLE raw."${contract.name}" (${columns.join(', ')})`);
  }
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Inserts rows in the given order. */
export async function insertRaw(connection: DuckDBConnection, rows: readonly RawRow[]): Promise<void> {
  for (const table of new Set(rows.map((row) => row.table))) {
    const contract = contractOf(table);
    if (!contract) throw new Error(`no table ${table}`);
    const columns = rawColumns(contract);
    const tuples = rows
      .filter((row) => row.table === table)
      .map(({ values }) => {
        const full: RawRow['values'] = {
          known_from: values['happened_at'] ?? null,
          known_until: 'infinity',
          source: 'test',
          import_id: 'test',
          ...values,
        };
        return `(${columns.map(([name, type]) => `${literal(full[name] ?? null)}::${type}`).join(', ')})`;
      });
    for (let start = 0; start < tuples.length; start += 2000)
      await connection.run(`INSERT INTO raw."${table}" VALUES ${tuples.slice(start, start + 2000).join(', ')}`);
  }
}

/** All rows of a relation as objects, numbers as JavaScript numbers, instants as text. */
export async function rowsOf(connection: DuckDBConnection, relation: string): Promise<Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(`SELECT * REPLACE (as_of::VARCHAR AS as_of) FROM ${relation}`);
  return reader.getRowObjects();
}

function literal(value: string | number | boolean | null): string {
  return value === null ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`;
}
