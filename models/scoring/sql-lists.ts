/** Constant lists of a statement, kept once each: a column name stands for a list. */
export interface SqlLists {
  /** The column that holds these numbers; NaN is greater than every number, as DuckDB orders it. */
  readonly column: (values: readonly number[], type: 'BIGINT' | 'DOUBLE') => string;
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
  const columns = new Map<string, string>();
  return {
    column: (values, type) => {
      const list = `'[${values.map(textOf).join(',')}]'::${type}[]`;
      const name = columns.get(list) ?? `l${columns.size}`;
      columns.set(list, name);
      return name;
    },
    names: () => [...columns.values()],
    joined: () =>
      columns.size === 0
        ? ''
        : `, (SELECT ${[...columns].map(([list, name]) => `${list} AS ${name}`).join(', ')}) AS lists`,
  };
}

function textOf(value: number): string {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    throw new RangeError('only finite numbers and NaN stand in a list');
  }
  return String(value + 0);
}
