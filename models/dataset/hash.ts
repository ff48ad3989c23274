import { createHash, type Hash } from 'node:crypto';
import type { Dataset } from './dataset.ts';

/**
 * Content hash of a data set's rows: SHA-256 over feature names, types, values (NaN as one bit pattern, -0 as 0), outcomes, weights,
 * customers (numbered by first appearance) and observation dates, in row order. Identifiers are no part of it: they teach nothing.
 */
export function datasetHash(dataset: Omit<Dataset, 'hash'>): string {
  const hash = createHash('sha256');
  text(hash, 'probity.dataset/1');
  text(hash, String(dataset.rows));
  text(hash, JSON.stringify(dataset.features.map(({ name, type, codes, monotone }) => [name, type, codes, monotone])));
  for (const column of dataset.columns) {
    text(hash, column.kind);
    text(hash, column.name);
    if (column.kind === 'number') {
      numbers(hash, column.values);
    } else {
      text(hash, JSON.stringify(column.levels));
      bytes(hash, column.codes);
    }
  }
  bytes(hash, dataset.bad);
  optional(hash, 'weight', dataset.weight, numbers);
  optional(hash, 'group', dataset.group === null ? null : byFirstAppearance(dataset.group), bytes);
  optional(hash, 'time', dataset.time, numbers);
  return hash.digest('hex');
}

function optional<T>(hash: Hash, name: string, values: T | null, write: (hash: Hash, values: T) => void): void {
  text(hash, values === null ? `no ${name}` : name);
  if (values !== null) write(hash, values);
}

function text(hash: Hash, value: string): void {
  const encoded = Buffer.from(value, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(encoded.length);
  hash.update(length).update(encoded);
}

function bytes(hash: Hash, values: Int32Array | Uint8Array): void {
  hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function numbers(hash: Hash, values: Float64Array): void {
  const canonical = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    canonical[i] = Number.isNaN(value) ? Number.NaN : value + 0;
  }
  hash.update(new Uint8Array(canonical.buffer));
}

function byFirstAppearance(group: Int32Array): Int32Array {
  const seen = new Map<number, number>();
  return group.map((customer) => {
    const known = seen.get(customer);
    if (known !== undefined) return known;
    seen.set(customer, seen.size);
    return seen.size - 1;
  });
}
