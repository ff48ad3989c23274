/** The parts of a customer's export (right of access) that tables are shown in. */
export const EXPORT_PARTS = [
  'file',
  'ratings',
  'ratingInputs',
  'shadowScores',
  'reportLinks',
  'riskReports',
  'notices',
  'cases',
  'disputes',
  'warnings',
  'signals',
  'reviews',
  'reviewCalendar',
  'alerts',
  'overrides',
  'agreements',
  'facts',
  'legalBases',
  'legalHolds',
  'portfolioReports',
  'accesses',
  'erasure',
] as const;
export type ExportPart = (typeof EXPORT_PARTS)[number];

/** Where the export shows what a table holds of a customer, or why it does not. */
export type Showing = { readonly in: readonly ExportPart[] } | { readonly not: string };

/**
 * Where a customer's export shows each table that holds something of the customer. A table of the database is here or among OF_NOBODY, or in
 * both: a table that names nobody may still tell of one person's rating. A test holds every table against it.
 */
export const SHOWN: { readonly [table: string]: Showing } = {
  facts: { in: ['facts'] },
  subject_keys: { not: 'the wrapped key under which others are sealed; it says nothing, and what it opens is shown' },
  credit_file_entries: { in: ['file'] },
  data_accesses: { in: ['accesses'] },
  legal_bases: { in: ['legalBases'] },
  report_links: { in: ['reportLinks'] },
  report_link_openings: { in: ['reportLinks'] },
  referral_cases: { in: ['cases'] },
  referral_case_events: { in: ['cases'] },
  improvement_agreements: { in: ['agreements'] },
  improvement_agreement_states: { in: ['agreements'] },
  early_warnings: { in: ['warnings'] },
  early_warning_events: { in: ['warnings'] },
  signal_triggers: { in: ['signals'] },
  signal_members: {
    not: 'names other customers; what it was made from is among the facts, what came of it among the warnings',
  },
  customer_reviews: { in: ['reviews'] },
  customer_review_events: { in: ['reviews'] },
  review_calendar: { in: ['reviewCalendar'] },
  alerts: { in: ['alerts'] },
  alert_reads: { in: ['alerts'] },
  alert_mails: { in: ['alerts'] },
  customer_reports: { in: ['riskReports'] },
  customer_notices: { in: ['notices'] },
  customer_notice_events: { in: ['notices'] },
  disputes: { in: ['disputes'] },
  dispute_events: { in: ['disputes'] },
  legal_holds: { in: ['legalHolds'] },
  portfolio_report_names: { in: ['portfolioReports'] },
  erasures: { in: ['erasure'] },
  // Evidence as it was recorded, and what it says in words; the bodies of other records are what cases, warnings and the rest show.
  record_bodies: { in: ['ratings', 'ratingInputs'] },
  rating_overrides: { in: ['overrides'] },
  shadow_scores: { in: ['shadowScores'] },
  idempotency_keys: { not: 'the hash of a request and which record answered it; the record is shown' },
};
