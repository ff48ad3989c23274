import type { DefaultedTimestamp, NullableTimestamp, Timestamp } from './columns.ts';

export interface ShadowsTable {
  tenant: string;
  shadow_id: string;
  slot: string;
  candidate_id: string;
  model_hash: string;
  share: number;
  actor: string;
  started_at: DefaultedTimestamp;
  after_sequence: number;
  until_sequence: number | null;
  ended_at: NullableTimestamp;
  ended_by: string | null;
  read_through: number;
}

export interface ShadowScoresTable {
  tenant: string;
  shadow_id: string;
  sequence: number;
  rating_id: string;
  as_of: Timestamp;
  decider_hash: string;
  decider_pd: number;
  pd: number | null;
  log_odds: number | null;
  inputs: 'evidence' | 'recomputed' | null;
  skipped: string | null;
}

export interface TrafficSplitsTable {
  tenant: string;
  split_id: string;
  slot: string;
  candidate_id: string;
  model_hash: string;
  champion_from: Timestamp;
  share: number;
  actor: string;
  reason: string | null;
  valid_from: Timestamp;
  valid_until: NullableTimestamp;
  ended_by: string | null;
  end_reason: string | null;
}
