import { instant, type Instant } from './instant.ts';

/** Where the present comes from; code takes a Clock instead of asking the system, so that tests can set it. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => instant(Date.now()) };

/** A clock that stands still at `value`, for tests and replays. */
export function fixedClock(value: string): Clock {
  const at = instant(value);
  return { now: () => at };
}
