import type { OperationId } from '../access/index.ts';
import type { Example } from './examples.ts';

/** Examples about improvement agreements. */
export const AGREEMENT_EXAMPLES: Partial<Record<OperationId, Readonly<Record<string, Example>>>> = {
  makeAgreement: {
    onAdvice: {
      summary: 'On the advice of a rating',
      status: 201,
      path: { customerId: 'C-002' },
      body: { ratingId: '@rate.improvable.ratingId' },
    },
    notTheirs: {
      summary: 'A rating of another customer',
      status: 400,
      path: { customerId: 'C-002' },
      body: { ratingId: '@rate.declined.ratingId' },
    },
  },
  listAgreements: { one: { summary: 'What was agreed on', status: 200, path: { customerId: 'C-002' } } },
  readAgreement: {
    one: {
      summary: 'With what followed',
      status: 200,
      path: { customerId: 'C-002', agreementId: '@makeAgreement.onAdvice.agreementId' },
    },
  },
  withdrawAgreement: {
    open: {
      summary: 'Withdraw it',
      status: 200,
      path: { customerId: 'C-002', agreementId: '@makeAgreement.onAdvice.agreementId' },
    },
  },
  agreementReport: { june: { summary: 'A month', status: 200, query: 'from=2026-06-01&to=2026-07-01' } },
};
