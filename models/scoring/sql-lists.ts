/** Numbers of one list, or of one field of a list of structs. */
export interface ListColumn {
  readonly type: 'INTEGER' | 'BIGINT' | 'DOUBLE';
  readonly values: readonly number[];
  /** Where given, the field holds the values at these places, counted from 1, in place of the values in their order. */
  readonly at?: readonly number[];
}

/** Constant lists of a statement, kept once each: a column name stands for a list. */
export interface SqlLists {
  /** The column that holds these numbers; NaN is greater than every number, as DuckDB orders it. */
  readonly column: (values: readonly number[], type: ListColumn['type']) => string;
  /** The column that holds these fields `f0`, `f1`, ... side by side, a struct for each place: one look answers all of them. */
  readonly structs: (fields: readonly ListColumn[]) => string;
  /** Names of all columns, to hand them on. */
  readonly names: () => string[];
  /** What to join by a comma: one row of all lists asked for, or nothing. */
  readonly joined: () => string;
}

/**
 * Lists as columns of one row that is crossed with the data. A list that stands in an expression as a constant is copied element by element
 * for every chunk of 2,048 rows; a column of one row is referred to. As text they are parsed at once, number by number to the nearest double.
 */
export function sqlLists(): SqlLists {
  const texts = new Map<string, string>();
  const columns = new Map<string, string>();
  const named = (names: Map<string, string>, prefix: string, sql: string): string => {
    const name = names.get(sql) ?? `${prefix}${names.size}`;
    names.set(sql, name);
    return name;
  };
  const listOf = ({ values, type, at }: ListColumn): string => {
    const list = `${named(texts, 't', listText(values))}::${type}[]`;
    return at === undefined ? list : `list_select(${list}, ${listOf({ values: at, type: 'BIGINT' })})`;
  };
  return {
    column: (values, type) => named(columns, 'l', listOf({ values, type })),
    structs: (fields) => {
      const types = fields.map(({ type }, i) => `f${i} ${type}`).join(', ');
      return named(columns, 'l', `list_zip(${fields.map(listOf).join(', ')})::STRUCT(${types})[]`);
    },
    names: () => [...columns.values()],
    joined: () =>
      columns.size === 0
        ? ''
        : `, (SELECT ${[...columns].map(([list, name]) => `${list} AS ${name}`).join(', ')} FROM (VALUES (${[...texts.keys()].join(', ')})) AS texts(${[...texts.values()].join(', ')})) AS lists`,
  };
}

/** Numbers as the text of a list, quoted. */
export const listText = (values: readonly number[]): string => `'[${values.map(textOf).join(',')}]'`;

function textOf(value: number): string {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    throw new RangeError('only finite numbers and NaN stand in a list');
  }
  return String(value + 0);
}
