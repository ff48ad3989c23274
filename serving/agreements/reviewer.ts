import type { Logger } from 'pino';
import { isProbityError, messageOf } from '../../base/index.ts';
import {
  agreementEffects,
  DecisionFacts,
  resultOf,
  reviewAgreement,
  type FollowedAgreement,
  type ImprovementAgreement,
  type Scalar,
} from '../../rating/index.ts';
import type { Agreements, StoredAgreement } from '../../records/agreements/index.ts';
import { parseRatingId } from '../../records/ratings/index.ts';
import type { Dossiers } from '../customers/dossiers.ts';
import type { RecalledRating, Recorder } from '../ratings/recorder.ts';

/** Reviews improvement agreements by the ratings that follow them. */
export interface AgreementReviewer {
  /** A customer was rated: their open agreements are reviewed soon, and the answer does not wait for it. */
  rated(customerId: string): void;
  /** A customer's agreements, reviewed by every rating since, the latest due first. */
  reviewed(customerId: string): Promise<readonly StoredAgreement[]>;
  /** What followed an agreement, after its review. */
  followed(stored: StoredAgreement): Promise<FollowedAgreement>;
}

/** Who closes agreements by looking at ratings. */
export const REVIEWER = 'review by a later rating';
/** How many of a customer's newest ratings a review looks at. */
const MOST_RATINGS = 200;
const AFTER_MS = 100;

type Later = RecalledRating & { readonly sequence: number };

export function createAgreementReviewer(of: {
  readonly agreements: Agreements;
  readonly recorder: Pick<Recorder, 'recall'>;
  readonly ratingIds: Dossiers['ratingIds'];
  readonly logger: Logger;
}): AgreementReviewer {
  const { agreements, recorder, ratingIds, logger } = of;
  let waiting = new Set<string>();
  let working: Promise<void> | null = null;

  /** Ratings after one, oldest first. */
  const since = async ({ customerId, ratingId }: ImprovementAgreement): Promise<Later[]> => {
    const from = parseRatingId(ratingId)?.sequence ?? 0;
    const later: Later[] = [];
    for (const id of (await ratingIds(customerId, MOST_RATINGS)).toReversed()) {
      const sequence = parseRatingId(id)?.sequence ?? 0;
      if (sequence <= from) continue;
      try {
        later.push({ ...(await recorder.recall(id)), sequence });
      } catch (error) {
        // Erased meanwhile, or of an engine that decided nothing.
        if (!isProbityError(error) || !['RATING_ERASED', 'RATING_RETIRED', 'ENGINE_UNKNOWN'].includes(error.code))
          throw error;
      }
    }
    return later;
  };

  const review = async (stored: StoredAgreement): Promise<StoredAgreement> => {
    if (stored.agreement.state !== 'open') return stored;
    for (const { served, recorded } of await since(stored.agreement)) {
      const after = reviewAgreement(stored.agreement, recorded.receipt.at, valuesOf(served));
      if (after.state === 'open') continue;
      try {
        return await agreements.close(after, stored.revision, REVIEWER);
      } catch (error) {
        // Another server, or a person, closed it first: that stands.
        if (!isProbityError(error, 'CONFLICT')) throw error;
        return (await agreements.find(after.agreementId)) ?? stored;
      }
    }
    return stored;
  };
  const reviewed = async (customerId: string): Promise<StoredAgreement[]> => {
    const found: StoredAgreement[] = [];
    for (const stored of await agreements.ofCustomer(customerId)) found.push(await review(stored));
    return found;
  };
  const work = async (): Promise<void> => {
    while (waiting.size > 0) {
      const group = waiting;
      waiting = new Set();
      try {
        for (const customerId of await agreements.openAmong([...group])) await reviewed(customerId);
      } catch (error) {
        // A later look at the customer's agreements reviews them.
        logger.warn({ problem: messageOf(error) }, 'agreements were not reviewed after a rating');
      }
    }
  };

  return {
    rated(customerId) {
      waiting.add(customerId);
      working ??= new Promise<void>((resolve) => {
        setTimeout(() => resolve(work()), AFTER_MS).unref();
      }).finally(() => (working = null));
    },
    reviewed,
    async followed({ agreement }) {
      const ratings = (await since(agreement)).map(({ served, recorded }) => ({
        ratingId: recorded.ratingId,
        at: recorded.receipt.at,
        result: resultOf(served.decision),
      }));
      return { agreement, effects: agreementEffects(agreement, ratings) };
    },
  };
}

/** A rating's facts as an agreement measures them, by the names that tables know them by. */
function valuesOf({ rating, inputs, explained }: RecalledRating['served']): (field: string) => Scalar {
  const { values, asOf } = inputs;
  const { request, facts: customer, latePayment } = inputs.decision;
  const { set, standards } = explained;
  const facts = new DecisionFacts(
    { rating, values, asOf, request, facts: customer, latePayment },
    set,
    standards.masterScale,
  );
  return (field) => (facts.get(field) ?? null) as Scalar;
}
