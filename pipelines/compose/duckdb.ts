import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** Works with a DuckDB of its own, in memory. */
export async function withDuckDB<T>(threads: number, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The columns of a relation. */
export async function columnsOf(connection: DuckDBConnection, relation: string): Promise<ReadonlySet<string>> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${relation}`);
  return new Set(described.getRows().map(([name]) => String(name)));
}

/** The first value that a query answers. */
export async function oneValue(connection: DuckDBConnection, query: string): Promise<unknown> {
  return (await connection.runAndReadAll(query)).getRows()[0]?.[0];
}
