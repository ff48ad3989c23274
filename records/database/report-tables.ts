import type { ControlReport, PortfolioReport } from '../../rating/index.ts';
import type { DefaultedTimestamp, JsonColumn, Timestamp } from './columns.ts';

export interface PortfolioReportsTable {
  tenant: string;
  report_id: string;
  as_of: Timestamp;
  made_at: DefaultedTimestamp;
  body: JsonColumn<PortfolioReport>;
}

export interface ControlReportsTable {
  tenant: string;
  report_id: string;
  from_at: Timestamp;
  until_at: Timestamp;
  made_at: DefaultedTimestamp;
  body: JsonColumn<ControlReport>;
}

export interface CustomerReportsTable {
  tenant: string;
  report_id: string;
  customer_id: string;
  as_of: Timestamp;
  /** The report, under the customer's key. */
  sealed: string;
}

export interface PortfolioReportNamesTable {
  tenant: string;
  report_id: string;
  list: 'exposures' | 'losses' | 'best' | 'worst';
  place: number;
  customer_id: string;
}
