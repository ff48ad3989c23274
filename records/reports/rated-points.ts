import { z } from 'zod';
import type { RatedPoint } from '../../rating/index.ts';
import type { StoredRating } from '../ratings/index.ts';

const evidence = z.object({
  inputs: z.object({
    values: z.record(z.string(), z.unknown()),
    decision: z.object({
      facts: z.object({ existingExposureMinor: z.number().nullable(), segment: z.string().nullable() }),
    }),
  }),
  answer: z.object({
    decision: z.object({
      outcome: z.string(),
      pd: z.number(),
      score: z.number(),
      grade: z.string(),
      limit: z.object({ totalMinor: z.number() }),
      currency: z.object({ code: z.string(), minorDigits: z.int() }),
      validUntil: z.string(),
    }),
  }),
});

/** Features that say what is drawn or open, in major units. */
const EXPOSURES = ['credit_drawn', 'receivables_open'] as const;

/** A stored decision as reports on its customer tell it; null where it was erased, or its engine decided nothing. */
export function ratedPoint({ ratingId, receipt, evidence: text }: StoredRating): RatedPoint | null {
  const parsed = evidence.safeParse(text === null ? null : json(text));
  if (!parsed.success) return null;
  const {
    inputs: {
      values,
      decision: { facts },
    },
    answer: { decision },
  } = parsed.data;
  const { currency, limit, pd, score, grade, outcome, validUntil } = decision;
  const major = (minor: number): number => minor / 10 ** currency.minorDigits;
  const featured = EXPOSURES.flatMap((name) => {
    const amount = values[name];
    return typeof amount === 'number' && Number.isFinite(amount) ? [{ name, amount }] : [];
  });
  const told = facts.existingExposureMinor;
  return {
    ratingId,
    at: receipt.at,
    pd,
    score,
    grade,
    outcome,
    limit: major(limit.totalMinor),
    currency: currency.code,
    validUntil,
    segment: facts.segment,
    // What the application told of counts before what features know.
    exposures: told === null ? featured : [{ name: 'existing_exposure', amount: major(told) }],
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
