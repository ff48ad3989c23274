import { ProbityError } from '../base/index.ts';
import type { z } from 'zod';

/** Parses scales, policies and other rating data; throws INVALID_SPEC naming every problem and its place, never a value. */
export function parseData<S extends z.ZodType>(schema: S, data: unknown, what: string): z.output<S> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  throw new ProbityError('INVALID_SPEC', `The ${what} is not valid.`, {
    problems: result.error.issues.map((issue) => ({ at: issue.path.join('.') || what, message: issue.message })),
  });
}
