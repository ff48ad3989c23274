import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal, ProbityError, type Instant } from '../../base/index.ts';
import { readableColumns } from '../asof/index.ts';
import { contractOf } from '../contracts/index.ts';

/** A fact acknowledged since a snapshot was made: a row of a canonical table, known from the moment of its acknowledgement. */
export interface AddedFact {
  readonly table: string;
  readonly values: { readonly [column: string]: string | number | boolean | null };
  readonly happenedAt: Instant;
  readonly knownFrom: Instant;
  readonly sequence: number;
  /** It says by its own clock which version it is: older than the one that stands, it replaces nothing. */
  readonly ordered?: boolean;
}

/**
 * Adds facts, in order of their sequence, to tables that hold published ones, as the warehouse would take them in: an identical row
 * is ignored, a changed one replaces the version before it from the moment at which it became known, unless it is ordered and happened
 * before that version (`settledFacts` of the import answers the same).
 */
export async function addFacts(
  connection: DuckDBConnection,
  facts: readonly AddedFact[],
  tableOf: (name: string) => string | undefined,
): Promise<void> {
  for (const fact of [...facts].sort((a, b) => a.sequence - b.sequence)) {
    const contract = contractOf(fact.table);
    if (!contract) throw new ProbityError('INVALID_INPUT', `There is no table ${fact.table} in the contracts.`);
    const table = tableOf(fact.table);
    if (table === undefined) continue;
    const columns = readableColumns(fact.table);
    const system = { happened_at: fact.happenedAt, known_from: fact.knownFrom, known_until: 'infinity' };
    const values = new Map(
      columns.map(([name, type]) => {
        const value = name in system ? system[name as keyof typeof system] : (fact.values[name] ?? null);
        return [name, value === null ? `NULL::${type}` : `${literal(String(value))}::${type}`];
      }),
    );
    const same = (names: readonly string[]) =>
      names.map((name) => `${identifier(name)} IS NOT DISTINCT FROM ${values.get(name)}`).join(' AND ');
    const own = columns.map(([name]) => name).filter((name) => name !== 'known_from' && name !== 'known_until');
    const standing = await connection.runAndReadAll(
      `SELECT 1 FROM ${table} WHERE ${same(own)} AND known_from <= ${values.get('known_from')} AND NOT isfinite(known_until)`,
    );
    if (standing.currentRowCount > 0) continue;
    if (fact.ordered === true) {
      const newer = await connection.runAndReadAll(
        `SELECT 1 FROM ${table} WHERE ${same(contract.key)} AND known_from <= ${values.get('known_from')}
         AND ${values.get('known_from')} < known_until AND happened_at > ${values.get('happened_at')}`,
      );
      if (newer.currentRowCount > 0) continue;
    }
    await connection.run(
      `UPDATE ${table} SET known_until = greatest(known_from, ${values.get('known_from')})
       WHERE ${same(contract.key)} AND known_until > ${values.get('known_from')}`,
    );
    await connection.run(
      `INSERT INTO ${table} (${[...values.keys()].map(identifier).join(', ')}) VALUES (${[...values.values()].join(', ')})`,
    );
  }
}
