import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../../base/index.ts';
import type { TableContract } from '../contracts/index.ts';
import { stopIfAborted, type OpenSource, type SourcePart } from '../sources/index.ts';
import type { TableImport } from '../specs/relational-spec.ts';
import { wrapped } from './expression.ts';
import { problemsSql } from './mapping.ts';
import type { Reading } from './plan-reading.ts';
import { guarded, scalar, type StageContext } from './stage-context.ts';
import { stageLookup } from './stage-lookup.ts';
import { quarantinePart } from './stage-quarantine.ts';

/** One entry's rows in a temporary table: canonical columns, the clocks, `__row`, `__part`, `__problems`, perhaps `__deleted`. */
export interface StagedEntry {
  readonly entry: TableImport;
  readonly contract: TableContract;
  readonly table: string;
  readonly rowsRead: number;
  readonly rowsFiltered: number;
  readonly hasDeletions: boolean;
}

/** Reads, types and checks an entry's rows in one pass over each part; bad rows are noted in the quarantine. */
export async function stage(
  entry: TableImport,
  contract: TableContract,
  source: OpenSource,
  reading: Reading,
  context: StageContext,
): Promise<StagedEntry> {
  const { connection } = context;
  for (const lookup of reading.lookups) await stageLookup(lookup, context);
  const table = context.temporaryTable();
  let rejected = 0;
  for (const [index, part] of source.parts.entries()) {
    stopIfAborted(context.signal);
    const select = selectPart(entry, part, index, source, reading);
    await guarded(part.label, context, async () => {
      await withoutSharing(entry, connection, async () => {
        await connection.run(
          index === 0
            ? `CREATE TEMP TABLE ${identifier(table)} AS ${select}`
            : `INSERT INTO ${identifier(table)} ${select}`,
        );
      });
    });
    rejected += await quarantinePart(entry, contract, table, part, index, reading.mapping, context);
  }
  for (const lookup of reading.lookups) await connection.run(`DROP TABLE ${identifier(lookup.table)}`);
  const total = await scalar(connection, `SELECT count(*) FROM ${identifier(table)}`);
  let filtered = 0;
  if (entry.filter !== null) {
    filtered = await scalar(connection, `SELECT count(*) FROM ${identifier(table)} WHERE __skip`);
    await connection.run(`DELETE FROM ${identifier(table)} WHERE __skip`);
  }
  return {
    entry,
    contract,
    table,
    rowsRead: total + rejected,
    rowsFiltered: filtered,
    hasDeletions: entry.deleted !== null,
  };
}

function selectPart(entry: TableImport, part: SourcePart, index: number, source: OpenSource, reading: Reading): string {
  const { mapping } = reading;
  const columns = [...reading.selected].map(([name, sql]) => `${sql} AS ${identifier(name)}`);
  const unreadableSql = source.unreadable === null ? [] : [`(${source.unreadable}) AS __unreadable`];
  let from = `(SELECT ${['row_number() OVER () AS __row', ...unreadableSql, ...columns].join(', ')} FROM ${part.relation})`;
  for (const lookup of reading.lookups) {
    const on = lookup.spec.on
      .map((pair, i) => `trim(CAST(l.${identifier(pair.left)} AS VARCHAR)) = k.k${i}`)
      .join(' AND ');
    const brought = lookup.spec.columns.map((column) => `k.${identifier(column.name)}`).join(', ');
    from = `(SELECT l.*, ${brought} FROM ${from} AS l LEFT JOIN ${identifier(lookup.table)} AS k ON ${on})`;
  }
  const flags = [
    '__row',
    ...(source.unreadable === null ? [] : ['__unreadable']),
    ...(entry.deleted === null ? [] : ['__deleted']),
    ...(entry.filter === null ? [] : ['__skip']),
  ];
  const computed = [
    ...(entry.deleted === null
      ? []
      : [
          `coalesce(trim(CAST(${identifier(entry.deleted.column)} AS VARCHAR)) IN (${entry.deleted.values.map((v) => literal(v)).join(', ')}), false) AS __deleted`,
        ]),
    ...(entry.filter === null ? [] : [`NOT coalesce(TRY(${wrapped(entry.filter)}), false) AS __skip`]),
  ];
  const texts = `SELECT ${['__row', ...(source.unreadable === null ? [] : ['__unreadable']), ...computed, ...mapping.texts].join(', ')} FROM ${from}`;
  const typed = `SELECT *, ${mapping.typed.join(', ')} FROM (${texts})`;
  const problems = problemsSql(mapping.checks, {
    deletions: entry.deleted !== null,
    unreadable: source.unreadable !== null,
  });
  const kept = flags.filter((flag) => flag !== '__unreadable');
  return `SELECT ${[...mapping.canonical, ...kept, `${index}::SMALLINT AS __part`, `${entry.filter === null ? problems : `CASE WHEN NOT __skip THEN ${problems} END`} AS __problems`].join(', ')} FROM (${typed})`;
}

/**
 * Runs a statement with each expression of the spec evaluated where it stands. DuckDB otherwise takes what two expressions have in
 * common out of their TRY, so that one bad cell would fail the whole statement.
 */
async function withoutSharing(
  entry: TableImport,
  connection: DuckDBConnection,
  run: () => Promise<void>,
): Promise<void> {
  const cells = [...entry.columns.values(), entry.happened, ...(entry.known.kind === 'cell' ? [entry.known.cell] : [])];
  if (entry.filter === null && !cells.some((cell) => cell.origin.kind === 'expression')) return run();
  await connection.run("SET disabled_optimizers = 'common_subexpressions'");
  try {
    await run();
  } finally {
    await connection.run("SET disabled_optimizers = ''");
  }
}
