import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf, ProbityError, type Problem, identifier, literal } from '../../base/index.ts';
import type { TableContract } from '../contracts/index.ts';
import { scansTable, stopIfAborted, unreadable, type OpenSource, type SourcePart } from '../sources/index.ts';
import type { LookupSpec, TableImport } from '../specs/relational-spec.ts';
import { checkExpression, wrapped } from './expression.ts';
import { compileMapping, findColumn, problemsSql, type Mapping } from './mapping.ts';

/** The quarantine of an import while it runs. */
export const QUARANTINE = 'import_quarantine';

/** One entry's rows in a temporary table: canonical columns, the clocks, `__row`, `__part`, `__problems`, perhaps `__deleted`. */
export interface StagedEntry {
  readonly entry: TableImport;
  readonly contract: TableContract;
  readonly table: string;
  readonly rowsRead: number;
  readonly rowsFiltered: number;
  readonly hasDeletions: boolean;
}

export interface StageContext {
  readonly connection: DuckDBConnection;
  readonly now: string;
  readonly signal: AbortSignal | undefined;
  readonly temporaryTable: () => string;
}

/** A plan of reading: the columns that are selected from the source, and the tables that are joined to it. */
interface Reading {
  readonly selected: ReadonlyMap<string, string>;
  readonly lookups: readonly { readonly spec: LookupSpec; readonly source: OpenSource; readonly table: string }[];
  readonly mapping: Mapping;
}

/**
 * Checks an entry against its source (columns, expressions), all problems at once; nothing is read yet.
 * `at` names the entry in the spec.
 */
export async function planReading(
  entry: TableImport,
  contract: TableContract,
  source: OpenSource,
  lookups: readonly { readonly spec: LookupSpec; readonly source: OpenSource }[],
  context: StageContext,
): Promise<{ readonly reading: Reading; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const selected = new Map<string, string>();
  const readable = new Map<string, { type: string; repeated: boolean }>();
  const brought = new Map<string, string>();
  for (const lookup of lookups) {
    for (const column of lookup.spec.columns) {
      const found = findColumn(lookup.source, column.column, `${entry.name}: lookup`, problems);
      if (source.columns.some((own) => own.name === column.name) || brought.has(column.name)) {
        problems.push({
          at: `${entry.name}: lookup`,
          message: `the column \`${column.name}\` exists already`,
          fix: 'Give it another name: `columns: { new_name: column }`.',
        });
      }
      brought.set(column.name, found?.name ?? column.column);
      readable.set(column.name, { type: 'VARCHAR', repeated: false });
    }
  }
  const use = (name: string, at: string) => {
    if (brought.has(name) || selected.has(name)) return;
    const found = findColumn(source, name, at, problems);
    if (found === null) return;
    selected.set(name, found.sql);
    readable.set(name, found);
  };
  const useExpression = async (text: string, at: string) => {
    const checked = await checkExpression(context.connection, text, at);
    problems.push(...checked.problems);
    for (const name of checked.columns) {
      const all = [...brought.keys(), ...source.columns.map((column) => column.name)];
      const folded = all.filter((known) => known.toLowerCase() === name.toLowerCase());
      use(all.includes(name) || folded.length !== 1 ? name : (folded[0] ?? name), at);
    }
  };
  const cells = [
    ...[...entry.columns].map(([name, cell]) => ({ at: `${entry.name}: columns.${name}`, cell })),
    { at: `${entry.name}: happened`, cell: entry.happened },
    ...(entry.known.kind === 'cell' ? [{ at: `${entry.name}: known`, cell: entry.known.cell }] : []),
  ];
  for (const { at, cell } of cells) {
    if (cell.origin.kind === 'column') use(cell.origin.column, at);
    if (cell.origin.kind === 'expression') await useExpression(cell.origin.expression, at);
  }
  if (entry.filter !== null) await useExpression(entry.filter, `${entry.name}: filter`);
  if (entry.deleted !== null) use(entry.deleted.column, `${entry.name}: deleted`);
  for (const lookup of lookups) {
    for (const pair of lookup.spec.on) {
      use(pair.left, `${entry.name}: lookup.on`);
      findColumn(lookup.source, pair.right, `${entry.name}: lookup.on`, problems);
    }
    if (lookup.spec.filter !== null) {
      const checked = await checkExpression(context.connection, lookup.spec.filter, `${entry.name}: lookup.filter`);
      problems.push(...checked.problems);
      for (const name of checked.columns) findColumn(lookup.source, name, `${entry.name}: lookup.filter`, problems);
    }
  }
  const folded = new Map<string, string>();
  for (const name of [...selected.keys(), ...brought.keys()]) {
    const other = folded.get(name.toLowerCase());
    if (other !== undefined)
      problems.push({
        at: entry.name,
        message: `the columns \`${other}\` and \`${name}\` differ in case only`,
        fix: 'Read one of them only, or rename it.',
      });
    folded.set(name.toLowerCase(), name);
  }
  return {
    problems,
    reading: {
      selected,
      lookups: lookups.map((lookup) => ({ ...lookup, table: context.temporaryTable() })),
      mapping: compileMapping(entry, contract, readable, context.now),
    },
  };
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

/** Lookup rows by key, as text; a key that repeats would multiply rows and is refused. */
async function stageLookup(lookup: Reading['lookups'][number], context: StageContext): Promise<void> {
  const { connection } = context;
  const sqlOf = (name: string) =>
    lookup.source.columns.find((column) => column.name === name)?.sql ?? jsonOf(lookup.source, name);
  const all = lookup.source.columns.map((column) => `${column.sql} AS ${identifier(column.name)}`).join(', ');
  const selects = lookup.source.parts.map((part) => {
    const where = lookup.spec.filter === null ? '' : ` WHERE ${wrapped(lookup.spec.filter)}`;
    if (where === '') {
      const keys = lookup.spec.on.map((pair, i) => `nullif(trim(CAST(${sqlOf(pair.right)} AS VARCHAR)), '') AS k${i}`);
      const values = lookup.spec.columns.map(
        (column) => `CAST(${sqlOf(column.column)} AS VARCHAR) AS ${identifier(column.name)}`,
      );
      return `SELECT ${[...keys, ...values].join(', ')} FROM ${part.relation}`;
    }
    const keys = lookup.spec.on.map(
      (pair, i) => `nullif(trim(CAST(${identifier(pair.right)} AS VARCHAR)), '') AS k${i}`,
    );
    const values = lookup.spec.columns.map(
      (column) => `CAST(${identifier(column.column)} AS VARCHAR) AS ${identifier(column.name)}`,
    );
    return `SELECT ${[...keys, ...values].join(', ')} FROM (SELECT ${all} FROM ${part.relation})${where}`;
  });
  const label = lookup.source.parts[0]?.label ?? 'The lookup';
  await guarded(label, context, async () => {
    await connection.run(
      `CREATE TEMP TABLE ${identifier(lookup.table)} AS SELECT DISTINCT * FROM (${selects.join(' UNION ALL ')})`,
    );
  });
  const rejected = await dropRejects(lookup.source.parts, connection);
  if (rejected > 0) throw unreadable(label, `has ${rejected} lines that cannot be read, and it is looked up from`);
  const keys = lookup.spec.on.map((_, i) => `k${i}`).join(', ');
  const repeated = await scalar(
    connection,
    `SELECT count(*) FROM (SELECT 1 FROM ${identifier(lookup.table)} WHERE k0 IS NOT NULL GROUP BY ${keys} HAVING count(*) > 1)`,
  );
  if (repeated > 0) {
    throw unreadable(
      label,
      `has ${repeated} keys with more than one row, and it is looked up from`,
      'Add a `filter` to the lookup that leaves one row a key.',
    );
  }
}

function jsonOf(source: OpenSource, name: string): string {
  return findColumn(source, name, '', [])?.sql ?? 'NULL';
}

async function dropRejects(parts: readonly SourcePart[], connection: DuckDBConnection): Promise<number> {
  let count = 0;
  for (const part of parts) {
    if (part.rejects === null) continue;
    count += await scalar(connection, `SELECT count(DISTINCT line) FROM ${identifier(part.rejects)}`);
    for (const name of [part.rejects, scansTable(part.rejects)])
      await connection.run(`DROP TABLE IF EXISTS ${identifier(name)}`);
  }
  return count;
}

/** Notes the bad rows of one part, and the lines that were rejected while reading; returns the number of the latter. */
async function quarantinePart(
  entry: TableImport,
  contract: TableContract,
  table: string,
  part: SourcePart,
  index: number,
  mapping: Mapping,
  context: StageContext,
): Promise<number> {
  const { connection } = context;
  const place = `${literal(contract.name)}, ${literal(entry.name)}, ${literal(part.label)}`;
  const checks = [
    ...mapping.checks.map((check) => [check.column, check.code] as const),
    [null, 'UNPARSEABLE'] as const,
  ];
  const codes = checks.map(
    ([column, code], i) => `('${i}', ${column === null ? 'NULL' : literal(column)}, ${literal(code)})`,
  );
  if (part.rejects !== null)
    await numberAroundRejects(table, part.rejects, { place, index, headerLines: part.headerLines }, connection);
  await connection.run(
    `INSERT INTO ${QUARANTINE}
     SELECT ${place}, b.__row, c.column_name, c.code
     FROM (SELECT __row, unnest(string_split(__problems, ',')) AS i FROM ${identifier(table)}
           WHERE __problems IS NOT NULL AND __part = ${index}) b
     JOIN (VALUES ${codes.join(', ')}) c(i, column_name, code) ON b.i = c.i`,
  );
  return dropRejects([part], connection);
}

/** Notes rejected lines, and moves the numbers of the rows after them, so that each row has the number that it has in the file. */
async function numberAroundRejects(
  table: string,
  rejects: string,
  at: { readonly place: string; readonly index: number; readonly headerLines: number },
  connection: DuckDBConnection,
): Promise<void> {
  if ((await scalar(connection, `SELECT count(*) FROM ${identifier(rejects)}`)) === 0) return;
  await connection.run(
    `INSERT INTO ${QUARANTINE} SELECT ${at.place}, line::BIGINT - ${at.headerLines}, NULL,
       CASE WHEN any_value(error_type)::VARCHAR IN ('MISSING COLUMNS', 'TOO MANY COLUMNS') THEN 'RAGGED_ROW'
            WHEN any_value(error_type)::VARCHAR IN ('INVALID UNICODE', 'INVALID ENCODING') THEN 'INVALID_ENCODING'
            ELSE 'UNREADABLE_ROW' END
     FROM ${identifier(rejects)} GROUP BY line`,
  );
  await connection.run(
    `UPDATE ${identifier(table)} AS t SET __row = t.__row + s.shift FROM (
       SELECT b.__row, r.shift FROM (SELECT __row FROM ${identifier(table)} WHERE __part = ${at.index}) b ASOF JOIN (
         SELECT before, max(place) AS shift FROM (
           SELECT physical - place AS before, place FROM (
             SELECT physical, row_number() OVER (ORDER BY physical) AS place
             FROM (SELECT DISTINCT line::BIGINT - ${at.headerLines} AS physical FROM ${identifier(rejects)})))
         GROUP BY before) r ON b.__row > r.before) s
     WHERE t.__part = ${at.index} AND t.__row = s.__row`,
  );
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
