import type { DuckDBConnection } from '@duckdb/node-api';
import { exactGlob, identifier, isProbityError, literal } from '../../base/index.ts';
import { readableColumns } from '../asof/index.ts';
import { CONTRACTS } from '../contracts/index.ts';
import { rawTable } from '../warehouse/index.ts';
import { readManifest, verifiedFile } from './manifest.ts';

/** Rows of a table, and the sum of their 64-bit hashes: equal for equal rows in any order. It is of this process and no other. */
export interface TableContent {
  readonly rows: number;
  readonly sum: string;
}

/** A table whose published rows are not those of the warehouse. */
export interface DifferingTable {
  readonly table: string;
  readonly warehouse: TableContent;
  readonly published: TableContent;
}

/**
 * Compares every version of every row of the warehouse with what a snapshot's folder holds. Answers the tables that differ, or null where a file of the
 * snapshot is missing or does not have its hash.
 */
export async function compareWithSnapshot(
  connection: DuckDBConnection,
  folder: string,
  signal: AbortSignal,
): Promise<readonly DifferingTable[] | null> {
  try {
    const manifest = await readManifest(folder);
    const { tables, features, statistics } = manifest.content;
    for (const file of [features, ...Object.values(statistics)]) await verifiedFile(folder, manifest, file);
    const differing: DifferingTable[] = [];
    for (const { name } of CONTRACTS.filter((contract) => contract.name !== 'outcomes')) {
      signal.throwIfAborted();
      const paths: string[] = [];
      for (const file of Object.values(tables[name]?.files ?? {}))
        paths.push(literal(exactGlob(await verifiedFile(folder, manifest, file))));
      const published =
        paths.length === 0 ? NOTHING : await contentOf(connection, name, `read_parquet([${paths.join(', ')}])`);
      const warehouse = await contentOf(connection, name, rawTable(name));
      if (warehouse.rows !== published.rows || warehouse.sum !== published.sum)
        differing.push({ table: name, warehouse, published });
    }
    return differing;
  } catch (error) {
    if (isProbityError(error, 'SNAPSHOT_ALTERED') || isProbityError(error, 'SNAPSHOT_NOT_FOUND')) return null;
    throw error;
  }
}

const NOTHING: TableContent = { rows: 0, sum: '0' };

async function contentOf(connection: DuckDBConnection, table: string, relation: string): Promise<TableContent> {
  const columns = readableColumns(table).map(([name]) => identifier(name));
  const reader = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE, coalesce(sum(hash(${columns.join(', ')}))::VARCHAR, '0') FROM ${relation}`,
  );
  const [rows, sum] = reader.getRows()[0] ?? [0, '0'];
  return { rows: Number(rows), sum: String(sum) };
}
