import type { Generated } from 'kysely';
import type { Alert, AlertFacts, Recipient } from '../../rating/index.ts';
import type { DefaultedTimestamp, JsonColumn, NullableTimestamp, Timestamp } from './columns.ts';

export interface AlertsTable {
  tenant: string;
  alert_id: string;
  kind: Alert['kind'];
  cause: Alert['cause'];
  about: string;
  level: Alert['level'];
  customer_id: string | null;
  to_kind: Recipient['kind'];
  to_name: string;
  next: JsonColumn<readonly Recipient[]>;
  instead_of: string;
  facts: JsonColumn<AlertFacts>;
  at: Timestamp;
  ended_at: NullableTimestamp;
}

export interface AlertReadsTable {
  tenant: string;
  alert_id: string;
  actor: string;
  at: DefaultedTimestamp;
}

export interface AlertMailsTable {
  tenant: string;
  alert_id: string;
  actor: string;
  state: 'pending' | 'delivered' | 'dead';
  attempts: Generated<number>;
  created_at: DefaultedTimestamp;
  next_at: NullableTimestamp;
  last_code: string | null;
  ended_at: NullableTimestamp;
}
