import type { Generated } from 'kysely';
import type { EarlyWarning, WarningEvent, WarningLevel } from '../../rating/index.ts';
import type { JsonColumn, NullableTimestamp, Timestamp } from './columns.ts';

export interface EarlyWarningsTable {
  tenant: string;
  warning_id: string;
  customer_id: string;
  code: string;
  level: WarningLevel;
  state: EarlyWarning['state'];
  owner: string | null;
  close_by: Timestamp;
  opened_at: Timestamp;
  closed_at: NullableTimestamp;
  revision: number;
  followed: Generated<boolean>;
  /** Up to which revision somebody was told of it; -1: of none. */
  told: Generated<number>;
  body: JsonColumn<EarlyWarning>;
}

export interface EarlyWarningEventsTable {
  tenant: string;
  warning_id: string;
  revision: number;
  kind: WarningEvent['kind'];
  actor: string | null;
  event: JsonColumn<WarningEvent>;
  at: Timestamp;
  audited: Generated<boolean>;
}

export interface WarningPlacesTable {
  tenant: string;
  sequence: number;
  taken: number;
}
