import { z } from 'zod';
import { ProbityError, type Problem } from '../../base/index.ts';
import { parseAmount, type CustomerFacts, type DecisionRequest } from '../../rating/index.ts';
import { plainText } from '../http/parse.ts';
import type { RatingRequest } from './request.ts';

const amount = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,9})?$/, 'Write an amount as decimal text, such as "12000.50".')
  .meta({ description: 'Amount in major units, as decimal text.' });

/** What is asked for. */
export const requestSchema = z.strictObject({
  amount: amount.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'Write the currency by its ISO 4217 code.')
    .optional()
    .meta({ description: 'Currency of every amount; default and only choice: that of the rules.' }),
  termDays: z.int().min(0).max(36_600).optional().meta({ description: 'Days until payment is due.' }),
  purpose: plainText(63).min(1).optional(),
});

/** What is known of the customer, beside features. */
export const factsSchema = z.strictObject({
  kind: z.enum(['person', 'company']).optional(),
  age: z.number().min(0).max(200).optional().meta({ description: 'Years.' }),
  sanctionsHit: z.boolean().optional(),
  documentsMissing: z
    .array(plainText(200).min(1))
    .max(100)
    .optional()
    .meta({ description: 'Required documents that are not there, by name; empty: all there.' }),
  existingExposure: amount.optional(),
  overdueAmount: amount.optional(),
  guaranteeOffered: z.boolean().optional(),
});

/** The decision's inputs of a request. Throws INVALID_INPUT with every amount that the rules' currency cannot hold. */
export function decisionInputs(
  { request = {}, facts = {} }: RatingRequest,
  segment: string | null,
  currency: { readonly code: string; readonly minorDigits: number },
): { readonly request: DecisionRequest; readonly facts: CustomerFacts } {
  const problems: Problem[] = [];
  if (request.currency !== undefined && request.currency !== currency.code)
    problems.push({ at: 'request.currency', message: `The rules decide on amounts in ${currency.code}.` });
  const minor = (text: string | undefined, at: string): number | null => {
    if (text === undefined) return null;
    const parsed = parseAmount(text, currency.minorDigits);
    if (parsed === null)
      problems.push({
        at,
        message: `Too large, or more than ${currency.minorDigits} decimals: ${currency.code} has no more.`,
      });
    return parsed;
  };
  // Keys in the order of canonical JSON.
  const amountMinor = minor(request.amount, 'request.amount');
  const inputs = {
    facts: {
      age: facts.age ?? null,
      documentsMissing: facts.documentsMissing ?? null,
      existingExposureMinor: minor(facts.existingExposure, 'facts.existingExposure'),
      guaranteeOffered: facts.guaranteeOffered ?? null,
      kind: facts.kind ?? null,
      overdueMinor: minor(facts.overdueAmount, 'facts.overdueAmount'),
      sanctionsHit: facts.sanctionsHit ?? null,
      segment,
    },
    request: { amountMinor, purpose: request.purpose ?? null, termDays: request.termDays ?? null },
  };
  if (problems.length > 0) throw new ProbityError('INVALID_INPUT', 'The request is not valid.', { problems });
  return inputs;
}
