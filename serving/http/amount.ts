import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import { parseAmount, type Decision } from '../../rating/index.ts';

/** An amount as a body writes it: decimal text in major units. */
export const decimalAmount = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,9})?$/, 'Write an amount as decimal text, such as "12000.50".');

/** An amount of a body, decimal text in major units, in minor units. Throws INVALID_INPUT where the currency has no such amount. */
export function amountInMinor(amount: string, { code, minorDigits }: Decision['currency']): number {
  const minor = parseAmount(amount, minorDigits);
  if (minor !== null) return minor;
  throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
    problems: [{ at: 'amount', message: `Too large, or more than ${minorDigits} decimals: ${code} has no more.` }],
  });
}
