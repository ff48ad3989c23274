import type { OperationId } from '../access/index.ts';
import type { Example } from './examples.ts';

/** Examples of a referral that a person decides. */
export const CASE_EXAMPLES = {
  actOnCase: {
    unreasoned: {
      summary: 'An approval names its amount and its reasons; every problem is listed',
      status: 409,
      path: { caseId: '@rate.referred.ratingId' },
      as: 'credit-officer',
      body: { kind: 'decide', verdict: 'approve', reason: 'Accounts of May seen.' },
    },
    conditional: {
      summary: 'Approve a part, on a condition and on terms of its own',
      status: 200,
      path: { caseId: '@rate.referred.ratingId' },
      as: 'credit-officer',
      body: {
        kind: 'decide',
        verdict: 'condition',
        reason: 'Accounts of May seen; late payments were of one dispute, now settled.',
        reasonCodes: ['REVIEWED', 'ONE_OFF_EVENT'],
        amount: '6000',
        terms: { days: 14, prepayment: 0.2, guaranteeNeeded: false },
        conditions: [{ code: 'OVERDUE_PAID_FIRST' }],
        expiresAt: '2026-06-20',
      },
    },
  },
  readCase: {
    decided: { summary: 'A case that was decided', status: 200, path: { caseId: '@rate.referred.ratingId' } },
  },
} satisfies Partial<Record<OperationId, Readonly<Record<string, Example>>>>;
