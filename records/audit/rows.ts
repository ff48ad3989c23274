import type { Selectable } from 'kysely';
import { instant, type Tenant } from '../../base/index.ts';
import type { ChainRecordsTable } from '../database/index.ts';
import type { ChainRecord } from './chain.ts';

export type ChainRow = Selectable<ChainRecordsTable>;

/** A stored row as a chain record. */
export function chainRecordOf(row: ChainRow): ChainRecord {
  return {
    tenant: row.tenant as Tenant,
    sequence: row.sequence,
    previousHash: row.previous_hash.toString('hex'),
    kind: row.kind,
    subject: row.subject?.toString('hex') ?? null,
    bodyHash: row.body_hash.toString('hex'),
    at: instant(row.at),
    hash: row.hash.toString('hex'),
  };
}
