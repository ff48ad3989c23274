import type { AlertMailsTable, AlertReadsTable, AlertsTable } from './alert-tables.ts';
import type { CaseSweepsTable, ReferralCaseEventsTable, ReferralCasesTable } from './case-tables.ts';
import type {
  ChainHeadsTable,
  ChainRecordsTable,
  IdempotencyKeysTable,
  PartsTable,
  RecordBodiesTable,
} from './chain-tables.ts';
import type { CreditFileEntriesTable, ReportLinkOpeningsTable, ReportLinksTable } from './credit-file-tables.ts';
import type {
  ImprovementAgreementStatesTable,
  ImprovementAgreementsTable,
  RatingOverridesTable,
} from './decision-tables.ts';
import type { DisputeEventsTable, DisputesTable } from './dispute-tables.ts';
import type { ErasuresTable } from './erasure-tables.ts';
import type { FactHeadsTable, FactsTable } from './fact-tables.ts';
import type { ApiKeysTable } from './key-tables.ts';
import type {
  MonitoringActionsTable,
  MonitoringGapsTable,
  MonitoringLooksTable,
  MonitoringReportsTable,
  RulesOnlyTable,
} from './monitoring-tables.ts';
import type { CustomerNoticeEventsTable, CustomerNoticesTable } from './notice-tables.ts';
import type {
  DataAccessesTable,
  LegalBasesTable,
  LegalHoldsTable,
  PseudonymKeysTable,
  SubjectKeysTable,
} from './privacy-tables.ts';
import type { ReconciliationsTable, SourceStatementsTable } from './reconciliation-tables.ts';
import type {
  CandidatesTable,
  ChampionsTable,
  DecisionsTable,
  ModelsTable,
  SnapshotsTable,
  ValidationsTable,
} from './registry-tables.ts';
import type {
  ControlReportsTable,
  CustomerReportsTable,
  PortfolioReportNamesTable,
  PortfolioReportsTable,
} from './report-tables.ts';
import type {
  CustomerReviewEventsTable,
  CustomerReviewsTable,
  ReviewCalendarTable,
  ReviewPlacesTable,
} from './review-tables.ts';
import type { RuleEventsTable, RuleProposalsTable, RuleReignsTable, RuleSetsTable } from './rule-tables.ts';
import type { ShadowScoresTable, ShadowsTable, TrafficSplitsTable } from './shadow-tables.ts';
import type { SignalMembersTable, SignalPlacesTable, SignalRulesTable, SignalTriggersTable } from './signal-tables.ts';
import type { EarlyWarningEventsTable, EarlyWarningsTable, WarningPlacesTable } from './warning-tables.ts';
import type { WebhookDeliveriesTable, WebhookPlacesTable, WebhooksTable } from './webhook-tables.ts';

/** The tables of the operational database; `records/migrations` makes them. */
export interface Schema {
  models: ModelsTable;
  candidates: CandidatesTable;
  validations: ValidationsTable;
  decisions: DecisionsTable;
  champions: ChampionsTable;
  shadows: ShadowsTable;
  shadow_scores: ShadowScoresTable;
  traffic_splits: TrafficSplitsTable;
  snapshots: SnapshotsTable;
  facts: FactsTable;
  fact_heads: FactHeadsTable;
  source_statements: SourceStatementsTable;
  reconciliations: ReconciliationsTable;
  rule_sets: RuleSetsTable;
  rule_proposals: RuleProposalsTable;
  rule_events: RuleEventsTable;
  rule_reigns: RuleReignsTable;
  subject_keys: SubjectKeysTable;
  erasures: ErasuresTable;
  legal_bases: LegalBasesTable;
  data_accesses: DataAccessesTable;
  credit_file_entries: CreditFileEntriesTable;
  report_links: ReportLinksTable;
  report_link_openings: ReportLinkOpeningsTable;
  referral_cases: ReferralCasesTable;
  referral_case_events: ReferralCaseEventsTable;
  legal_holds: LegalHoldsTable;
  disputes: DisputesTable;
  dispute_events: DisputeEventsTable;
  early_warnings: EarlyWarningsTable;
  early_warning_events: EarlyWarningEventsTable;
  warning_places: WarningPlacesTable;
  alerts: AlertsTable;
  alert_reads: AlertReadsTable;
  alert_mails: AlertMailsTable;
  signal_triggers: SignalTriggersTable;
  signal_members: SignalMembersTable;
  signal_places: SignalPlacesTable;
  signal_rules: SignalRulesTable;
  customer_reviews: CustomerReviewsTable;
  customer_review_events: CustomerReviewEventsTable;
  review_calendar: ReviewCalendarTable;
  review_places: ReviewPlacesTable;
  webhooks: WebhooksTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_places: WebhookPlacesTable;
  portfolio_reports: PortfolioReportsTable;
  customer_reports: CustomerReportsTable;
  control_reports: ControlReportsTable;
  portfolio_report_names: PortfolioReportNamesTable;
  monitoring_reports: MonitoringReportsTable;
  monitoring_gaps: MonitoringGapsTable;
  monitoring_looks: MonitoringLooksTable;
  monitoring_actions: MonitoringActionsTable;
  rules_only: RulesOnlyTable;
  improvement_agreements: ImprovementAgreementsTable;
  improvement_agreement_states: ImprovementAgreementStatesTable;
  rating_overrides: RatingOverridesTable;
  customer_notices: CustomerNoticesTable;
  customer_notice_events: CustomerNoticeEventsTable;
  case_sweeps: CaseSweepsTable;
  chain_heads: ChainHeadsTable;
  chain_records: ChainRecordsTable;
  record_bodies: RecordBodiesTable;
  idempotency_keys: IdempotencyKeysTable;
  parts: PartsTable;
  pseudonym_keys: PseudonymKeysTable;
  api_keys: ApiKeysTable;
}
