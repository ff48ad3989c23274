import { z } from 'zod';
import type { RatedFacts } from './change.ts';

const outcome = z.enum(['approve', 'condition', 'refer', 'decline']);
const decision = z.object({
  outcome,
  pd: z.number(),
  score: z.number(),
  grade: z.string(),
  causes: z.array(z.object({ code: z.string(), outcome, binding: z.boolean() })),
  warnings: z.array(z.object({ code: z.string() })),
  limit: z.object({ totalMinor: z.number(), availableMinor: z.number(), existingMinor: z.number() }),
  terms: z.object({ days: z.number(), prepayment: z.number(), guaranteeNeeded: z.boolean() }),
  currency: z.object({ code: z.string(), minorDigits: z.int() }),
  validUntil: z.string(),
});
const evidence = z.object({
  inputs: z.object({
    asOf: z.string(),
    request: z.object({ customerId: z.string().optional() }),
    decision: z.object({ request: z.object({ amountMinor: z.number().nullable() }) }).optional(),
  }),
  answer: z.object({ pd: z.number(), score: z.number(), grade: z.string(), decision: decision.optional() }),
});

/** What the evidence of a rating says of all that changes are told of; null where it is none that can be read. */
export function ratedFacts(text: string): RatedFacts | null {
  const parsed = evidence.safeParse(json(text));
  if (!parsed.success) return null;
  const { inputs, answer } = parsed.data;
  const { asOf, request } = inputs;
  const { decision: made } = answer;
  const { pd, score, grade } = made ?? answer;
  return {
    customerId: request.customerId ?? null,
    rating: { asOf, pd, score, grade, outcome: made?.outcome ?? null, validUntil: made?.validUntil ?? null },
    decided:
      made === undefined
        ? null
        : {
            limit: {
              totalMinor: made.limit.totalMinor,
              availableMinor: made.limit.availableMinor,
              currency: made.currency.code,
              minorDigits: made.currency.minorDigits,
            },
            terms: {
              days: made.terms.days,
              prepayment: made.terms.prepayment,
              guaranteeNeeded: made.terms.guaranteeNeeded,
            },
            hold: {
              held: made.outcome === 'refer' || made.outcome === 'decline',
              outcome: made.outcome,
              causes: [...new Set(made.causes.filter(({ binding }) => binding).map(({ code }) => code))].sort(),
            },
            warnings: [...new Set(made.warnings.map(({ code }) => code))].sort(),
            made: {
              outcome: made.outcome,
              causes: made.causes.map(({ code, outcome: asked }) => ({ code, outcome: asked })),
              requestMinor: inputs.decision?.request.amountMinor ?? null,
              existingMinor: made.limit.existingMinor,
              minorDigits: made.currency.minorDigits,
            },
          },
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
