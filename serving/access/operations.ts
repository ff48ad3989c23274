import { ROLES, type Role } from '../../base/index.ts';

/** One operation of the API: where it is, and who may ask for it. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As the OpenAPI document writes it: `/v1/keys/{keyId}`. */
  readonly path: string;
  /** The roles that may; `anyone`: answered without a key. */
  readonly who: 'anyone' | readonly Role[];
  /** It shows data of customers and asks for no purpose: what is shown, and for what, as records of looks say it where the caller gives no `?purpose=`. */
  readonly look?: Look;
}

/** What is shown of a customer, and why as a rule. */
export interface Look {
  readonly what: string;
  readonly purpose: string;
  /** Its handler records the looks (`looksAtRatings`): what an application is shown of a recorded rating is on record as the rating itself. */
  readonly atRatings?: true;
}

const raters: readonly Role[] = ['applicant-system', 'credit-officer', 'credit-manager', 'modeller', 'admin'];
/** Who proposes rules, and who puts them in force: two people, whatever their roles. */
const ruleMakers: readonly Role[] = ['credit-manager', 'modeller', 'admin'];
const ruleApprovers: readonly Role[] = ['credit-manager', 'admin'];
const ruleReaders: readonly Role[] = ['viewer', 'credit-officer', 'credit-manager', 'modeller', 'auditor', 'admin'];
/** Who sees referred cases. Whether one may decide a case is a matter of its authority limits. */
const caseReaders: readonly Role[] = ['credit-officer', 'credit-manager', 'auditor', 'admin'];
/** Who reads credit files and reports, and who keeps them. */
const fileReaders: readonly Role[] = ['credit-officer', 'credit-manager', 'auditor', 'admin'];
const fileKeepers: readonly Role[] = ['applicant-system', 'credit-officer', 'credit-manager', 'admin'];
const sharers: readonly Role[] = ['credit-officer', 'credit-manager', 'admin'];
/** Who sees which challengers stand beside champions. */
const modelReaders: readonly Role[] = ['viewer', 'credit-officer', 'credit-manager', 'modeller', 'auditor', 'admin'];
/** Who sees the portfolio as a whole. */
const portfolioReaders: readonly Role[] = ['viewer', 'credit-manager', 'modeller', 'auditor', 'admin'];
const overseers: readonly Role[] = ['auditor', 'admin'];

/**
 * Every operation that the server answers, by its OpenAPI `operationId`, and the roles that may ask for it. The gate lets nothing
 * else through: an address that is not listed here is 404, whatever the application routes.
 */
export const OPERATIONS = {
  rate: {
    method: 'POST',
    path: '/v1/ratings',
    who: raters,
    look: { what: 'rating', purpose: 'credit-decision', atRatings: true },
  },
  recordedRating: {
    method: 'GET',
    path: '/v1/ratings/{ratingId}',
    who: [...raters, 'auditor'],
    look: { what: 'rating', purpose: 'rating-inquiry' },
  },
  ratingAdvice: {
    method: 'GET',
    path: '/v1/ratings/{ratingId}/advice',
    who: [...raters, 'auditor'],
    look: { what: 'advice', purpose: 'customer-advice' },
  },
  proposeOverride: { method: 'POST', path: '/v1/ratings/{ratingId}/overrides', who: sharers },
  overrideSteps: {
    method: 'GET',
    path: '/v1/ratings/{ratingId}/overrides',
    who: caseReaders,
    look: { what: 'overrides', purpose: 'override-review' },
  },
  actOnOverride: { method: 'POST', path: '/v1/ratings/{ratingId}/overrides/events', who: sharers },
  issueNotice: { method: 'POST', path: '/v1/ratings/{ratingId}/notices', who: fileKeepers },
  listNotices: { method: 'GET', path: '/v1/ratings/{ratingId}/notices', who: fileReaders },
  actOnNotice: { method: 'POST', path: '/v1/ratings/{ratingId}/notices/{noticeId}/events', who: fileKeepers },
  listOverrides: {
    method: 'GET',
    path: '/v1/overrides',
    who: caseReaders,
    look: { what: 'overrides', purpose: 'override-review' },
  },
  rateBatch: {
    method: 'POST',
    path: '/v1/ratings:batch',
    who: raters,
    look: { what: 'rating', purpose: 'credit-decision', atRatings: true },
  },
  champion: { method: 'GET', path: '/v1/models/champion', who: ROLES },
  challengers: { method: 'GET', path: '/v1/models/challengers', who: modelReaders },
  changes: {
    method: 'GET',
    path: '/v1/changes',
    who: [...raters, 'auditor'],
    look: { what: 'changes', purpose: 'change-follow-up' },
  },
  events: { method: 'POST', path: '/v1/events', who: ['applicant-system', 'admin'] },
  reconcile: { method: 'POST', path: '/v1/reconciliations', who: ['applicant-system', 'admin'] },
  listReconciliations: { method: 'GET', path: '/v1/reconciliations', who: overseers },
  me: { method: 'GET', path: '/v1/me', who: ROLES },
  listKeys: { method: 'GET', path: '/v1/keys', who: overseers },
  createKey: { method: 'POST', path: '/v1/keys', who: ['admin'] },
  readKey: { method: 'GET', path: '/v1/keys/{keyId}', who: overseers },
  rotateKey: { method: 'POST', path: '/v1/keys/{keyId}/rotate', who: ['admin'] },
  revokeKey: { method: 'POST', path: '/v1/keys/{keyId}/revoke', who: ['admin'] },
  rules: { method: 'GET', path: '/v1/rules', who: ruleReaders },
  rulesHistory: { method: 'GET', path: '/v1/rules/history', who: ruleReaders },
  validateRules: { method: 'POST', path: '/v1/rules:validate', who: ruleMakers },
  rollbackRules: { method: 'POST', path: '/v1/rules:rollback', who: ruleApprovers },
  listRuleProposals: { method: 'GET', path: '/v1/rules/proposals', who: ruleReaders },
  draftRules: { method: 'POST', path: '/v1/rules/proposals', who: ruleMakers },
  readRuleProposal: { method: 'GET', path: '/v1/rules/proposals/{proposalId}', who: ruleReaders },
  submitRules: { method: 'POST', path: '/v1/rules/proposals/{proposalId}/submit', who: ruleMakers },
  approveRules: { method: 'POST', path: '/v1/rules/proposals/{proposalId}/approve', who: ruleApprovers },
  rejectRules: { method: 'POST', path: '/v1/rules/proposals/{proposalId}/reject', who: ruleApprovers },
  listCases: { method: 'GET', path: '/v1/cases', who: caseReaders, look: { what: 'cases', purpose: 'case-work' } },
  readCase: {
    method: 'GET',
    path: '/v1/cases/{caseId}',
    who: caseReaders,
    look: { what: 'cases', purpose: 'case-work' },
  },
  actOnCase: {
    method: 'POST',
    path: '/v1/cases/{caseId}/events',
    who: ['applicant-system', 'credit-officer', 'credit-manager', 'admin'],
  },
  listReviews: {
    method: 'GET',
    path: '/v1/reviews',
    who: caseReaders,
    look: { what: 'reviews', purpose: 'customer-review' },
  },
  openReview: { method: 'POST', path: '/v1/reviews', who: sharers },
  readReview: {
    method: 'GET',
    path: '/v1/reviews/{reviewId}',
    who: caseReaders,
    look: { what: 'reviews', purpose: 'customer-review' },
  },
  actOnReview: {
    method: 'POST',
    path: '/v1/reviews/{reviewId}/events',
    who: ['applicant-system', 'credit-officer', 'credit-manager', 'admin'],
  },
  listWebhooks: { method: 'GET', path: '/v1/webhooks', who: overseers },
  createWebhook: { method: 'POST', path: '/v1/webhooks', who: ['admin'] },
  readWebhook: { method: 'GET', path: '/v1/webhooks/{webhookId}', who: overseers },
  changeWebhook: { method: 'PATCH', path: '/v1/webhooks/{webhookId}', who: ['admin'] },
  removeWebhook: { method: 'DELETE', path: '/v1/webhooks/{webhookId}', who: ['admin'] },
  rotateWebhook: { method: 'POST', path: '/v1/webhooks/{webhookId}/rotate', who: ['admin'] },
  testWebhook: { method: 'POST', path: '/v1/webhooks/{webhookId}/test', who: ['admin'] },
  listDeliveries: { method: 'GET', path: '/v1/webhooks/{webhookId}/deliveries', who: overseers },
  redeliver: { method: 'POST', path: '/v1/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver', who: ['admin'] },
  listWarnings: {
    method: 'GET',
    path: '/v1/warnings',
    who: caseReaders,
    look: { what: 'warnings', purpose: 'warning-follow-up' },
  },
  warningHandling: { method: 'GET', path: '/v1/warnings:handling', who: caseReaders },
  warningWords: { method: 'GET', path: '/v1/warnings:words', who: caseReaders },
  readWarning: {
    method: 'GET',
    path: '/v1/warnings/{warningId}',
    who: caseReaders,
    look: { what: 'warnings', purpose: 'warning-follow-up' },
  },
  listWarningCustomers: {
    method: 'GET',
    path: '/v1/warnings/{warningId}/customers',
    who: caseReaders,
    look: { what: 'warnings', purpose: 'warning-follow-up' },
  },
  actOnWarning: {
    method: 'POST',
    path: '/v1/warnings/{warningId}/events',
    who: ['applicant-system', 'credit-officer', 'credit-manager', 'admin'],
  },
  inbox: { method: 'GET', path: '/v1/inbox', who: ROLES, look: { what: 'inbox', purpose: 'alert-follow-up' } },
  inboxCount: { method: 'GET', path: '/v1/inbox:count', who: ROLES },
  readInbox: { method: 'POST', path: '/v1/inbox:read', who: ROLES },
  listPortfolioReports: { method: 'GET', path: '/v1/reports/portfolio', who: portfolioReaders },
  readPortfolioReport: {
    method: 'GET',
    path: '/v1/reports/portfolio/{reportId}',
    who: portfolioReaders,
    look: { what: 'portfolio-report', purpose: 'portfolio-oversight' },
  },
  listControlReports: { method: 'GET', path: '/v1/reports/control', who: ['credit-manager', 'auditor', 'admin'] },
  makeControlReport: { method: 'POST', path: '/v1/reports/control', who: ['credit-manager', 'admin'] },
  readControlReport: {
    method: 'GET',
    path: '/v1/reports/control/{reportId}',
    who: ['credit-manager', 'auditor', 'admin'],
  },
  listMonitoringReports: { method: 'GET', path: '/v1/reports/monitoring', who: portfolioReaders },
  readMonitoringReport: { method: 'GET', path: '/v1/reports/monitoring/{reportId}', who: portfolioReaders },
  decisionTimes: { method: 'GET', path: '/v1/reports/decision-times', who: ['credit-manager', 'auditor', 'admin'] },
  reviewWarnings: { method: 'GET', path: '/v1/reports/warnings', who: ['credit-manager', 'auditor', 'admin'] },
  overrideReport: { method: 'GET', path: '/v1/reports/overrides', who: ['credit-manager', 'auditor', 'admin'] },
  readFile: { method: 'GET', path: '/v1/customers/{customerId}/file', who: fileReaders },
  addEntry: { method: 'POST', path: '/v1/customers/{customerId}/file/{kind}', who: fileKeepers },
  putEntry: { method: 'PUT', path: '/v1/customers/{customerId}/file/{kind}/{entryId}', who: fileKeepers },
  readEntry: { method: 'GET', path: '/v1/customers/{customerId}/file/{kind}/{entryId}', who: fileReaders },
  removeEntry: { method: 'DELETE', path: '/v1/customers/{customerId}/file/{kind}/{entryId}', who: sharers },
  entryHistory: { method: 'GET', path: '/v1/customers/{customerId}/file/{kind}/{entryId}/history', who: fileReaders },
  customerRatings: {
    method: 'GET',
    path: '/v1/customers/{customerId}/ratings',
    who: fileReaders,
    look: { what: 'ratings', purpose: 'customer-review' },
  },
  readReport: { method: 'GET', path: '/v1/customers/{customerId}/report', who: fileReaders },
  listCustomerReports: {
    method: 'GET',
    path: '/v1/customers/{customerId}/risk-reports',
    who: fileReaders,
    look: { what: 'risk-report', purpose: 'customer-review' },
  },
  makeCustomerReport: { method: 'POST', path: '/v1/customers/{customerId}/risk-reports', who: sharers },
  readCustomerReport: {
    method: 'GET',
    path: '/v1/customers/{customerId}/risk-reports/{reportId}',
    who: fileReaders,
    look: { what: 'risk-report', purpose: 'customer-review' },
  },
  listAgreements: {
    method: 'GET',
    path: '/v1/customers/{customerId}/agreements',
    who: fileReaders,
    look: { what: 'agreements', purpose: 'agreement-follow-up' },
  },
  makeAgreement: { method: 'POST', path: '/v1/customers/{customerId}/agreements', who: fileKeepers },
  readAgreement: {
    method: 'GET',
    path: '/v1/customers/{customerId}/agreements/{agreementId}',
    who: fileReaders,
    look: { what: 'agreements', purpose: 'agreement-follow-up' },
  },
  withdrawAgreement: { method: 'DELETE', path: '/v1/customers/{customerId}/agreements/{agreementId}', who: sharers },
  agreementReport: { method: 'GET', path: '/v1/reports/agreements', who: ['credit-manager', 'auditor', 'admin'] },
  listReportLinks: {
    method: 'GET',
    path: '/v1/customers/{customerId}/report-links',
    who: fileReaders,
    look: { what: 'report-links', purpose: 'report-sharing' },
  },
  createReportLink: { method: 'POST', path: '/v1/customers/{customerId}/report-links', who: sharers },
  revokeReportLink: { method: 'DELETE', path: '/v1/customers/{customerId}/report-links/{linkId}', who: sharers },
  openSharedReport: { method: 'GET', path: '/shared/{token}', who: 'anyone' },
  exportCustomer: {
    method: 'GET',
    path: '/v1/customers/{customerId}/export',
    who: ['credit-manager', 'auditor', 'admin'],
  },
  eraseCustomer: { method: 'POST', path: '/v1/customers/{customerId}/erasure', who: ['admin'] },
  listLegalBases: { method: 'GET', path: '/v1/customers/{customerId}/legal-bases', who: fileReaders },
  changeLegalBases: { method: 'POST', path: '/v1/customers/{customerId}/legal-bases', who: fileKeepers },
  disputeQueue: {
    method: 'GET',
    path: '/v1/disputes',
    who: caseReaders,
    look: { what: 'disputes', purpose: 'dispute-handling' },
  },
  listDisputes: { method: 'GET', path: '/v1/customers/{customerId}/disputes', who: fileReaders },
  openDispute: { method: 'POST', path: '/v1/customers/{customerId}/disputes', who: fileKeepers },
  actOnDispute: { method: 'POST', path: '/v1/customers/{customerId}/disputes/{disputeId}/events', who: sharers },
  readErasure: { method: 'GET', path: '/v1/customers/{customerId}/erasure', who: overseers },
  metrics: { method: 'GET', path: '/metrics', who: ['viewer', 'modeller', 'credit-manager', 'auditor', 'admin'] },
  health: { method: 'GET', path: '/healthz', who: 'anyone' },
  readiness: { method: 'GET', path: '/readyz', who: 'anyone' },
  document: { method: 'GET', path: '/openapi.json', who: 'anyone' },
  documentPage: { method: 'GET', path: '/docs', who: 'anyone' },
  page: { method: 'GET', path: '/', who: 'anyone' },
  inboxPage: { method: 'GET', path: '/inbox', who: 'anyone' },
} as const satisfies { readonly [operationId: string]: Operation };

export type OperationId = keyof typeof OPERATIONS;

/** What an operation shows of customers without asking why; null: nothing, or it asks. */
export function lookOf(operationId: OperationId): Look | null {
  const { look }: Operation = OPERATIONS[operationId];
  return look ?? null;
}

/** Operations that read and whose answers carry no entity tag: they tell of this moment, or are pages with tags of their own, or put on record that they were asked. */
const UNTAGGED: ReadonlySet<string> = new Set(['health', 'readiness', 'metrics', 'openSharedReport', 'exportCustomer']);

/** Whether the answers of an operation carry an entity tag, so that who has them already is answered 304. */
export const isTagged = (operationId: OperationId): boolean =>
  OPERATIONS[operationId].method === 'GET' && !UNTAGGED.has(operationId);

/** Operations that change only what the caller saw, where `If-Match` says what that was. */
const CONDITIONAL: ReadonlySet<string> = new Set(['putEntry', 'removeEntry', 'withdrawAgreement']);

export const takesIfMatch = (operationId: OperationId): boolean => CONDITIONAL.has(operationId);

/** True for the id of an operation. */
export function isOperationId(value: unknown): value is OperationId {
  return typeof value === 'string' && Object.hasOwn(OPERATIONS, value);
}
