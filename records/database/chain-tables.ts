import type { DefaultedTimestamp, Timestamp } from './columns.ts';

export interface ChainHeadsTable {
  tenant: string;
  sequence: number;
  hash: Buffer;
  at: Timestamp;
}

export interface ChainRecordsTable {
  tenant: string;
  sequence: number;
  previous_hash: Buffer;
  hash: Buffer;
  kind: string;
  subject: Buffer | null;
  body_hash: Buffer;
  at: Timestamp;
}

export interface RecordBodiesTable {
  tenant: string;
  sequence: number;
  /** Null once erased, as is the body. */
  salt: Buffer | null;
  body: Buffer | null;
}

export interface IdempotencyKeysTable {
  tenant: string;
  idempotency_key: string;
  fingerprint: Buffer;
  sequence: number;
}

export interface PartsTable {
  tenant: string;
  hash: string;
  role: string;
  content: string;
  kept_at: DefaultedTimestamp;
}
