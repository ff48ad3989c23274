import type { Generated } from 'kysely';
import type { Dispute, DisputeEvent } from '../../rating/index.ts';
import type { JsonColumn, NullableTimestamp, Timestamp } from './columns.ts';

export interface DisputesTable {
  tenant: string;
  dispute_id: string;
  customer_id: string;
  state: Dispute['state'];
  deadline: Timestamp;
  opened_at: Timestamp;
  closed_at: NullableTimestamp;
  revision: number;
  followed: Generated<boolean>;
  settled: Generated<boolean>;
  rating_id: string | null;
  body: JsonColumn<Dispute>;
}

export interface DisputeEventsTable {
  tenant: string;
  dispute_id: string;
  revision: number;
  kind: string;
  actor: string | null;
  event: JsonColumn<{ readonly kind: 'open' } | DisputeEvent>;
  at: Timestamp;
  audited: Generated<boolean>;
}
