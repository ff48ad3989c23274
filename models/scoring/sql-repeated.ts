import type { FeatureTerm } from '../artefact/glass-box.ts';
import { edgeCells } from './edge-cells.ts';
import { absent, cellOf, comparisons, specials } from './sql-bins.ts';
import { listText, type ListColumn } from './sql-lists.ts';

/**
 * How a value of a repeated column, given as SQL, is read as its term's type. A column is repeated where a Parquet file holds it as codes into
 * dictionaries, and a value stands in many rows.
 */
export type ReadValue = (value: string) => string;

/** Up to so many bin edges, a tree of CASE is planned and searched as fast as a list. */
const TREE_EDGES = 12;
/** A constant list is copied for each 2,048 values of a dictionary: more cells than these cost more than the steps that they spare. */
const MOST_CELLS = 1024;

/**
 * What stands in the place of `answer(column)` and is computed once for each value of a dictionary: DuckDB evaluates a function that
 * cannot throw, of one column that comes in codes, on its dictionary and hands the codes on. A CASE or a cast is no function, a lambda over a list of one is.
 */
const onceForEach = (column: string, answer: (value: string) => string): string =>
  `list_any_value(list_transform([${column}], lambda value: ${answer('value')}))`;

/** `answer` within a lambda, where `name` stands for what `value` computes. */
const where = (name: string, value: string, answer: string): string =>
  `(list_transform([${value}], lambda ${name}: ${answer}))[1]`;

/** The position (bin + 1) of the bin of each value of `column`. */
export function repeatedPosition(term: FeatureTerm, column: string, read: ReadValue): string {
  const { encoding } = term;
  const position =
    encoding.kind === 'number' && encoding.edges.length > TREE_EDGES
      ? search(encoding.codes, encoding.edges, 'x')
      : comparisons(term, 'x');
  return onceForEach(column, (value) => where('x', read(value), position));
}

/** The first position of the cell of `x`, then a binary search among the edges within the cell. NaN stands where there is no edge: every number is below it. */
function search(codes: readonly number[], edges: readonly number[], x: string): string {
  const first = 2 + codes.length;
  const cells = edgeCells(edges, MOST_CELLS);
  const positions = { type: 'INTEGER', values: cells.below.map((count) => first + count) } as const;
  const behind = Array.from({ length: 2 ** cells.steps }, () => Number.NaN);
  const padded = constant({ type: 'DOUBLE', values: [...edges, ...behind] });
  let found = `${constant(positions)}[${cellOf(cells, x)}]`;
  for (let step = 2 ** (cells.steps - 1); step >= 1; step /= 2) {
    const ahead = `CASE WHEN ${x} >= ${padded}[n + (${step - first})] THEN n + ${step} ELSE n END`;
    found = where('n', found, ahead);
  }
  // Only what is missing and infinities have no cell.
  const none = `CASE WHEN ${x} > 0 THEN ${first + edges.length} ELSE ${first} END`;
  return `CASE WHEN ${absent(x)} THEN 1${specials(codes, x)} ELSE coalesce(${found}, ${none}) END`;
}

/** The numbers at the positions that `column` holds, counted from 1. */
export function repeatedLook(column: string, list: ListColumn): string {
  return onceForEach(column, (position) => `${constant(list)}[${position}]`);
}

const constant = (list: ListColumn): string => `CAST(${listText(list.values)} AS ${list.type}[])`;
