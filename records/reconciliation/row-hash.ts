import { canonicalJson, instant, sha256, type Json } from '../../base/index.ts';
import type { Column, TableContract } from '../../features/contracts/index.ts';
import type { Totals } from './daily.ts';

/** A row of a canonical table, as it was reported. */
export type RowValues = { readonly [column: string]: string | number | boolean | null };

/** The key of a row: its key columns as texts, in the contract's order, as a canonical JSON list. */
export function rowKey(contract: TableContract, values: RowValues): string {
  return canonicalJson(
    contract.key.map((name) => String(normal(columnOf(contract, name), values[name] ?? null) ?? '')),
  );
}

/**
 * SHA-256 of the canonical JSON (RFC 8785) of a row: its columns by name, without those that are null; money as a text with two
 * decimals, instants in UTC to the millisecond, all else as reported. So the same row has the same hash however it was written.
 */
export function rowHash(contract: TableContract, values: RowValues): string {
  const cells = contract.columns.flatMap((column): [string, Json][] => {
    const cell = normal(column, values[column.name] ?? null);
    return cell === null ? [] : [[column.name, cell]];
  });
  return sha256(canonicalJson(Object.fromEntries(cells)));
}

/** SHA-256 of the lines `key TAB hash LF` of rows, in the order of their keys' UTF-16 code units. */
export function tableHash(rows: ReadonlyMap<string, { readonly hash: string }>): string {
  const keys = [...rows.keys()].sort((a, b) => (a < b ? -1 : 1));
  return sha256(keys.map((key) => `${key}\t${rows.get(key)?.hash ?? ''}\n`).join(''));
}

/** Which of `of` parts a row is in: the first 32 bits of its key's SHA-256, modulo `of`. */
export function partOf(key: string, of: number): number {
  return Number.parseInt(sha256(key).slice(0, 8), 16) % of;
}

/** An amount as hundredths, exact. */
export function hundredths(amount: string | number): bigint {
  const [, sign = '', whole = '0', part = ''] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(String(amount)) ?? [];
  const value = BigInt(whole) * 100n + BigInt(part.padEnd(2, '0'));
  return sign === '-' ? -value : value;
}

/** Hundredths as an amount with two decimals. */
export function amountText(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Totals of rows: how many, the sums of their columns of money, and the hash of the table. */
export function totalsOf(contract: TableContract, rows: readonly RowValues[]): Totals {
  const byKey = new Map(rows.map((values) => [rowKey(contract, values), { hash: rowHash(contract, values) }]));
  const money = contract.columns.filter(({ type }) => type === 'money');
  const sums = money.map(({ name }): [string, string] => {
    const total = rows.reduce((sum, values) => {
      const cell = values[name];
      return typeof cell === 'string' || typeof cell === 'number' ? sum + hundredths(cell) : sum;
    }, 0n);
    return [name, amountText(total)];
  });
  return { count: rows.length, sums: Object.fromEntries(sums), hash: tableHash(byKey) };
}

/** A reported row as the warehouse holds it: texts trimmed, numbers and flags as such. Its hash may differ from that of the row as it was reported. */
export function asWarehoused(contract: TableContract, values: RowValues): RowValues {
  const cells = contract.columns.map(({ name, type }): [string, RowValues[string]] => {
    const cell = values[name] ?? null;
    const text = typeof cell === 'string' ? cell.trim() : cell;
    if (text === null || text === '') return [name, null];
    if (type === 'number' || type === 'integer') return [name, Number(text)];
    if (type === 'flag') return [name, String(text).toLowerCase() === 'true'];
    return [name, type === 'money' ? text : String(text)];
  });
  return Object.fromEntries(cells);
}

function columnOf(contract: TableContract, name: string): Column | undefined {
  return contract.columns.find((column) => column.name === name);
}

function normal(column: Column | undefined, cell: string | number | boolean | null): string | number | boolean | null {
  if (cell === null || cell === '') return null;
  if (column?.type === 'money') return amountText(hundredths(cell as string | number));
  return column?.type === 'instant' ? instant(String(cell)) : cell;
}
