import type { Request } from 'express';
import { z } from 'zod';
import { isPlainText, NOT_PLAIN, ProbityError, type Problem } from '../../base/index.ts';
import { nearestName, quotable } from './nearest.ts';

/** A line of plain text (base/plain-text). */
export const plainText = (longest: number) => z.string().max(longest).refine(isPlainText, NOT_PLAIN);

/** An ISO 8601 date (its midnight in UTC) or date-time with a zone, in the years 1 to 9999 of UTC: others neither sort as text nor fit PostgreSQL. */
export const isoInstant = z
  .string()
  .max(40)
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/,
    'Write it as 2026-01-31 or 2026-01-31T12:00:00Z.',
  )
  .refine(isRealDate, 'This date does not exist.');

function isRealDate(text: string): boolean {
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const at = Date.parse(text);
  if (Number.isNaN(at) || Number.isNaN(midnight)) return false;
  const year = new Date(at).getUTCFullYear();
  return year >= 1 && year <= 9999 && new Date(midnight).toISOString().slice(0, 10) === day;
}

/** `true` or `false` in a query; false where it is not said. */
export const flag = z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' }).default(false);

/** What a report is answered as: data, or a page to print. */
export const reportFormat = z.enum(['json', 'html']).default('json');

/** A period: the first instant that counts, and the first that does not count any more. */
export const periodQuery = z.strictObject({ from: isoInstant, to: isoInstant });

/** Every problem of a value against a strict object schema: unknown keys with the nearest known one, then what zod found. */
export function problemsOf(error: z.ZodError, knownKeys: readonly string[], at = ''): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = [at, ...issue.path.map(String)].filter((part) => part !== '').join('.');
    if (issue.code !== 'unrecognized_keys') return [{ at: path || 'body', message: issue.message }];
    return issue.keys.map((key) => {
      const near = nearestName(key, knownKeys);
      const fix = near === null ? {} : { fix: `Did you mean ${near}?` };
      return { at: [path, quotable(key)].filter((part) => part !== '').join('.'), message: 'Unknown key.', ...fix };
    });
  });
}

/** Parses a body; throws INVALID_INPUT with every problem at once. */
export function parseBody<S extends z.ZodObject>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
    problems: problemsOf(result.error, Object.keys(schema.shape)),
  });
}

/** Parses a query string against a schema; throws INVALID_INPUT with every problem at once. */
export function parseQuery<S extends z.ZodObject>(schema: S, request: Request): z.output<S> {
  const result = schema.safeParse(request.query);
  if (result.success) return result.data;
  throw new ProbityError('INVALID_INPUT', 'The query of the address is not valid.', {
    problems: problemsOf(result.error, Object.keys(schema.shape)),
  });
}

/** True for an object as JSON makes it: neither null nor an array. */
export function isJsonObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
