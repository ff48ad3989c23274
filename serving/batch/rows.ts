import { ProbityError } from '../../base/index.ts';
import { problemsOf } from '../http/parse.ts';
import { ratingRequestSchema, type RatingRequest } from '../ratings/request.ts';

/** A row of a batch as it arrived: a request, or why it is none. Rows are numbered from 1, in order. */
export type BatchRow = { readonly row: number } & ({ readonly request: RatingRequest } | { readonly error: unknown });

/** Most rows that are rated between two looks at the event loop. */
export const rowsPerGroup = 128;

/** Largest single row or Arrow batch that is read, bytes. */
export const mostRowBytes = 256 * 1024;
export const mostArrowBatchBytes = 64 * 1024 * 1024;

/** Reads one row's value as a rating request. */
export function batchRow(row: number, value: unknown): BatchRow {
  const parsed = ratingRequestSchema.safeParse(value);
  if (parsed.success) return { row, request: parsed.data };
  const problems = problemsOf(parsed.error, Object.keys(ratingRequestSchema.shape));
  return { row, error: new ProbityError('INVALID_INPUT', 'This row is not valid.', { problems }) };
}
