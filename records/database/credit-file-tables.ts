import type { Json } from '../../base/index.ts';
import type { DefaultedTimestamp, JsonColumn, NullableTimestamp, Timestamp } from './columns.ts';

export interface CreditFileEntriesTable {
  tenant: string;
  customer_id: string;
  kind: 'identity' | 'contact' | 'document' | 'guarantee' | 'review' | 'note';
  entry_id: string;
  version: number;
  happened_at: Timestamp;
  known_from: Timestamp;
  known_until: NullableTimestamp;
  removed: boolean;
  open: JsonColumn<{ readonly [key: string]: Json }>;
  sealed: string | null;
  actor: string;
}

export interface ReportLinksTable {
  tenant: string;
  link_id: string;
  customer_id: string;
  audience: string;
  language: string;
  expires_at: Timestamp;
  created_by: string;
  created_at: DefaultedTimestamp;
  revoked_at: NullableTimestamp;
  revoked_by: string | null;
}

export interface ReportLinkOpeningsTable {
  tenant: string;
  link_id: string;
  opening: number;
  opened_at: DefaultedTimestamp;
  outcome: 'shown' | 'expired' | 'revoked' | 'erased';
}
