import { ProbityError } from './errors.ts';

/**
 * A moment in UTC, as ISO 8601 with milliseconds and `Z`: sorts as text, compares with `<`.
 * Made only by `instant()`; a plain string is not an instant.
 */
export type Instant = string & { readonly __instant: unique symbol };

/**
 * The observation date of a feature or rating: only facts known by then may be read.
 * A type of its own, so that a date of something else cannot be passed by mistake.
 */
export type AsOf = Instant & { readonly __asOf: unique symbol };

/** The instant that was made last: a text equal to it is one already. */
let newest = new Date(0).toISOString() as Instant;

/** Parses an ISO date, ISO date-time or Date into an Instant; a date alone means its midnight in UTC. */
export function instant(value: string | Date | number): Instant {
  if (value === newest) return newest;
  const date = value instanceof Date ? value : new Date(value);
  if (Number.isNaN(date.getTime())) {
    throw new ProbityError('INVALID_INPUT', 'This is not a date or an instant.', {
      fix: 'Write it as 2026-01-31 or 2026-01-31T12:00:00Z.',
    });
  }
  return (newest = date.toISOString() as Instant);
}

/** The same as `instant`, for an observation date. */
export function asOf(value: string | Date | number): AsOf {
  return instant(value) as AsOf;
}

/** Milliseconds since 1970 of an instant. */
export function epochMillis(value: Instant): number {
  return Date.parse(value);
}
