import type { Generated } from 'kysely';
import type { DefaultedTimestamp, NullableTimestamp } from './columns.ts';

export interface WebhooksTable {
  tenant: string;
  webhook_id: string;
  name: string;
  url: string;
  types: string[];
  secret: string;
  previous_secret: string | null;
  previous_until: NullableTimestamp;
  state: 'active' | 'paused';
  paused_because: string | null;
  paused_at: NullableTimestamp;
  created_by: string;
  created_at: DefaultedTimestamp;
  from_sequence: number;
}

export interface WebhookDeliveriesTable {
  tenant: string;
  webhook_id: string;
  delivery_id: string;
  sequence: number;
  change_id: string;
  type: string;
  subject: string | null;
  state: 'pending' | 'delivered' | 'dead';
  attempts: Generated<number>;
  last_status: number | null;
  last_problem: string | null;
  created_at: DefaultedTimestamp;
  next_at: DefaultedTimestamp;
  ended_at: NullableTimestamp;
}

export interface WebhookPlacesTable {
  tenant: string;
  sequence: number;
  taken: number;
}
