import type { CustomerReview, PersonalReviewEvent } from '../../rating/index.ts';
import type { Receipted } from '../../records/followed/index.ts';
import type { ReviewPage, StoredReview, StoredReviewEvent } from '../../records/reviews/index.ts';
import type { Rerate } from '../ratings/rated-again.ts';

/** When a customer is reviewed next. */
export interface NextReview {
  /** When it is due. */
  readonly at: string;
  /** The review that stands; null: it is not open yet. */
  readonly reviewId: string | null;
}

/** Where reviews of customers wait for people. */
export interface ReviewDesk {
  /** From now on reviews are opened, with this to rate customers anew. */
  begin(rerate: Rerate): void;
  /** No more; resolves once the look under way has ended. */
  end(): Promise<void>;
  /** Opens a review that a person asks for. Throws REVIEW_REFUSED where the customer was never rated, or has a standing review. */
  open(
    customerId: string,
    asked: { readonly actor: string; readonly reason: string; readonly dueAt: string | null },
  ): Promise<CustomerReview>;
  /** The customer's next review: the standing one, or when the next periodic one is due; null: never rated. */
  next(customerId: string): Promise<NextReview | null>;
  /** Reviews in the order of their opening. */
  page(options: ReviewPage): Promise<readonly StoredReview[]>;
  /** Throws UNKNOWN_REVIEW. */
  find(reviewId: string): Promise<StoredReview & { readonly events: readonly StoredReviewEvent[] }>;
  /** Acts on a review; when it resolves, that is stored. Throws UNKNOWN_REVIEW, REVIEW_REFUSED, REVIEW_CLOSED, SERVICE_UNAVAILABLE. */
  act(reviewId: string, event: PersonalReviewEvent): Promise<Receipted<CustomerReview>>;
}
