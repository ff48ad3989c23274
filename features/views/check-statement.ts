import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, messageOf } from '../../base/index.ts';
import { contractOf, type TableContract } from '../contracts/index.ts';
import { emptyRelation, readableColumns, resultColumns, viewStatement, type Relations } from '../asof/statement.ts';
import type { ParsedView } from './parse-view.ts';

/** Functions whose result differs from run to run, or with the order in which rows arrive. */
const UNSTABLE = new Set(
  [
    'random setseed uuid uuidv4 uuidv7 gen_random_uuid nextval currval now today get_current_timestamp get_current_time',
    'current_date current_time current_timestamp localtime localtimestamp transaction_timestamp txid_current version',
    'current_schema current_schemas current_database current_setting getenv getvariable getvariable stats pg_typeof',
    'avg mean favg fsum sumkahan kahan_sum stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp',
    'regr_slope regr_intercept regr_r2 regr_avgx regr_avgy regr_sxx regr_syy regr_sxy skewness kurtosis kurtosis_pop sem',
    'geomean geometric_mean product entropy first last any_value arbitrary mode approx_quantile approx_count_distinct',
    'approx_top_k reservoir_quantile bitstring_agg age',
  ]
    .join(' ')
    .split(' '),
);

/** Aggregates whose result follows the order of rows: allowed with an ORDER BY of their own. */
const ORDERED_AGGREGATES = new Set(['list', 'array_agg', 'string_agg', 'group_concat', 'listagg']);

/** Window functions that need a full order. */
const ORDERED_WINDOWS = new Set([
  'row_number',
  'rank',
  'dense_rank',
  'rank_dense',
  'lead',
  'lag',
  'first_value',
  'last_value',
  'nth_value',
  'ntile',
  'percent_rank',
  'cume_dist',
]);

type Node = { readonly [key: string]: unknown };

/** What one walk over a parsed statement finds. */
interface Found {
  readonly relations: Map<string, Set<string>>;
  readonly commonTables: Set<string>;
  /** `alias.column` pairs that are at or before `as_of` in every row. */
  readonly bounded: Set<string>;
  readonly problems: string[];
}

/**
 * The problems of a view's statement: not one SELECT, reads what it does not declare (or declares what it does not read), reads
 * outcomes, reads a table without `known_from <= ...` and `happened_at <= ...`, uses functions whose results vary, or its result
 * columns are not those that its header describes. `statistics` gives the columns of statistics views by name, `tableOf` says which tables
 * may be read: those of the contracts unless told.
 */
export async function statementProblems(
  connection: DuckDBConnection,
  view: ParsedView,
  others: ReadonlyMap<string, ParsedView>,
  statistics: ReadonlyMap<string, readonly (readonly [string, string])[]>,
  tableOf: (name: string) => TableContract | undefined = contractOf,
): Promise<readonly string[]> {
  const parsed = await parse(connection, view.sql);
  if (typeof parsed === 'string') return [parsed];
  const found: Found = { relations: new Map(), commonTables: new Set(), bounded: new Set(), problems: [] };
  walk(parsed, found);
  const problems = [...new Set(found.problems)];
  const read = [...found.relations.keys()].filter((name) => name !== 'asked' && !found.commonTables.has(name));
  for (const name of [...read, ...view.tables]) {
    if (name === 'outcomes') problems.push('It names `outcomes`, which only labels may read.');
  }
  for (const table of view.tables) {
    if (!tableOf(table)) problems.push(`\`${table}\` is not a table of the contracts.`);
    else if (!read.includes(table)) problems.push(`It declares table \`${table}\` but does not read it.`);
  }
  for (const name of view.dependsOn) {
    if (!others.has(name)) problems.push(`It depends on \`${name}\`, which is not a view.`);
    else if (!read.includes(name)) problems.push(`It declares that it depends on \`${name}\` but does not read it.`);
  }
  for (const name of read) {
    if (view.tables.includes(name)) {
      for (const alias of found.relations.get(name) ?? []) {
        for (const clock of ['known_from', 'happened_at']) {
          if (!found.bounded.has(`${alias}.${clock}`))
            problems.push(`It reads \`${name}\` as \`${alias}\` without \`${alias}.${clock} <= asked.as_of\`.`);
        }
      }
    } else if (!view.dependsOn.includes(name) && name !== 'outcomes') {
      problems.push(`It reads \`${name}\`, which its header does not declare.`);
    }
  }
  return problems.length > 0 ? [...new Set(problems)] : bindingProblems(connection, view, others, statistics);
}

/** The result columns of a statistics view, over empty tables. */
export async function columnsOf(
  connection: DuckDBConnection,
  view: ParsedView,
  others: ReadonlyMap<string, ParsedView>,
  statistics: ReadonlyMap<string, readonly (readonly [string, string])[]>,
): Promise<readonly (readonly [string, string])[]> {
  const statement = viewStatement({ ...view, hash: '' }, emptyRelations(others, statistics));
  const reader = await connection.runAndReadAll(`DESCRIBE ${statement}`);
  return reader.getRows().map((row) => [String(row[0]), String(row[1])] as const);
}

/** Relations without rows for every table and view: what statements are bound against. */
export function emptyRelations(
  views: ReadonlyMap<string, ParsedView>,
  statistics: ReadonlyMap<string, readonly (readonly [string, string])[]>,
): Relations {
  return {
    asked: emptyRelation([
      ['party_id', 'VARCHAR'],
      ['as_of', 'TIMESTAMP'],
    ]),
    table: (name) => emptyRelation(readableColumns(name)),
    view: (name) => {
      const view = views.get(name);
      return emptyRelation(statistics.get(name) ?? (view ? resultColumns({ ...view, hash: '' }) : []));
    },
  };
}

async function bindingProblems(
  connection: DuckDBConnection,
  view: ParsedView,
  others: ReadonlyMap<string, ParsedView>,
  statistics: ReadonlyMap<string, readonly (readonly [string, string])[]>,
): Promise<readonly string[]> {
  try {
    if (view.kind === 'statistics') {
      await columnsOf(connection, view, others, statistics);
      return [];
    }
    // The view's own columns and types: its statement as statistics are run, without the casts to feature types.
    const raw = viewStatement({ ...view, kind: 'statistics', hash: '' }, emptyRelations(others, statistics));
    const reader = await connection.runAndReadAll(`DESCRIBE ${raw}`);
    const columns = reader.getRows().map((row) => [String(row[0]), String(row[1])] as const);
    return columnProblems(view, columns);
  } catch (error) {
    return [`It does not bind: ${messageOf(error).split('\n')[0] ?? ''}`];
  }
}

function columnProblems(view: ParsedView, columns: readonly (readonly [string, string])[]): readonly string[] {
  const wanted = ['party_id', 'as_of', ...view.features.map((feature) => feature.name)];
  const given = columns.map(([name]) => name);
  if (wanted.join('\n') !== given.join('\n')) {
    const missing = wanted.filter((name) => !given.includes(name));
    const surplus = given.filter((name) => !wanted.includes(name));
    return [
      ...missing.map((name) => `The header describes ${identifier(name)}, which the statement does not give.`),
      ...surplus.map((name) => `The statement gives ${identifier(name)}, which the header does not describe.`),
      ...(missing.length + surplus.length === 0 ? ['Header and statement list the features in different orders.'] : []),
    ];
  }
  return columns.flatMap(([name, type]) => {
    const feature = view.features.find((each) => each.name === name);
    const number = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT)$/.test(type);
    if (!feature) return [];
    const fits = { number, category: type === 'VARCHAR', flag: type === 'BOOLEAN' }[feature.type];
    return fits ? [] : [`${identifier(name)} is ${type} in the statement, which is not a ${feature.type}.`];
  });
}

async function parse(connection: DuckDBConnection, sql: string): Promise<Node | string> {
  try {
    const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR', [sql]);
    const answer = JSON.parse(String(reader.getRows()[0]?.[0])) as {
      error: boolean;
      error_message?: string;
      statements?: readonly Node[];
    };
    if (answer.error) return `It is not one SELECT statement: ${answer.error_message ?? ''}`;
    const [only, ...more] = answer.statements ?? [];
    return only && more.length === 0 ? only : 'It is not one SELECT statement.';
  } catch (error) {
    return `It cannot be parsed: ${messageOf(error).split('\n')[0] ?? ''}`;
  }
}

function walk(value: unknown, found: Found): void {
  if (Array.isArray(value)) return value.forEach((item) => walk(item, found));
  if (value === null || typeof value !== 'object') return;
  const node = value as Node;
  const name = typeof node['function_name'] === 'string' ? node['function_name'].toLowerCase() : null;
  if (node['type'] === 'BASE_TABLE') {
    const table = String(node['table_name']);
    if (node['schema_name'] || node['catalog_name'])
      found.problems.push(`It names \`${table}\` with a schema; relations go by bare name.`);
    const aliases = found.relations.get(table) ?? new Set<string>();
    found.relations.set(
      table,
      aliases.add(typeof node['alias'] === 'string' && node['alias'] !== '' ? node['alias'] : table),
    );
  }
  if (node['type'] === 'TABLE_FUNCTION') {
    const call = (node['function'] as Node | undefined)?.['function_name'];
    if (call !== 'unnest' && call !== 'range' && call !== 'generate_series')
      found.problems.push(`It reads from \`${String(call)}()\`; views read tables and views only.`);
  }
  if (node['sample']) found.problems.push('It takes a sample, which differs from run to run.');
  if (node['type'] === 'LIMIT_MODIFIER') found.problems.push('It uses LIMIT; say which rows with a condition.');
  const map = (node['cte_map'] as { map?: readonly { key: string }[] } | undefined)?.map;
  map?.forEach(({ key }) => found.commonTables.add(key));
  // Only what every row must satisfy is a bound: a conjunct of a WHERE or of a join's condition.
  for (const condition of [node['where_clause'], node['type'] === 'JOIN' ? node['condition'] : null])
    for (const column of boundedColumns(condition)) found.bounded.add(column);
  if (node['alias'] === 'as_of' && node['class'] !== undefined && lastName(node) !== 'as_of')
    found.problems.push('It computes an `as_of` of its own; the instant is that of `asked`.');
  if (name !== null) walkFunction(name, node, found);
  if (node['class'] === 'COLUMN_REF') {
    const names = node['column_names'] as readonly string[];
    const only = names.length === 1 ? names[0]?.toLowerCase() : undefined;
    if (only !== undefined && UNSTABLE.has(only) && /^(current|local)/.test(only))
      found.problems.push(`It uses ${only}, which differs from run to run.`);
  }
  for (const child of Object.values(node)) walk(child, found);
}

/** The `alias.column` pairs that a condition, as a whole or as one of its conjuncts, holds at or before `as_of` (or a constant interval before it). */
function boundedColumns(condition: unknown): readonly string[] {
  if (condition === null || typeof condition !== 'object') return [];
  const node = condition as Node;
  if (node['type'] === 'CONJUNCTION_AND') return (node['children'] as readonly unknown[]).flatMap(boundedColumns);
  if (node['type'] !== 'COMPARE_LESSTHANOREQUALTO') return [];
  const names = (node['left'] as Node | undefined)?.['column_names'];
  let right = node['right'] as Node | undefined;
  if (right?.['function_name'] === '-') {
    const [from, back] = right['children'] as readonly Node[];
    right = /"value":"?\s*-|"function_name":"-"|COLUMN_REF/.test(JSON.stringify(back)) ? undefined : from;
  }
  return Array.isArray(names) && right && lastName(right) === 'as_of' ? [names.join('.')] : [];
}

/** The column that a plain reference names, without its table. */
function lastName(node: Node): string | undefined {
  const names = node['column_names'];
  return Array.isArray(names) ? String(names.at(-1)) : undefined;
}

function walkFunction(name: string, node: Node, found: Found): void {
  const ordered = (key: string, inner?: string) => {
    const value = inner ? (node[key] as Node | undefined)?.[inner] : node[key];
    return Array.isArray(value) && value.length > 0;
  };
  if (UNSTABLE.has(name))
    found.problems.push(`It uses ${name}(), whose result differs from run to run or with the order of rows.`);
  if (ORDERED_AGGREGATES.has(name) && !ordered('order_bys', 'orders') && !ordered('arg_orders'))
    found.problems.push(`It uses ${name}() without an ORDER BY inside.`);
  if (node['class'] === 'WINDOW' && ORDERED_WINDOWS.has(name) && !ordered('orders'))
    found.problems.push(`It uses ${name}() over a window without ORDER BY.`);
  if (name === 'sum' && holdsFloat(node['children']))
    found.problems.push('It sums floating-point numbers, whose sum depends on their order; sum decimals or integers.');
}

/** Whether an expression casts to a floating type or divides, so that its value is floating. */
function holdsFloat(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsFloat);
  if (value === null || typeof value !== 'object') return false;
  const node = value as Node;
  const cast = (node['cast_type'] as { id?: string } | undefined)?.id;
  if (cast !== undefined) return cast === 'DOUBLE' || cast === 'FLOAT';
  return node['function_name'] === '/' || Object.values(node).some(holdsFloat);
}
