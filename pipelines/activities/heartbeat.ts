import { Context } from '@temporalio/activity';
import type { ProgressEvent } from '../../base/index.ts';
import type { StepContext } from './dependencies.ts';
import { activityFailure } from './failure.ts';

/** How often a working activity tells the server that it lives, with its newest progress. */
export const HEARTBEAT_EVERY_MS = 1_000;

/**
 * Runs an activity's work with heartbeats: the newest progress report is the heartbeat's detail, the server's answer to it
 * (cancelled, timed out) aborts `signal`, and what is thrown becomes a failure with its code.
 */
export async function withHeartbeat<T>(work: (context: StepContext) => Promise<T>): Promise<T> {
  const activity = Context.current();
  const signal = activity.cancellationSignal;
  let latest: ProgressEvent = { step: activity.info.activityType };
  const beat = () => activity.heartbeat(latest);
  beat();
  const timer = setInterval(beat, HEARTBEAT_EVERY_MS);
  try {
    signal.throwIfAborted();
    return await work({
      signal,
      progress: (event) => {
        latest = event;
      },
    });
  } catch (error) {
    throw activityFailure(error, signal, activity.info.attempt);
  } finally {
    clearInterval(timer);
  }
}
