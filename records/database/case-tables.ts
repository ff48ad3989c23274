import type { Generated } from 'kysely';
import type { CaseEvent, ReferralCase } from '../../rating/index.ts';
import type { JsonColumn, NullableTimestamp, Timestamp } from './columns.ts';

export interface ReferralCasesTable {
  tenant: string;
  case_id: string;
  rating_id: string;
  customer_id: string | null;
  state: ReferralCase['state'];
  queue: string;
  deadline: Timestamp;
  opened_at: Timestamp;
  closed_at: NullableTimestamp;
  revision: number;
  followed: Generated<boolean>;
  body: JsonColumn<ReferralCase>;
}

export interface ReferralCaseEventsTable {
  tenant: string;
  case_id: string;
  revision: number;
  kind: CaseEvent['kind'];
  actor: string | null;
  event: JsonColumn<CaseEvent>;
  at: Timestamp;
  audited: Generated<boolean>;
}

export interface CaseSweepsTable {
  tenant: string;
  through: number;
}
