import { DuckDBDataChunk, BOOLEAN, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import { identifier, type Instant } from '../../base/index.ts';
import type { FeatureTables } from '../../features/views/index.ts';
import type { WithheldOfCustomers } from '../../rating/index.ts';
import { lackingRows, type BasisSources } from '../../records/privacy/index.ts';

/** What customers' features are used for, and the instants that need a basis. */
export interface LawfulUse {
  readonly purpose: string;
  readonly instants: readonly Instant[];
  readonly basis: BasisSources;
}

let made = 0;

/**
 * A relation by customer (`party_id`, once each) as it may be used: the asked features that are made from a table without a basis are null for the customers who give none, and counted. Its
 * columns, and where everything has a basis its very text, stay. Makes a temporary table on the connection.
 */
export async function lawfulRelation(
  connection: DuckDBConnection,
  relation: string,
  { features, lineage }: { readonly features: readonly string[]; readonly lineage: FeatureTables },
  { purpose, instants, basis }: LawfulUse,
): Promise<{ readonly relation: string; readonly withheld: readonly WithheldOfCustomers[] }> {
  const tables = new Set(features.flatMap((feature) => lineage[feature] ?? []));
  if (instants.every((at) => basis.policy.lacking(tables, purpose, at).length === 0)) return { relation, withheld: [] };
  const listed = await connection.runAndReadAll(`SELECT party_id::VARCHAR FROM ${relation} ORDER BY party_id`);
  const customers = listed.getRows().map(([id]) => String(id));
  const lacking = await lackingRows(
    basis,
    purpose,
    tables,
    customers.map((customerId) => ({ customerId, instants })),
  );
  if (lacking.size === 0) return { relation, withheld: [] };
  const sources = [...lacking.keys()].sort();
  const name = `unlawful_${(made += 1)}`;
  const flag = (source: string): string => `s${sources.indexOf(source)}`;
  await connection.run(
    `CREATE TEMP TABLE ${name} (party_id VARCHAR, ${sources.map((source) => `${flag(source)} BOOLEAN`).join(', ')})`,
  );
  const appender = await connection.createAppender(name, 'main', 'temp');
  for (let start = 0; start < customers.length; start += 2048) {
    const some = customers.slice(start, start + 2048);
    const chunk = DuckDBDataChunk.create([VARCHAR, ...sources.map(() => BOOLEAN)], some.length);
    chunk.setColumnValues(0, some);
    sources.forEach((source, i) =>
      chunk.setColumnValues(
        i + 1,
        some.map((_, row) => lacking.get(source)?.[start + row] === 1),
      ),
    );
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  const without = features
    .map((feature) => ({ feature, of: (lineage[feature] ?? []).filter((table) => lacking.has(table)) }))
    .filter(({ of }) => of.length > 0);
  const replaced = without.map(({ feature, of }) => {
    const column = identifier(feature);
    return `CASE WHEN ${of.map((source) => `u.${flag(source)}`).join(' OR ')} THEN NULL ELSE r.${column} END AS ${column}`;
  });
  const count = (source: string): number => lacking.get(source)?.reduce((sum, mark) => sum + mark, 0) ?? 0;
  return {
    relation:
      replaced.length === 0
        ? relation
        : `(SELECT r.* REPLACE (${replaced.join(', ')}) FROM ${relation} AS r JOIN ${name} AS u USING (party_id) ORDER BY party_id)`,
    withheld: without.flatMap(({ feature, of }) => of.map((source) => ({ feature, source, customers: count(source) }))),
  };
}
