import type { DuckDBConnection } from '@duckdb/node-api';
import type { Problem } from '../../base/index.ts';

/** Scalar functions that an expression of a spec may use: none reads a file, a setting, another table, or the clock. */
export const EXPRESSION_FUNCTIONS: ReadonlySet<string> = new Set(
  `+ - * / // % ** ^ || ~~ !~~ ~~* !~~* & | abs ceil ceiling floor round trunc sign sqrt ln log log10 log2 exp pow power greatest least
   mod concat concat_ws lower upper trim ltrim rtrim length strlen substr substring substring_grapheme left right lpad rpad replace
   translate reverse repeat split_part contains starts_with ends_with prefix suffix position strpos instr regexp_matches
   regexp_full_match regexp_replace regexp_extract md5 sha256 hash coalesce nullif ifnull if
   strptime try_strptime strftime make_date make_timestamp date_trunc date_part date_diff datediff date_add date_sub last_day year
   month day quarter dayofweek to_years to_months to_weeks to_days to_hours to_minutes to_seconds epoch epoch_ms to_timestamp age
   json_extract_string isnan isfinite list_value array_extract list_extract string_split`.split(/\s+/),
);

const CLASSES: ReadonlySet<string> = new Set([
  'COLUMN_REF',
  'CONSTANT',
  'FUNCTION',
  'OPERATOR',
  'CAST',
  'CASE',
  'COMPARISON',
  'CONJUNCTION',
  'BETWEEN',
]);

/**
 * Checks that a text is one scalar DuckDB expression over columns of a source, and returns the columns that it names. Refused:
 * subqueries, table functions, windows, lambdas, qualified names, more than one expression, and functions outside the list above.
 */
export async function checkExpression(
  connection: DuckDBConnection,
  text: string,
  at: string,
): Promise<{ readonly columns: readonly string[]; readonly problems: readonly Problem[] }> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($sql::VARCHAR)::VARCHAR', {
    sql: `SELECT ${wrapped(text)}`,
  });
  const tree = JSON.parse(String(reader.getRows()[0]?.[0])) as SerializedSql;
  const refuse = (message: string, fix?: string) => ({
    columns: [],
    problems: [{ at, message, ...(fix === undefined ? {} : { fix }) }],
  });
  if (tree.error)
    return refuse(`not a valid expression: ${(tree.error_message ?? 'syntax error').split('\n')[0] ?? ''}`);
  const node = tree.statements?.[0]?.node;
  if (node === undefined || tree.statements?.length !== 1 || !isOneExpression(node))
    return refuse('it is not a single expression');
  const columns = new Set<string>();
  const problems: Problem[] = [];
  walk(node.select_list?.[0], { at, columns, problems });
  return { columns: [...columns], problems };
}

/** The expression in parentheses, its own line, so that a comment in it ends. */
export function wrapped(text: string): string {
  return `(\n${text}\n)`;
}

interface SerializedSql {
  readonly error: boolean;
  readonly error_message?: string;
  readonly statements?: readonly { readonly node: SelectNode }[];
}

interface SelectNode {
  readonly type: string;
  readonly modifiers?: readonly unknown[];
  readonly cte_map?: { readonly map?: readonly unknown[] };
  readonly select_list?: readonly unknown[];
  readonly from_table?: { readonly type?: string };
  readonly where_clause?: unknown;
  readonly group_expressions?: readonly unknown[];
  readonly having?: unknown;
  readonly sample?: unknown;
  readonly qualify?: unknown;
}

function isOneExpression(node: SelectNode): boolean {
  const empty = (list: readonly unknown[] | undefined) => (list ?? []).length === 0;
  return (
    node.type === 'SELECT_NODE' &&
    node.select_list?.length === 1 &&
    node.from_table?.type === 'EMPTY' &&
    empty(node.modifiers) &&
    empty(node.cte_map?.map) &&
    empty(node.group_expressions) &&
    [node.where_clause, node.having, node.sample, node.qualify].every(
      (clause) => clause === null || clause === undefined,
    )
  );
}

function walk(
  node: unknown,
  into: { readonly at: string; readonly columns: Set<string>; readonly problems: Problem[] },
): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, into);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const fields = node as Readonly<Record<string, unknown>>;
  const kind = fields['class'];
  if (typeof kind === 'string' && !CLASSES.has(kind)) {
    into.problems.push({
      at: into.at,
      message: `${kind.toLowerCase().replaceAll('_', ' ')} is not allowed in an expression`,
    });
    return;
  }
  if (kind === 'COLUMN_REF') {
    const names = fields['column_names'] as readonly string[];
    if (names.length === 1 && names[0] !== undefined) into.columns.add(names[0]);
    else
      into.problems.push({
        at: into.at,
        message: `\`${names.join('.')}\` is a qualified name`,
        fix: 'Quote a name that holds a dot: `"a.b"`.',
      });
    return;
  }
  if (kind === 'FUNCTION') {
    const name = String(fields['function_name']).toLowerCase();
    const qualified =
      ![undefined, '', 'main'].includes(fields['schema'] as string | undefined) || Boolean(fields['catalog']);
    if (qualified || !EXPRESSION_FUNCTIONS.has(name)) {
      into.problems.push({
        at: into.at,
        message: `the function \`${name}\` is not allowed in an expression`,
        fix: 'Allowed are functions of text, numbers and dates that read nothing but their arguments; docs/data-contracts.md lists them.',
      });
    }
  }
  for (const [key, value] of Object.entries(fields)) if (key !== 'value' && key !== 'cast_type') walk(value, into);
}
