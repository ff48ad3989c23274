import { ProbityError } from '../../base/index.ts';
import type { NoticeDesk } from '../../serving/notices/desk.ts';

const none = (): never => {
  throw new ProbityError('NOT_FOUND', 'There is no such notice.');
};

/** No notices, for tests that are not about them; those are in test/serving-notices.test.ts. */
export const noNotices: NoticeDesk = {
  canMail: false,
  creditor: {
    name: 'Acme Credit',
    address: '1 Main Street, Springfield',
    agency: { name: 'Federal Trade Commission, Equal Credit Opportunity', address: 'Washington, DC 20580' },
  },
  wake: () => {},
  issue: async () => none(),
  find: async () => none(),
  ofRating: async () => [],
  ofCustomer: async () => [],
  events: async () => [],
  act: async () => none(),
};
