import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal, uuidv7, type Instant } from '../../base/index.ts';
import { contractOf, type TableContract } from '../contracts/index.ts';
import { idList, partyColumns } from '../erasure/index.ts';
import { EVENT_NEEDS, lookedAtFrom, windowsFrom } from './fact-needs.ts';
import { noteKeptFrom } from './kept-from.ts';

/** The facts of one table that a rule removes. */
export interface FactRule {
  readonly table: string;
  /** Features as of then or later keep their values, bit for bit. */
  readonly keptFrom: Instant;
}

/** How many rows of a table are due, and how many stay because a customer in them is on legal hold. */
export interface FactsDue {
  readonly table: string;
  readonly keptFrom: Instant;
  readonly due: number;
  readonly held: number;
}

interface Relations {
  /** Name of a raw table; `raw` unless told. */
  readonly schema?: string;
}

/** What the rules would remove of the warehouse's facts; changes nothing. `held`: customers on legal hold. */
export async function factsDue(
  connection: DuckDBConnection,
  rules: readonly FactRule[],
  held: readonly string[],
  { schema = 'raw' }: Relations = {},
): Promise<readonly FactsDue[]> {
  const found: FactsDue[] = [];
  for (const { table, keptFrom } of rules) {
    const contract = await presentContract(connection, schema, table);
    if (contract === null) continue;
    const old = oldRows(contract, keptFrom, schema);
    const ofHeld = isHeld(contract, held);
    const reader = await connection.runAndReadAll(
      `SELECT count(*) FILTER (WHERE NOT ${ofHeld})::DOUBLE, count(*) FILTER (WHERE ${ofHeld})::DOUBLE
       FROM ${relation(schema, table)} WHERE rowid IN (${old})`,
    );
    const [due = 0, kept = 0] = (reader.getRows()[0] ?? []).map(Number);
    found.push({ table, keptFrom, due, held: kept });
  }
  return found;
}

/**
 * Removes the facts that are due, all tables in one transaction, which also notes from when on the warehouse is whole and that it is another one now, so
 * that the next snapshot is new. Replaced versions go once no instant from `keptFrom` on sees them, nor the month ends that peers are compared at then; of event tables, rows that are older than every window,
 * but for the newest ones that features look at. Doing it again changes nothing.
 */
export async function removeFacts(
  connection: DuckDBConnection,
  rules: readonly FactRule[],
  held: readonly string[],
  now: Instant,
): Promise<readonly FactsDue[]> {
  const removed = (await factsDue(connection, rules, held)).filter(({ due }) => due > 0);
  if (removed.length === 0) return [];
  await connection.run('BEGIN');
  try {
    for (const { table, keptFrom } of removed) {
      const contract = contractOf(table) as TableContract;
      await connection.run(
        `DELETE FROM ${relation('raw', table)} WHERE rowid IN (${oldRows(contract, keptFrom, 'raw')}) AND NOT ${isHeld(contract, held)}`,
      );
      await noteKeptFrom(connection, table, keptFrom);
    }
    const report = { removed: Object.fromEntries(removed.map(({ table, due }) => [table, due])) };
    await connection.run(
      `INSERT INTO meta.imports VALUES (${literal(uuidv7())}, 'retention', '', 'loaded', TIMESTAMP ${literal(now.slice(0, -1))}, ${literal(JSON.stringify(report))})`,
    );
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {});
    throw error;
  }
  return removed;
}

/** Row ids of what no feature as of `keptFrom` or later reads. */
function oldRows(contract: TableContract, keptFrom: Instant, schema: string): string {
  const name = relation(schema, contract.name);
  const limit = timestamp(lookedAtFrom(keptFrom));
  const replaced = `SELECT rowid FROM ${name} WHERE known_until <= ${limit}`;
  const need = EVENT_NEEDS[contract.name];
  const from = windowsFrom(contract.name, keptFrom);
  if (need === undefined || from === null) return replaced;
  const cut = timestamp(from);
  // Seen at every instant from keptFrom on, so that the newest of them is the newest at each of those instants.
  const events = `FROM ${name} WHERE happened_at < ${cut} AND known_from <= ${limit} AND known_until = 'infinity'`;
  const key = contract.key.map((column) => `length(${identifier(column)}::VARCHAR) DESC, ${identifier(column)} DESC`);
  const kept = need.newest.map(
    ({ by, where }) =>
      `SELECT rowid ${events} ${where === undefined ? '' : `AND ${identifier(where)} IS NOT NULL`}
       QUALIFY row_number() OVER (PARTITION BY ${by.map(identifier).join(', ')} ORDER BY happened_at DESC, ${key.join(', ')}) = 1`,
  );
  return `${replaced} UNION ALL SELECT rowid ${events} AND rowid NOT IN (${kept.join(' UNION ALL ')})`;
}

function isHeld(contract: TableContract, held: readonly string[]): string {
  const columns = partyColumns(contract);
  if (held.length === 0 || columns.length === 0) return 'false';
  return `(${columns.map((column) => `coalesce(${identifier(column)} IN ${idList(held)}, false)`).join(' OR ')})`;
}

async function presentContract(
  connection: DuckDBConnection,
  schema: string,
  table: string,
): Promise<TableContract | null> {
  const contract = contractOf(table);
  if (contract === undefined) return null;
  const reader = await connection.runAndReadAll(
    'SELECT 1 FROM information_schema.tables WHERE table_schema = $schema AND table_name = $table',
    { schema: schema.split('.').at(-1) ?? schema, table },
  );
  return reader.getRows().length > 0 ? contract : null;
}

const relation = (schema: string, table: string): string => `${schema}.${identifier(table)}`;
const timestamp = (at: Instant): string => `TIMESTAMP ${literal(at.slice(0, -1))}`;
