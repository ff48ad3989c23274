import type { DailyReconciliation } from '../reconciliation/daily.ts';
import type { JsonColumn, Timestamp } from './columns.ts';

export interface SourceStatementsTable {
  tenant: string;
  source: string;
  table_name: string;
  through: number;
  stated_at: Timestamp;
  row_count: number;
  sums: JsonColumn<Record<string, string>>;
  hash: string | null;
  contradicts: boolean;
}

export interface ReconciliationsTable {
  tenant: string;
  reconciliation_id: string;
  at: Timestamp;
  settled: boolean;
  body: JsonColumn<DailyReconciliation>;
}
