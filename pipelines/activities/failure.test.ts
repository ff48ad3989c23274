import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { ERRORS, ProbityError, type ErrorCode } from '../../base/index.ts';
import { FINAL_CODES } from '../final-codes.ts';
import { activityFailure } from './failure.ts';

const quiet = new AbortController().signal;

function aborted(reason: unknown): AbortSignal {
  const controller = new AbortController();
  controller.abort(reason);
  return controller.signal;
}

describe('what an activity throws', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('says of %s whether a retry can mend it', (code) => {
    const failure = activityFailure(new ProbityError(code, 'x'), quiet);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    // No champion comes by waiting: a person promotes one.
    const isFinal = !ERRORS[code].retryable || code === 'NO_CHAMPION';
    expect(failure).toMatchObject({ type: code, nonRetryable: isFinal });
    expect(FINAL_CODES.includes(code)).toBe(isFinal);
  });

  it('carries every problem and the fix', () => {
    const problems = [{ at: 'a', message: 'b' }];
    const failure = activityFailure(new ProbityError('INVALID_SPEC', 'x', { problems, fix: 'mend' }), quiet);
    expect(failure).toMatchObject({ details: [{ problems, fix: 'mend' }] });
  });

  it('is retried where the error is nobody’s', () => {
    expect(activityFailure(new TypeError('boom'), quiet)).toMatchObject({ type: 'INTERNAL', nonRetryable: false });
  });

  it('is final where the unexpected repeats itself', () => {
    expect(activityFailure(new TypeError('boom'), quiet, 4)).toMatchObject({ type: 'INTERNAL', nonRetryable: true });
    const busy = activityFailure(new ProbityError('WAREHOUSE_BUSY', 'held'), quiet, 40);
    expect(busy).toMatchObject({ nonRetryable: false });
  });

  it('is a cancellation once cancelled, whatever the work said', () => {
    const reason = new CancelledFailure('CANCELLED');
    expect(activityFailure(new ProbityError('INTERNAL', 'killed'), aborted(reason))).toBe(reason);
  });

  it('is retried elsewhere when the worker shuts down', () => {
    const failure = activityFailure(new Error('killed'), aborted(new CancelledFailure('WORKER_SHUTDOWN')));
    expect(failure).toMatchObject({ type: 'WORKER_SHUTDOWN', nonRetryable: false });
  });
});
