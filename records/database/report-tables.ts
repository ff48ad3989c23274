import type { PortfolioReport } from '../../rating/index.ts';
import type { DefaultedTimestamp, JsonColumn, Timestamp } from './columns.ts';

export interface PortfolioReportsTable {
  tenant: string;
  report_id: string;
  as_of: Timestamp;
  made_at: DefaultedTimestamp;
  body: JsonColumn<PortfolioReport>;
}

export interface PortfolioReportNamesTable {
  tenant: string;
  report_id: string;
  list: 'exposures' | 'losses';
  place: number;
  customer_id: string;
}
