import { ProbityError } from '../../base/index.ts';
import { loadAudiences } from '../../records/credit-file/index.ts';
import { loadBasisPolicy } from '../../records/privacy/index.ts';
import type { StoredRating } from '../../records/ratings/index.ts';
import type { PrivacyDesk } from '../../serving/customers/privacy.ts';
import type { Dossiers } from '../../serving/customers/dossiers.ts';

const none = (): never => {
  throw new ProbityError('NOT_FOUND', 'Nothing is on file.');
};

/** Nothing is on file, for tests that are not about it; those are in test/serving-customers.test.ts. */
export const noDossiers: Dossiers = {
  files: {
    put: async () => none(),
    remove: async () => none(),
    of: async () => [],
    history: async () => [],
    everything: async () => [],
    reviewsDue: async () => [],
  },
  links: {
    create: async () => none(),
    find: async () => null,
    open: async () => {
      throw new ProbityError('LINK_INVALID', 'This link is not valid.');
    },
    revoke: async () => none(),
    of: async () => [],
    openings: async () => [],
  },
  accesses: { record: async () => {}, recordAll: async () => {}, of: async () => [] },
  audiences: loadAudiences(),
  isErased: async () => false,
  ratingIds: async () => [],
};

/** Ids of a customer's ratings among these, newest first. */
export function ratingIdsOf(recorded: readonly StoredRating[], customerId: string): readonly string[] {
  const asked = (evidence: string | null) =>
    (JSON.parse(evidence ?? '{}') as { inputs: { request: { customerId?: string } } }).inputs.request.customerId;
  return recorded
    .filter(({ evidence }) => asked(evidence) === customerId)
    .map(({ ratingId }) => ratingId)
    .toReversed();
}

/** Nobody was erased. */
export const noPrivacy: PrivacyDesk = {
  bases: {
    policy: loadBasisPolicy(null),
    record: async (basis) => ({ basisId: '01900000-0000-7000-8000-000000000000', ...basis, withdrawn: null }),
    withdraw: async () => 0,
    of: async () => [],
    lacking: async () => new Map(),
  },
  isErased: () => false,
  erase: async () => none(),
  erasure: async () => null,
  held: async () => ({
    cases: [],
    disputes: [],
    warnings: [],
    overrides: [],
    agreements: [],
    facts: [],
    legalBases: [],
    notices: [],
    reviews: [],
    alerts: [],
    signals: [],
    legalHolds: [],
    reviewCalendar: null,
    portfolioReports: [],
    shadowScores: [],
  }),
};
