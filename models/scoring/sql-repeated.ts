import type { FeatureTerm } from '../artefact/glass-box.ts';
import { comparisons } from './sql-bins.ts';
import { sqlDouble } from './sql-double.ts';
import type { ListColumn } from './sql-lists.ts';

/**
 * How a value of a repeated column, given as SQL, is read as its term's type. A column is repeated where a Parquet file holds it as codes into
 * dictionaries of few values.
 */
export type ReadValue = (value: string) => string;

/**
 * What stands in the place of `answer(column)` and is computed once for each value of a dictionary: DuckDB evaluates a function that
 * cannot throw, of one column that comes in codes, on its dictionary and hands the codes on. A CASE or a cast is no function, a lambda over a list of one is.
 */
const onceForEach = (column: string, answer: (value: string) => string): string =>
  `list_any_value(list_transform([${column}], lambda value: ${answer('value')}))`;

/** The position (bin + 1) of the bin of each value of `column`. */
export function repeatedPosition(term: FeatureTerm, column: string, read: ReadValue): string {
  return onceForEach(onceForEach(column, read), (value) => comparisons(term, value));
}

/** The numbers at the positions that `column` holds, counted from 1. */
export function repeatedLook(column: string, { type, values }: ListColumn): string {
  const list = values.map((value) => (type === 'DOUBLE' ? sqlDouble(value) : String(value))).join(', ');
  return onceForEach(column, (position) => `CAST([${list}] AS ${type}[])[${position}]`);
}
