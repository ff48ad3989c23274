import type { Generated } from 'kysely';
import type { JsonColumn, Timestamp } from './columns.ts';

export interface FactsTable {
  tenant: string;
  sequence: number;
  table_name: string;
  entity_id: string | null;
  row_values: JsonColumn<Record<string, string | number | boolean | null>>;
  happened_at: Timestamp;
  known_from: Timestamp;
  source: string;
  idempotency_key: string | null;
  ordered: Generated<boolean>;
}

export interface FactHeadsTable {
  tenant: string;
  sequence: number;
}
