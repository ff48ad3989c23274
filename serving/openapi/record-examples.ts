import type { OperationId } from '../access/index.ts';
import type { Example } from './examples.ts';

/** The customer, the rating and the other records that stand before the examples here; `@time.in.d14` is an instant 14 days from now. */
const customerId = '@planted.ids.customerId';
const ratingId = '@planted.ids.ratingId';
const loss = {
  name: 'loss',
  version: 2,
  otherwise: { lgd: 0.45, lgdGuaranteed: 0.25, exposureAtDefault: 1 },
  segments: { retail: { lgd: 0.4, lgdGuaranteed: 0.2, exposureAtDefault: 1 } },
};

/** Examples on records that stand: tests send them, in this order, to all that `probity up` runs. */
export const RECORD_EXAMPLES: Partial<Record<OperationId, Readonly<Record<string, Example>>>> = {
  actOnNotice: {
    delivered: {
      summary: 'It was handed over',
      status: 200,
      path: { ratingId, noticeId: '@planted.ids.noticeId' },
      body: { kind: 'delivered' },
    },
    replied: {
      summary: 'The customer replied',
      status: 200,
      path: { ratingId, noticeId: '@planted.ids.noticeId' },
      body: { kind: 'replied', text: 'The invoice was paid on 3 June.' },
    },
  },
  listReconciliations: { newest: { summary: 'The newest', status: 200, query: 'limit=1' } },
  rules: { inForce: { summary: 'The rules in force', status: 200 } },
  validateRules: {
    sound: { summary: 'Losses of a segment of their own', status: 200, body: { files: { 'loss.json': loss } } },
    broken: {
      summary: 'Every problem is listed',
      status: 422,
      body: { files: { 'loss.json': { ...loss, otherwise: { lgd: 1.2, lgdGuaranteed: 0.25 } } } },
    },
  },
  draftRules: {
    loss: {
      summary: 'A draft of a change',
      status: 201,
      body: { files: { 'loss.json': loss }, note: 'Recoveries of retail rose.' },
    },
    plain: {
      summary: 'Another one',
      status: 201,
      body: { files: { 'loss.json': { ...loss, version: 3, segments: {} } }, note: 'Segments are too small yet.' },
    },
  },
  listRuleProposals: { newest: { summary: 'The newest', status: 200, query: 'limit=1' } },
  readRuleProposal: {
    draft: { summary: 'With its files', status: 200, path: { proposalId: '@draftRules.loss.proposalId' } },
  },
  submitRules: {
    loss: {
      summary: 'Its effect on the decisions on record goes with it',
      status: 200,
      path: { proposalId: '@draftRules.loss.proposalId' },
    },
    plain: { summary: 'Another one', status: 200, path: { proposalId: '@draftRules.plain.proposalId' } },
    same: { summary: 'One that changes nothing', status: 200, path: { proposalId: '@planted.ids.proposalId' } },
  },
  approveRules: {
    ownProposal: {
      summary: 'Nobody approves what they proposed',
      status: 409,
      path: { proposalId: '@draftRules.loss.proposalId' },
      body: {},
    },
    second: {
      summary: 'By a second person: in force from now on',
      status: 200,
      path: { proposalId: '@draftRules.loss.proposalId' },
      as: 'credit-manager',
      body: { reason: 'The effect is small and known.' },
    },
    next: {
      summary: 'Without a reason',
      status: 200,
      path: { proposalId: '@draftRules.plain.proposalId' },
      as: 'credit-manager',
      body: {},
    },
  },
  rejectRules: {
    noChange: {
      summary: 'Back to who proposed it',
      status: 200,
      path: { proposalId: '@planted.ids.proposalId' },
      as: 'credit-manager',
      body: { reason: 'It changes nothing.' },
    },
  },
  rollbackRules: {
    before: {
      summary: 'The set that was in force before',
      status: 200,
      as: 'credit-manager',
      body: { reason: 'Limits came out too high.' },
    },
  },
  rulesHistory: { all: { summary: 'Newest first', status: 200 } },
  readCase: { withdrawn: { summary: 'With all that happened', status: 200, path: { caseId: '@planted.ids.caseId' } } },
  actOnCase: {
    closed: {
      summary: 'Nothing more is done to a case that is closed',
      status: 409,
      path: { caseId: '@planted.ids.caseId' },
      body: { kind: 'claim' },
    },
  },
  readReview: {
    open: { summary: 'What changed since the last one', status: 200, path: { reviewId: '@planted.ids.reviewId' } },
  },
  openReview: {
    stands: {
      summary: 'Asked for by a person, while one stands',
      status: 409,
      body: { customerId, reason: 'A large order is expected.', dueAt: '@time.in.d14' },
    },
  },
  actOnReview: {
    claim: {
      summary: 'Somebody takes it',
      status: 200,
      path: { reviewId: '@planted.ids.reviewId' },
      as: 'credit-manager',
      body: { kind: 'claim' },
    },
  },
  createWebhook: {
    erp: {
      summary: 'The ERP is told of limits; the secret is shown once',
      status: 201,
      body: { name: 'erp', url: 'https://hooks.example.com/probity', types: ['limit'] },
    },
  },
  readWebhook: {
    one: { summary: 'One webhook', status: 200, path: { webhookId: '@createWebhook.erp.webhookId' } },
  },
  changeWebhook: {
    more: {
      summary: 'Warnings, too',
      status: 200,
      path: { webhookId: '@createWebhook.erp.webhookId' },
      body: { types: ['limit', 'warning'] },
    },
  },
  rotateWebhook: {
    dayOver: {
      summary: 'The old secret signs for a day, too',
      status: 201,
      path: { webhookId: '@createWebhook.erp.webhookId' },
      body: { overlapHours: 24 },
    },
  },
  testWebhook: {
    ping: { summary: 'A delivery to try it', status: 202, path: { webhookId: '@createWebhook.erp.webhookId' } },
  },
  listDeliveries: {
    dead: {
      summary: 'Those that were given up',
      status: 200,
      path: { webhookId: '@createWebhook.erp.webhookId' },
      query: 'state=dead',
    },
  },
  redeliver: {
    notDead: {
      summary: 'Only one that was given up is sent again by hand',
      status: 404,
      path: { webhookId: '@createWebhook.erp.webhookId', deliveryId: '@testWebhook.ping.deliveryId' },
    },
  },
  removeWebhook: {
    one: { summary: 'Nobody is told there any more', status: 204, path: { webhookId: '@createWebhook.erp.webhookId' } },
  },
  warningWords: { all: { summary: 'In both languages', status: 200 } },
  readWarning: {
    one: { summary: 'With all that happened', status: 200, path: { warningId: '@planted.ids.warningId' } },
  },
  listWarningCustomers: {
    alone: {
      summary: 'Nobody else: it is of one customer',
      status: 200,
      path: { warningId: '@planted.ids.warningId' },
    },
  },
  actOnWarning: {
    acknowledged: {
      summary: 'Somebody saw it',
      status: 200,
      path: { warningId: '@planted.ids.warningId' },
      body: { kind: 'acknowledge' },
    },
  },
  inbox: { unread: { summary: 'What is not read yet', status: 200, query: 'state=unread&limit=1' } },
  inboxCount: { unread: { summary: 'How many', status: 200 } },
  readInbox: {
    notHere: {
      summary: 'An entry of another inbox: nothing is marked',
      status: 404,
      body: { alertIds: ['0123456789abcdef0123456789abcdef'] },
    },
  },
  readPortfolioReport: {
    one: { summary: 'All of it', status: 200, path: { reportId: '@planted.ids.portfolioReportId' } },
  },
  makeControlReport: {
    month: { summary: 'Thirty days', status: 201, body: { from: '@time.in.dm30', to: '@time.in.dm0' } },
  },
  listControlReports: { newest: { summary: 'The newest', status: 200, query: 'limit=1' } },
  readControlReport: {
    month: { summary: 'One report', status: 200, path: { reportId: '@makeControlReport.month.reportId' } },
  },
  readMonitoringReport: {
    one: { summary: 'All of it', status: 200, path: { reportId: '@planted.ids.monitoringReportId' } },
  },
  addEntry: {
    note: {
      summary: 'A note',
      status: 201,
      path: { customerId, kind: 'note' },
      body: { body: { text: 'Called: the delivery of May is disputed.' } },
    },
  },
  putEntry: {
    changed: {
      summary: 'A new version of the note, where nobody changed it in between',
      status: 200,
      path: { customerId, kind: 'note', entryId: '@addEntry.note.entryId' },
      body: { ifVersion: 1, body: { text: 'Called: the delivery of May is settled.' } },
    },
  },
  entryHistory: {
    both: {
      summary: 'Both versions',
      status: 200,
      path: { customerId, kind: 'note', entryId: '@addEntry.note.entryId' },
      query: 'purpose=review',
    },
  },
  readEntry: {
    note: {
      summary: 'The second version',
      status: 200,
      path: { customerId, kind: 'note', entryId: '@addEntry.note.entryId' },
      query: 'purpose=review',
    },
  },
  removeEntry: {
    note: {
      summary: 'Out of the file; the history keeps it',
      status: 200,
      path: { customerId, kind: 'note', entryId: '@addEntry.note.entryId' },
      query: 'ifVersion=2',
    },
  },
  makeCustomerReport: {
    now: { summary: 'As everything stands', status: 201, path: { customerId } },
  },
  listCustomerReports: { newest: { summary: 'The newest', status: 200, path: { customerId }, query: 'limit=1' } },
  readCustomerReport: {
    one: {
      summary: 'One report',
      status: 200,
      path: { customerId, reportId: '@makeCustomerReport.now.reportId' },
    },
  },
  customerRatings: { newest: { summary: 'The newest', status: 200, path: { customerId }, query: 'limit=1' } },
  readReport: {
    partner: {
      summary: 'The credit report as partners see it',
      status: 200,
      path: { customerId },
      query: 'purpose=review&audience=partner',
    },
  },
  createReportLink: {
    partner: {
      summary: 'For a partner, for two weeks',
      status: 201,
      path: { customerId },
      body: { audience: 'partner', language: 'zh-CN', expiresAt: '@time.in.d14' },
    },
  },
  revokeReportLink: {
    partner: {
      summary: 'It opens nothing any more',
      status: 200,
      path: { customerId, linkId: '@createReportLink.partner.linkId' },
    },
  },
  openSharedReport: {
    page: { summary: 'A page', status: 200, path: { token: '@planted.ids.token' } },
    noLink: {
      summary: 'A link that opens nothing',
      status: 404,
      path: { token: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    },
  },
  actOnDispute: {
    rejected: {
      summary: 'What was disputed is right',
      status: 200,
      path: { customerId, disputeId: '@planted.ids.disputeId' },
      as: 'credit-manager',
      body: { kind: 'reject', reason: 'The bank statement shows no payment.' },
    },
  },
  eraseCustomer: {
    request: {
      summary: 'At the customer’s request',
      status: 202,
      path: { customerId: 'C-003' },
      body: { reason: 'Request 2026-17' },
    },
  },
};
