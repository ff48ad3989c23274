import type { Growth, MonitoringReport } from '../../models/monitoring/index.ts';
import type { MonitoringAction } from '../../rating/index.ts';
import type { DefaultedTimestamp, JsonColumn, NullableTimestamp, Timestamp } from './columns.ts';

export interface MonitoringReportsTable {
  tenant: string;
  report_id: string;
  slot: string;
  model_hash: string;
  as_of: Timestamp;
  snapshot_id: string;
  result: MonitoringReport['verdict']['result'];
  made_at: DefaultedTimestamp;
  body: JsonColumn<MonitoringReport>;
}

export interface MonitoringLooksTable {
  tenant: string;
  slot: string;
  model_hash: string;
  since: Timestamp;
  day: number;
  as_of: Timestamp;
  snapshot_id: string;
  compared_through: number;
  pairs: number;
  outcomes: number;
  growth: JsonColumn<Growth>;
  made_at: DefaultedTimestamp;
}

export interface RulesOnlyTable {
  tenant: string;
  slot: string;
  valid_from: Timestamp;
  champion_from: Timestamp;
  actor: string;
  reason: string;
  report_id: string | null;
  valid_until: NullableTimestamp;
  ended_by: string | null;
  end_reason: string | null;
}

export interface MonitoringActionsTable {
  tenant: string;
  report_id: string;
  action: MonitoringAction;
  slot: string;
  state: 'planned' | 'limited' | 'done' | 'refused';
  planned_at: Timestamp;
  settled_at: NullableTimestamp;
  detail: string | null;
}

export interface MonitoringGapsTable {
  tenant: string;
  slot: string;
  model_hash: string;
  code: string;
  message: string;
  since: Timestamp;
  last_seen: Timestamp;
}
