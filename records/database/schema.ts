/* oxlint-disable max-lines -- one type a table, in one place */
import type { ColumnType, Generated } from 'kysely';
import type { Json } from '../../base/index.ts';
import type { CustomerNoticeEventsTable, CustomerNoticesTable } from './notice-tables.ts';
import type {
  CaseEvent,
  Dispute,
  DisputeEvent,
  ImprovementAgreement,
  Override,
  ReferralCase,
  RuleFiles,
} from '../../rating/index.ts';
import type { CandidateState, DecisionKind, ModelUse } from '../../models/registry/index.ts';
import type { DefaultedTimestamp, JsonColumn, NullableTimestamp, Timestamp } from './columns.ts';
import type {
  CustomerReviewEventsTable,
  CustomerReviewsTable,
  ReviewCalendarTable,
  ReviewPlacesTable,
} from './review-tables.ts';
import type { ErasuresTable } from './erasure-tables.ts';
import type {
  ControlReportsTable,
  CustomerReportsTable,
  PortfolioReportNamesTable,
  PortfolioReportsTable,
} from './report-tables.ts';
import type {
  MonitoringActionsTable,
  MonitoringLooksTable,
  MonitoringReportsTable,
  RulesOnlyTable,
} from './monitoring-tables.ts';
import type { WebhookDeliveriesTable, WebhookPlacesTable, WebhooksTable } from './webhook-tables.ts';
import type { EarlyWarningEventsTable, EarlyWarningsTable, WarningPlacesTable } from './warning-tables.ts';
import type { AlertMailsTable, AlertReadsTable, AlertsTable } from './alert-tables.ts';
import type { SignalMembersTable, SignalPlacesTable, SignalRulesTable, SignalTriggersTable } from './signal-tables.ts';
import type { ShadowScoresTable, ShadowsTable, TrafficSplitsTable } from './shadow-tables.ts';

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

export interface FactsTable {
  tenant: string;
  sequence: number;
  table_name: string;
  entity_id: string | null;
  row_values: JsonColumn<Record<string, string | number | boolean | null>>;
  happened_at: Timestamp;
  known_from: Timestamp;
  source: string;
  idempotency_key: string | null;
  ordered: Generated<boolean>;
}

export interface FactHeadsTable {
  tenant: string;
  sequence: number;
}

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

export interface SubjectKeysTable {
  tenant: string;
  subject: string;
  wrapped: string;
  created_at: DefaultedTimestamp;
}

export type LegalBasisKind = 'consent' | 'contract' | 'legal-obligation' | 'legitimate-interest';

export interface LegalBasesTable {
  tenant: string;
  basis_id: string;
  subject: string | null;
  source: string;
  purpose: string;
  basis: LegalBasisKind;
  valid_from: Timestamp;
  valid_until: NullableTimestamp;
  recorded_at: DefaultedTimestamp;
  actor: string;
  withdrawn_by: Generated<string | null>;
  withdrawn_at: NullableTimestamp;
}

export interface DataAccessesTable {
  tenant: string;
  access_id: string;
  subject: string;
  actor: string;
  purpose: string;
  what: string;
  at: DefaultedTimestamp;
}

export interface CreditFileEntriesTable {
  tenant: string;
  customer_id: string;
  kind: 'identity' | 'contact' | 'document' | 'guarantee' | 'review' | 'note';
  entry_id: string;
  version: number;
  happened_at: Timestamp;
  known_from: Timestamp;
  known_until: NullableTimestamp;
  removed: boolean;
  open: JsonColumn<{ readonly [key: string]: Json }>;
  sealed: string | null;
  actor: string;
}

export interface ReportLinksTable {
  tenant: string;
  link_id: string;
  customer_id: string;
  audience: string;
  language: string;
  expires_at: Timestamp;
  created_by: string;
  created_at: DefaultedTimestamp;
  revoked_at: NullableTimestamp;
  revoked_by: string | null;
}

export interface ReportLinkOpeningsTable {
  tenant: string;
  link_id: string;
  opening: number;
  opened_at: DefaultedTimestamp;
  outcome: 'shown' | 'expired' | 'revoked' | 'erased';
}

export interface LegalHoldsTable {
  tenant: string;
  hold_id: string;
  customer_id: string;
  reason: string;
  actor: string;
  placed_at: DefaultedTimestamp;
  lifted_at: ColumnType<Date | null, Date | null | undefined, Date>;
  lifted_by: ColumnType<string | null, string | null | undefined, string>;
}

export interface DisputesTable {
  tenant: string;
  dispute_id: string;
  customer_id: string;
  state: Dispute['state'];
  deadline: Timestamp;
  opened_at: Timestamp;
  closed_at: NullableTimestamp;
  revision: number;
  followed: Generated<boolean>;
  settled: Generated<boolean>;
  rating_id: string | null;
  body: JsonColumn<Dispute>;
}

export interface DisputeEventsTable {
  tenant: string;
  dispute_id: string;
  revision: number;
  kind: string;
  actor: string | null;
  event: JsonColumn<{ readonly kind: 'open' } | DisputeEvent>;
  at: Timestamp;
  audited: Generated<boolean>;
}

export interface ChainHeadsTable {
  tenant: string;
  sequence: number;
  hash: Buffer;
  at: Timestamp;
}

export interface ChainRecordsTable {
  tenant: string;
  sequence: number;
  previous_hash: Buffer;
  hash: Buffer;
  kind: string;
  subject: Buffer | null;
  body_hash: Buffer;
  at: Timestamp;
}

export interface RecordBodiesTable {
  tenant: string;
  sequence: number;
  /** Null once erased, as is the body. */
  salt: Buffer | null;
  body: Buffer | null;
}

export interface IdempotencyKeysTable {
  tenant: string;
  idempotency_key: string;
  fingerprint: Buffer;
  sequence: number;
}

export interface PartsTable {
  tenant: string;
  hash: string;
  role: string;
  content: string;
  kept_at: DefaultedTimestamp;
}

export interface PseudonymKeysTable {
  tenant: string;
  check_value: Buffer;
}

export interface ApiKeysTable {
  tenant: string;
  key_id: string;
  name: string;
  secret_hash: string;
  roles: JsonColumn<string[]>;
  operations: ColumnType<string[] | null, string | null, never>;
  created_at: Timestamp;
  created_by: string;
  expires_at: Timestamp;
  revoked_at: ColumnType<Date | null, Date | null | undefined, Date>;
  revoked_by: ColumnType<string | null, string | null | undefined, string>;
  replaces: string | null;
  last_used_at: ColumnType<Date | null, Date | null | undefined, Date>;
}

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

export interface RatingOverridesTable {
  tenant: string;
  rating_id: string;
  revision: number;
  sequence: number;
  state: Override['state'];
  expires_at: Timestamp;
  at: Timestamp;
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

export interface ImprovementAgreementsTable {
  tenant: string;
  agreement_id: string;
  customer_id: string;
  rating_id: string;
  state: ImprovementAgreement['state'];
  due: string;
  revision: number;
  body: JsonColumn<ImprovementAgreement>;
}

export interface ImprovementAgreementStatesTable {
  tenant: string;
  agreement_id: string;
  revision: number;
  state: ImprovementAgreement['state'];
  actor: string;
  at: Timestamp;
}

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
