import type { Generated } from 'kysely';
import type { Json } from '../../base/index.ts';
import type { CandidateState, DecisionKind, ModelUse } from '../../models/registry/index.ts';
import type { DefaultedTimestamp, JsonColumn, NullableTimestamp, Timestamp } from './columns.ts';

export interface ModelsTable {
  tenant: string;
  model_hash: string;
  name: string;
  artefact_ref: string;
  training_set_hash: string;
  feature_views: JsonColumn<Record<string, string>>;
  golden: JsonColumn<Json>;
  use: Generated<ModelUse>;
  created_at: DefaultedTimestamp;
}

export interface CandidatesTable {
  tenant: string;
  candidate_id: string;
  run_id: string;
  slot: string;
  model_hash: string;
  submitter: string;
  state: Generated<CandidateState>;
  gates_passed: boolean | null;
  submitted_at: DefaultedTimestamp;
}

export interface ValidationsTable {
  tenant: string;
  candidate_id: string;
  report_hash: string;
  report: JsonColumn<Json>;
  gates_passed: boolean;
  recorded_at: DefaultedTimestamp;
}

export interface DecisionsTable {
  tenant: string;
  decision_id: string;
  candidate_id: string;
  kind: DecisionKind;
  actor: string;
  reason: string | null;
  decided_at: DefaultedTimestamp;
}

export interface ChampionsTable {
  tenant: string;
  slot: string;
  model_hash: string;
  valid_from: Timestamp;
  valid_until: NullableTimestamp;
  how: 'promote' | 'rollback';
  candidate_id: string | null;
  actor: string;
  reason: string | null;
}

export interface SnapshotsTable {
  tenant: string;
  snapshot_id: string;
  snapshot_ref: string;
  as_of: Timestamp;
  facts_through: number;
  feature_views: JsonColumn<Record<string, string>>;
  published_at: DefaultedTimestamp;
}
