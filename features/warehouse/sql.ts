import { identifier } from '../../base/index.ts';
import type { TableContract } from '../contracts/index.ts';

/** A raw table's qualified name. */
export function rawTable(table: string): string {
  return `raw.${identifier(table)}`;
}

/**
 * The ORDER BY in which an import's rows are stored: a customer's facts side by side, in order of time, so that what is summed by customer
 * stays in the processor's cache (docs/decisions/0021-facts-side-by-side.md). Nothing may rely on it: later imports follow behind.
 */
export function storageOrder(contract: TableContract): string {
  return contract.entity === null ? '' : `ORDER BY ${identifier(contract.entity)}, happened_at`;
}
