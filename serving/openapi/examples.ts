import type { Json, Role } from '../../base/index.ts';
import { OPERATIONS, type OperationId } from '../access/index.ts';
import { AGREEMENT_EXAMPLES } from './agreement-examples.ts';
import { PRIVACY_EXAMPLES } from './privacy-examples.ts';
import { CASE_EXAMPLES } from './case-examples.ts';
import { RECORD_EXAMPLES } from './record-examples.ts';

/** A request that the document shows, and the status that it is answered with. Tests send every one. */
export interface Example {
  readonly summary: string;
  readonly status: number;
  /** The body: JSON, or lines of JSON for NDJSON. */
  readonly body?: Json;
  readonly type?:
    'application/json' | 'application/x-ndjson' | 'application/cloudevents+json' | 'application/cloudevents-batch+json';
  /** Values of the path's parameters; here and in the body, `@rate.asOf.ratingId` is that field of what the named example before it was answered. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  /** The role that asks, where it is not an admin's. */
  readonly as?: Role;
}

/** Examples that a server alone answers, by operation and name. */
export const PLAIN_EXAMPLES: Partial<Record<OperationId, Readonly<Record<string, Example>>>> = {
  rate: {
    byCustomer: { summary: 'A customer, now', status: 200, body: { customerId: 'C-001' } },
    asOf: {
      summary: 'A customer, as known on a day',
      status: 200,
      body: { customerId: 'C-001', asOf: '2026-05-01' },
    },
    byFeatures: {
      summary: 'Feature values of the caller',
      status: 200,
      body: { features: { days_late: 12, sector: 'retail', customer_since: '2019-04-01' } },
    },
    withRequest: {
      summary: 'A decision on a request',
      status: 200,
      body: {
        features: { days_late: 0, sector: 'retail', customer_since: '2019-04-01' },
        request: { amount: '12000.50', currency: 'CNY', termDays: 45, purpose: 'goods' },
        facts: { kind: 'company', sanctionsHit: false, documentsMissing: [], existingExposure: '0' },
      },
    },
    declined: {
      summary: 'A request that is declined',
      status: 200,
      body: { customerId: 'C-001', request: { amount: '12000', currency: 'CNY', termDays: 30 } },
    },
    referred: {
      summary: 'A request that a person decides',
      status: 200,
      body: {
        features: { days_late: 45, sector: 'retail', customer_since: '2012-01-01' },
        request: { amount: '9000', currency: 'CNY', termDays: 30 },
      },
    },
    improvable: {
      summary: 'More than the terms allow without a guarantee',
      status: 200,
      body: {
        customerId: 'C-002',
        request: { amount: '120000', currency: 'CNY', termDays: 60 },
        facts: { kind: 'company', sanctionsHit: false, documentsMissing: [], existingExposure: '0' },
      },
    },
    withAdvice: {
      summary: 'With what the customer could do',
      status: 200,
      query: 'advice=true',
      body: {
        features: { days_late: 0, sector: 'retail', customer_since: '2019-04-01' },
        request: { amount: '120000', currency: 'CNY', termDays: 60 },
        facts: { kind: 'company', sanctionsHit: false, documentsMissing: [], existingExposure: '0' },
      },
    },
    withHorizons: {
      summary: 'Over more horizons than the model has',
      status: 200,
      query: 'horizons=12,24',
      body: { customerId: 'C-001', dryRun: true },
    },
    withContributions: {
      summary: 'With what each term added to the log-odds',
      status: 200,
      query: 'contributions=true',
      body: { customerId: 'C-001', dryRun: true },
    },
    withNotice: {
      summary: 'With what a customer in China is told',
      status: 200,
      query: 'notice=CN',
      body: { customerId: 'C-001', dryRun: true },
    },
    misspelt: {
      summary: 'A name that is not known is refused with the nearest one',
      status: 400,
      body: { features: { day_late: 12 } },
    },
    unknown: { summary: 'A customer that is not known', status: 404, body: { customerId: 'C-999' } },
  },
  ratingAdvice: {
    next: { summary: 'To the next better outcome', status: 200, path: { ratingId: '@rate.withAdvice.ratingId' } },
    none: { summary: 'None, and why', status: 200, path: { ratingId: '@rate.declined.ratingId' } },
    named: {
      summary: 'To an outcome and a grade',
      status: 200,
      path: { ratingId: '@rate.withAdvice.ratingId' },
      query: 'target=condition:A3',
    },
    noSuchGrade: {
      summary: 'A grade that the scale does not have',
      status: 400,
      path: { ratingId: '@rate.withAdvice.ratingId' },
      query: 'target=approve:Z',
    },
  },
  proposeOverride: {
    securityGiven: {
      summary: 'Approve a part of what was declined, for security that the data did not hold',
      status: 201,
      path: { ratingId: '@rate.declined.ratingId' },
      as: 'credit-officer',
      body: {
        to: 'approve',
        amount: '8000.00',
        reasonCode: 'SECURITY_NOT_IN_DATA',
        note: 'Bank guarantee over 8,000 seen, original in the safe.',
        expiresAt: '2026-06-20',
      },
    },
    ownRequest: {
      summary: 'Who asked for the rating takes no part; every problem is listed',
      status: 409,
      path: { ratingId: '@rate.declined.ratingId' },
      body: { to: 'approve', amount: '90000', reasonCode: 'CONCENTRATION', expiresAt: '2027-06-20' },
    },
  },
  actOnOverride: {
    revoked: {
      summary: 'Revoke it: the decision of model and rules holds again',
      status: 200,
      path: { ratingId: '@rate.declined.ratingId' },
      as: 'credit-officer',
      body: { kind: 'revoke', reason: 'The guarantee was returned.' },
    },
  },
  recordedRating: {
    declined: { summary: 'A recorded rating', status: 200, path: { ratingId: '@rate.declined.ratingId' } },
  },
  overrideSteps: {
    both: { summary: 'Both steps', status: 200, path: { ratingId: '@rate.declined.ratingId' } },
    unknown: { summary: 'A rating that is not known', status: 404, path: { ratingId: '1-0000' } },
  },
  issueNotice: {
    noServer: {
      summary: 'By e-mail, where no mail server is configured',
      status: 400,
      path: { ratingId: '@rate.declined.ratingId' },
      body: { language: 'zh-CN', jurisdiction: 'CN', channel: 'email' },
    },
  },
  listNotices: {
    none: {
      summary: 'None yet',
      status: 200,
      path: { ratingId: '@rate.declined.ratingId' },
      query: 'purpose=complaint',
    },
  },
  listOverrides: { waiting: { summary: 'Those that wait for a second person', status: 200, query: 'state=second' } },
  reviewWarnings: { june: { summary: 'A month', status: 200, query: 'from=2026-06-01&to=2026-07-01' } },
  overrideReport: { june: { summary: 'A month', status: 200, query: 'from=2026-06-01&to=2026-07-01' } },
  rateBatch: {
    lines: {
      summary: 'Two customers, one of them not known',
      status: 200,
      type: 'application/x-ndjson',
      body: '{"customerId":"C-001"}\n{"customerId":"C-999"}\n',
    },
  },
  events: {
    payment: {
      summary: 'A payment',
      status: 201,
      body: {
        source: 'erp',
        events: [
          {
            table: 'payments',
            happenedAt: '2026-05-31T10:00:00Z',
            idempotencyKey: 'pay-991',
            values: { payment_id: 'pay-991', party_id: 'C-001', invoice_id: 'inv-5', amount: '120.50' },
          },
        ],
      },
    },
    cloudEvent: {
      summary: 'A payment as a CloudEvent',
      status: 201,
      type: 'application/cloudevents+json',
      body: {
        specversion: '1.0',
        id: 'pay-992',
        source: '/erp/receivables',
        type: 'probity.payment.v1',
        subject: 'C-001',
        time: '2026-05-31T10:00:00Z',
        data: { payment_id: 'pay-992', invoice_id: 'inv-5', amount: '80.00' },
      },
    },
    cloudEvents: {
      summary: 'CloudEvents, all or none',
      status: 400,
      type: 'application/cloudevents-batch+json',
      body: [
        {
          specversion: '1.0',
          id: 'c-17',
          source: '/crm',
          type: 'probity.customer.v1',
          subject: 'C-017',
          time: '2026-05-30T08:00:00Z',
          data: { kind: 'company', segment: 'retail', attributes: { payment_culture: 3 } },
        },
        {
          specversion: '1.0',
          id: 'o-5',
          source: '/crm',
          type: 'probity.orders.v1',
          subject: 'C-017',
          time: '2026-05-30T08:00:01Z',
          data: { order_id: 'o-5' },
        },
      ],
    },
  },
  changes: {
    fromTheStart: { summary: 'From the start', status: 200, query: 'limit=5' },
    badCursor: { summary: 'A cursor of another list', status: 400, query: 'cursor=abc' },
  },
  reconcile: {
    payments: {
      summary: 'The payments of a source, by count and sum',
      status: 200,
      body: { source: '/erp/receivables', tables: [{ table: 'payments', count: 2, sums: { amount: '200.50' } }] },
    },
  },
  champion: { now: { summary: 'Who serves now', status: 200 } },
  challengers: { now: { summary: 'Who stands beside the champions', status: 200 } },
  me: { caller: { summary: 'The caller', status: 200 } },
  listKeys: { firstPage: { summary: 'The first page', status: 200, query: 'limit=1' } },
  createKey: {
    crm: {
      summary: 'A key of a CRM, for 90 days',
      status: 201,
      body: { name: 'crm', roles: ['applicant-system'], days: 90 },
    },
  },
  readKey: { one: { summary: 'One key', status: 200, path: { keyId: 'abcdefabcdef' } } },
  rotateKey: {
    dayOver: {
      summary: 'The old key goes on for a day',
      status: 201,
      path: { keyId: 'abcdefabcdef' },
      body: { overlapHours: 24 },
    },
  },
  revokeKey: { now: { summary: 'End it now', status: 200, path: { keyId: 'abcdefabcdef' } } },
  listCases: { waiting: { summary: 'Those that wait for a credit officer', status: 200, query: 'queue=officer' } },
  ...CASE_EXAMPLES,
  listWebhooks: { none: { summary: 'Nobody is told yet', status: 200 } },
  createWebhook: {
    metadata: {
      summary: 'A private address is refused',
      status: 400,
      body: { name: 'erp', url: 'https://169.254.169.254/', types: ['limit'] },
    },
  },
  listReviews: { standing: { summary: 'Those that stand', status: 200, query: 'state=standing' } },
  listWarnings: { standing: { summary: 'Those that stand', status: 200, query: 'state=standing' } },
  warningHandling: { all: { summary: 'The catalogue', status: 200 } },
  listMonitoringReports: { newest: { summary: 'The newest', status: 200 } },
  listPortfolioReports: { newest: { summary: 'The newest', status: 200 } },
  decisionTimes: { june: { summary: 'A month', status: 200, query: 'from=2026-06-01&to=2026-07-01' } },
  ...AGREEMENT_EXAMPLES,
  openDispute: {
    invoice: {
      summary: 'An invoice that was paid',
      status: 201,
      path: { customerId: 'C-001' },
      body: {
        about: { kind: 'fact', table: 'invoices', key: { invoice_id: 'INV-7' } },
        claim: 'This invoice was paid on 3 June.',
        jurisdiction: 'CN',
      },
    },
  },
  disputeQueue: { all: { summary: 'What is to be decided next', status: 200 } },
  listDisputes: {
    all: { summary: 'All of them', status: 200, path: { customerId: 'C-002' }, query: 'purpose=review' },
  },
  listReportLinks: { none: { summary: 'Nothing is shared', status: 200, path: { customerId: 'C-001' } } },
  readErasure: { none: { summary: 'Nobody asked for one', status: 404, path: { customerId: 'C-001' } } },
  ...PRIVACY_EXAMPLES,
  exportCustomer: {
    needsPurpose: { summary: 'A look needs a purpose', status: 400, path: { customerId: 'C-001' } },
  },
  readFile: {
    needsPurpose: { summary: 'A look needs a purpose', status: 400, path: { customerId: 'C-001' } },
  },
  health: { alive: { summary: 'Alive', status: 200 } },
  readiness: { ready: { summary: 'Ready', status: 200 } },
};

/** The examples of the document, by operation and name. */
export const EXAMPLES: typeof PLAIN_EXAMPLES = Object.fromEntries(
  (Object.keys(OPERATIONS) as OperationId[]).flatMap((id) => {
    const examples = { ...PLAIN_EXAMPLES[id], ...RECORD_EXAMPLES[id] };
    return Object.keys(examples).length === 0 ? [] : [[id, examples]];
  }),
);
