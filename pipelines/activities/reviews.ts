import type { CustomerReview, ReviewEvent } from '../../rating/reviews/review.ts';
import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Activities on reviews; the store makes each of them safe to repeat. */
export function reviewActivities({ reviews }: PipelineDependencies) {
  return {
    /** Stores a review as it stands after an event. */
    saveReview: (request: {
      review: CustomerReview;
      revision: number;
      event: ReviewEvent;
      at: string;
    }): Promise<void> => withHeartbeat(() => reviews.save(request.review, request.revision, request.event, request.at)),
  };
}
