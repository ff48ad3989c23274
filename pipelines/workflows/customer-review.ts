import { continueAsNew } from '@temporalio/workflow';
import {
  applyReviewEvent,
  reviewTimePassed,
  reviewWakesAt,
  type CustomerReview,
  type ReviewEvent,
} from '../../rating/reviews/review.ts';
import type { ReviewInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';
import { follow } from './followed.ts';

/** Follows a customer's review until it is signed off or cancelled; it is reminded of before it is due, and one that is late goes to the next level. */
export async function customerReview(input: ReviewInput): Promise<CustomerReview> {
  const { saveReview } = trainingActivities(input);
  const { authority } = input;
  const { state, revision, isClosed } = await follow<CustomerReview, ReviewEvent>({
    name: 'review',
    state: input.review,
    revision: input.revision ?? 0,
    apply: (now, before, event) => applyReviewEvent(now, before, event, authority),
    isClosed: ({ closedAt }) => closedAt !== null,
    wakesAt: reviewWakesAt,
    timePassed: reviewTimePassed,
    save: ({ state: after, ...step }) => saveReview({ review: after, ...step }),
  });
  return isClosed ? state : continueAsNew<typeof customerReview>({ ...input, review: state, revision });
}
