import type { Boosted } from './boost.ts';
import type { Tables } from './layout.ts';

/** Where finished steps of a training are kept, so that a killed one resumes and ends in the same model. */
export interface Checkpoint {
  load(step: string): Promise<Uint8Array | null>;
  save(step: string, bytes: Uint8Array): Promise<void>;
}

export const noCheckpoint: Checkpoint = { load: async () => null, save: async () => {} };

interface StoredTables {
  readonly intercept: number;
  readonly terms: number[][];
  readonly pairs: number[][];
}

export function storeTables(tables: Tables): StoredTables {
  return {
    intercept: tables.intercept,
    terms: tables.terms.map((table) => Array.from(table)),
    pairs: tables.pairs.map((table) => Array.from(table)),
  };
}

export function restoreTables(stored: StoredTables): Tables {
  return {
    intercept: stored.intercept,
    terms: stored.terms.map((table) => Float64Array.from(table)),
    pairs: stored.pairs.map((table) => Float64Array.from(table)),
  };
}

/** A finished bag as bytes; JSON holds doubles exactly. */
export function packBag(bag: Boosted): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ ...bag, tables: storeTables(bag.tables) }));
}

export function unpackBag(bytes: Uint8Array): Boosted {
  const stored = JSON.parse(new TextDecoder().decode(bytes)) as Omit<Boosted, 'tables'> & { tables: StoredTables };
  return { ...stored, tables: restoreTables(stored.tables) };
}
