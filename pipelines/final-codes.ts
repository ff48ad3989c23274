import { ERRORS, type ErrorCode } from '../base/error-codes.ts';

/** A caller may ask again later and find a champion; in a workflow only a person's promotion brings one, and the schedule asks again the next day. */
const NOT_BY_WAITING: ReadonlySet<string> = new Set<ErrorCode>(['NO_CHAMPION']);

/** Codes that no retry of an activity can mend: a failure of such a type is final. */
export const FINAL_CODES: string[] = Object.entries(ERRORS)
  .filter(([code, entry]) => !entry.retryable || NOT_BY_WAITING.has(code))
  .map(([code]) => code);
