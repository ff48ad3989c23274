import type { ColumnType } from 'kysely';
import type { JsonColumn, Timestamp } from './columns.ts';

export interface ApiKeysTable {
  tenant: string;
  key_id: string;
  name: string;
  secret_hash: string;
  roles: JsonColumn<string[]>;
  operations: ColumnType<string[] | null, string | null, never>;
  purpose: ColumnType<string | null, string | null | undefined, never>;
  created_at: Timestamp;
  created_by: string;
  expires_at: Timestamp;
  revoked_at: ColumnType<Date | null, Date | null | undefined, Date>;
  revoked_by: ColumnType<string | null, string | null | undefined, string>;
  replaces: string | null;
  last_used_at: ColumnType<Date | null, Date | null | undefined, Date>;
}
