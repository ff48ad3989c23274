/** How one error code is answered over HTTP, and what its reader should do. */
export interface ErrorEntry {
  /** HTTP status of the API's answer. */
  readonly status: number;
  readonly title: string;
  readonly fix: string;
  /** A retry without any change may succeed. */
  readonly retryable: boolean;
}

/** Every error code of the system, in one table (docs/errors.md is generated from it and tested against it). */
export const ERRORS = {
  INVALID_SPEC: {
    status: 400,
    title: 'The specification is not valid',
    fix: 'Mend every problem listed, then run the command again.',
    retryable: false,
  },
  INVALID_INPUT: {
    status: 400,
    title: 'The input is not valid',
    fix: 'Mend every problem listed, then send it again.',
    retryable: false,
  },
  FILE_NOT_FOUND: {
    status: 400,
    title: 'A file is missing',
    fix: 'Check the path; it is read relative to the current folder.',
    retryable: false,
  },
  INTERNAL: {
    status: 500,
    title: 'Something failed inside Probity',
    fix: 'Try again; if it happens twice, report it with the request id.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
