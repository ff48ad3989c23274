import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { isProbityError, messageOf, type Problem } from '../../base/index.ts';

/** What a failure carries beside its message, for the client to make a ProbityError of it again. */
export interface FailureDetails {
  readonly fix: string;
  readonly problems: readonly Problem[];
}

/**
 * What an activity throws for `error`: the error's code becomes the failure's type, and codes that no retry can mend are final.
 * A cancelled activity (`signal` aborted) answers as cancelled, whatever its work threw while stopping; one that stops because its
 * worker does is tried again elsewhere.
 */
export function activityFailure(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) {
    if (messageOf(signal.reason) === 'WORKER_SHUTDOWN') {
      return ApplicationFailure.create({ message: 'the worker was shut down', type: 'WORKER_SHUTDOWN' });
    }
    return signal.reason instanceof Error ? signal.reason : new CancelledFailure('cancelled');
  }
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (!isProbityError(error)) return ApplicationFailure.create({ message: messageOf(error), type: 'INTERNAL' });
  const details: FailureDetails = { fix: error.fix, problems: error.problems };
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !error.retryable,
    details: [details],
  });
}
