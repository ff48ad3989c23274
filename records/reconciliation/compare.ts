import type { TableContract } from '../../features/contracts/index.ts';
import { amountText, hundredths, rowHash, rowKey, tableHash, type RowValues } from './row-hash.ts';

/** What a source says that it holds of a table. */
export interface TableStatement {
  readonly count: number;
  /** Sums of money columns, decimal texts. */
  readonly sums: { readonly [column: string]: string };
  /** `tableHash` of its rows, where it has worked it out. */
  readonly hash: string | null;
  /** Its rows by key, where it tells them. */
  readonly rows: ReadonlyMap<string, { readonly hash: string }> | null;
}

/** How a table of a source compares. */
export interface TableComparison {
  /** Counts, sums and hashes are those that the source states, and so is every row that it tells. */
  readonly agrees: boolean;
  readonly count: { readonly source: number; readonly here: number };
  readonly sums: { readonly [column: string]: { readonly source: string; readonly here: string } };
  readonly hash: { readonly source: string | null; readonly here: string };
  /** Null: the source told no rows, so which keys differ is not known. */
  readonly keys: {
    /** At the source and not here: send them. */
    readonly missing: readonly string[];
    /** Here with other values: send them. */
    readonly conflicting: readonly string[];
    /** Here and not at the source: a person looks. */
    readonly unexpected: readonly string[];
  } | null;
  /** The source's own figures contradict the rows that it tells. */
  readonly contradicts: boolean;
}

/** Compares what a source states with the rows that stand here; pure, exact, keys in order. */
export function compareTable(
  contract: TableContract,
  statement: TableStatement,
  standing: Iterable<RowValues>,
): TableComparison {
  const here = new Map<string, { readonly hash: string }>();
  const totals = new Map(Object.keys(statement.sums).map((column) => [column, 0n]));
  for (const values of standing) {
    here.set(rowKey(contract, values), { hash: rowHash(contract, values) });
    for (const [column, total] of totals) {
      const cell = values[column];
      if (typeof cell === 'string' || typeof cell === 'number') totals.set(column, total + hundredths(cell));
    }
  }
  const sums = Object.fromEntries(
    [...totals].map(([column, total]) => [
      column,
      { source: amountText(hundredths(statement.sums[column] ?? '0')), here: amountText(total) },
    ]),
  );
  const { rows } = statement;
  const keys = rows === null ? null : differences(rows, here);
  const hash = { source: statement.hash ?? (rows === null ? null : tableHash(rows)), here: tableHash(here) };
  const contradicts =
    rows !== null && (rows.size !== statement.count || (statement.hash !== null && statement.hash !== tableHash(rows)));
  const agrees =
    !contradicts &&
    statement.count === here.size &&
    Object.values(sums).every((sum) => sum.source === sum.here) &&
    (hash.source === null || hash.source === hash.here) &&
    (keys === null || Object.values(keys).every((list) => list.length === 0));
  return { agrees, count: { source: statement.count, here: here.size }, sums, hash, keys, contradicts };
}

type Rows = ReadonlyMap<string, { readonly hash: string }>;

function differences(source: Rows, here: Rows): NonNullable<TableComparison['keys']> {
  const sorted = (keys: Iterable<string>): string[] => [...keys].sort((a, b) => (a < b ? -1 : 1));
  return {
    missing: sorted([...source.keys()].filter((key) => !here.has(key))),
    conflicting: sorted(
      [...source].flatMap(([key, { hash }]) => (here.has(key) && here.get(key)?.hash !== hash ? [key] : [])),
    ),
    unexpected: sorted([...here.keys()].filter((key) => !source.has(key))),
  };
}
