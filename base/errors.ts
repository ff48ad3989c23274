import { ERRORS, type ErrorCode } from './error-codes.ts';

/** One thing that is wrong with an input: where, what, and what to do about it. */
export interface Problem {
  /** Where: a path such as `features[2].type`, a file, or a column. */
  readonly at: string;
  readonly message: string;
  readonly fix?: string;
}

/**
 * The one error that Probity throws on purpose: a registered code, what happened, what to do next,
 * and, for bad input, every problem at once. Messages never hold applicant data or secrets.
 */
export class ProbityError extends Error {
  override readonly name = 'ProbityError';
  readonly code: ErrorCode;
  readonly fix: string;
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    more: { fix?: string; problems?: readonly Problem[]; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.fix = more.fix ?? ERRORS[code].fix;
    this.problems = more.problems ?? [];
  }

  /** Whether the same call can succeed later without a change by the caller. */
  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** True where `error` is a ProbityError with this code (or with any code). */
export function isProbityError(error: unknown, code?: ErrorCode): error is ProbityError {
  return error instanceof ProbityError && (code === undefined || error.code === code);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
