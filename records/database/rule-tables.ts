import type { ColumnType, Generated } from 'kysely';
import type { Json } from '../../base/index.ts';
import type { RuleFiles } from '../../rating/index.ts';
import type { DefaultedTimestamp, JsonColumn, Timestamp } from './columns.ts';

export interface RuleSetsTable {
  tenant: string;
  rules_hash: string;
  name: string;
  version: number;
  files: JsonColumn<RuleFiles>;
  created_at: DefaultedTimestamp;
}

export interface RuleProposalsTable {
  tenant: string;
  proposal_id: string;
  rules_hash: string;
  state: 'draft' | 'submitted' | 'approved' | 'rejected';
  author: string;
  note: string | null;
  created_at: DefaultedTimestamp;
}

export interface RuleEventsTable {
  tenant: string;
  proposal_id: string;
  kind: 'submit' | 'approve' | 'reject';
  actor: string;
  reason: string | null;
  effect: JsonColumn<Json>;
  at: DefaultedTimestamp;
}

export interface RuleReignsTable {
  tenant: string;
  reign_id: Generated<number>;
  rules_hash: string;
  valid_from: Timestamp;
  how: 'approve' | 'rollback';
  proposal_id: string | null;
  actor: string;
  reason: string | null;
  recorded_at: DefaultedTimestamp;
  cancelled_at: ColumnType<Date | null, Date | string | undefined, Date | string>;
}
