import type { Tenant } from '../../base/index.ts';
import { actOnReview, followReview } from '../../pipelines/reviews.ts';
import type { TaskQueues } from '../../pipelines/task-queues.ts';
import type { AuthorityLimits, CustomerReview, ReviewEvent } from '../../rating/index.ts';
import type { TemporalLink } from './temporal-link.ts';

/** The workflows of reviews, as the server needs them. */
export interface ReviewWorkflows {
  /** Starts the workflow of a review, where none follows it yet. Throws SERVICE_UNAVAILABLE. */
  follow(opened: CustomerReview): Promise<void>;
  /** Throws REVIEW_REFUSED, REVIEW_CLOSED, WORKFLOW_NOT_FOUND, SERVICE_UNAVAILABLE. */
  act(reviewId: string, event: ReviewEvent): Promise<CustomerReview>;
}

/** The workflows on the Temporal server of a project. */
export function temporalReviews(of: {
  readonly tenant: Tenant;
  readonly queues: TaskQueues;
  readonly authority: AuthorityLimits;
  readonly link: TemporalLink;
}): ReviewWorkflows {
  const { tenant, queues, authority, link } = of;
  return {
    follow: (review) => link.within((client) => followReview(client, { tenant, queues, review, authority })),
    act: (reviewId, event) => link.within((client) => actOnReview(client, tenant, reviewId, event)),
  };
}
