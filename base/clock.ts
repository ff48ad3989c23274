import { instant, type Instant } from './instant.ts';

/** Where the present comes from; code takes a Clock instead of asking the system, so that tests can set it. */
export interface Clock {
  now(): Instant;
}

/** The system's time; a request asks several times within one millisecond, and each is told the same text. */
export const systemClock: Clock = (() => {
  let [at, text] = [Number.NaN, '' as Instant];
  return {
    now: () => {
      const now = Date.now();
      if (now !== at) [at, text] = [now, instant(now)];
      return text;
    },
  };
})();

/** A clock that stands still at `value`, for tests and replays. */
export function fixedClock(value: string): Clock {
  const at = instant(value);
  return { now: () => at };
}
