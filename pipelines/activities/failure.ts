import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { isProbityError, messageOf, type Problem } from '../../base/index.ts';
import { FINAL_CODES } from '../final-codes.ts';

/** After this many attempts an error that nobody expected is final: more of the same will not mend it. */
const MOST_UNEXPECTED = 4;

/** An error that nobody foresaw: its kind and where it arose. Its message may quote data, which neither a history nor a log may hold. */
function unexpected(error: unknown, nonRetryable: boolean): ApplicationFailure {
  const { code } = error as { code?: unknown };
  const kind = error instanceof Error ? error.name : typeof error;
  const named = typeof code === 'string' && /^\w{1,40}$/.test(code) ? `${kind} ${code}` : kind;
  const message = `An unexpected error (${named}); what it says may quote data and is left out.`;
  const failure = ApplicationFailure.create({ message, type: 'INTERNAL', nonRetryable });
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  failure.stack = [`${failure.name}: ${message}`, ...frames].join('\n');
  return failure;
}

/** What a failure carries beside its message, for the client to make a ProbityError of it again. */
export interface FailureDetails {
  readonly fix: string;
  readonly problems: readonly Problem[];
}

/**
 * What an activity throws for `error`: the error's code becomes the failure's type, and codes that no retry can mend are final.
 * A cancelled activity (`signal` aborted) answers as cancelled, whatever its work threw while stopping; one that stops because its
 * worker does is tried again elsewhere. `attempt` counts from 1.
 */
export function activityFailure(error: unknown, signal: AbortSignal, attempt = 1): Error {
  if (signal.aborted) {
    if (messageOf(signal.reason) === 'WORKER_SHUTDOWN') {
      return ApplicationFailure.create({ message: 'the worker was shut down', type: 'WORKER_SHUTDOWN' });
    }
    return signal.reason instanceof Error ? signal.reason : new CancelledFailure('cancelled');
  }
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const exhausted = attempt >= MOST_UNEXPECTED;
  if (!isProbityError(error)) {
    return unexpected(error, exhausted);
  }
  const details: FailureDetails = { fix: error.fix, problems: error.problems };
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: FINAL_CODES.includes(error.code) || (error.code === 'INTERNAL' && exhausted),
    details: [details],
  });
}
