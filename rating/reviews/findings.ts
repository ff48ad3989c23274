import { z } from 'zod';

const evidenceSchema = z.object({
  inputs: z.object({
    asOf: z.string(),
    values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
    request: z.object({ customerId: z.string() }),
    decision: z.object({ facts: z.object({ existingExposureMinor: z.number().nullable() }) }),
  }),
  answer: z.object({
    decision: z.object({
      pd: z.number(),
      score: z.number(),
      grade: z.string(),
      outcome: z.string(),
      currency: z.object({ minorDigits: z.int() }),
      limit: z.object({ totalMinor: z.number() }),
      validUntil: z.string(),
    }),
  }),
});

/** What a rating says of a customer, as reviews compare it. Amounts in major units. */
export interface ReviewedRating {
  readonly ratingId: string;
  readonly asOf: string;
  readonly pd: number;
  readonly score: number;
  readonly grade: string;
  readonly outcome: string;
  readonly limit: number;
  readonly exposure: number | null;
  readonly validUntil: string;
}

/** A feature whose value differs from that of the last review. */
export interface ChangedFeature {
  readonly name: string;
  readonly before: number | string | boolean | null;
  readonly after: number | string | boolean | null;
}

/** A document that has expired, or will before the review is due. */
export interface LapsedDocument {
  readonly entryId: string;
  readonly kind: string;
  readonly expiresOn: string;
}

/** What a reviewer has to see: the customer now and at the last review, what changed, and what lapsed. */
export interface ReviewFindings {
  readonly now: ReviewedRating;
  /** Null: there was no review before, nor a rating. */
  readonly before: ReviewedRating | null;
  readonly changes: readonly ChangedFeature[];
  readonly lapsedDocuments: readonly LapsedDocument[];
}

/** What the evidence of a decision about a customer says; null where it is none. */
export function reviewedRating(
  ratingId: string,
  evidence: string,
): { readonly rating: ReviewedRating; readonly customerId: string; readonly values: ChangedValues } | null {
  const parsed = evidenceSchema.safeParse(json(evidence));
  if (!parsed.success) return null;
  const { inputs, answer } = parsed.data;
  const { pd, score, grade, outcome, currency, limit, validUntil } = answer.decision;
  const major = (minor: number): number => minor / 10 ** currency.minorDigits;
  const { existingExposureMinor } = inputs.decision.facts;
  return {
    customerId: inputs.request.customerId,
    values: inputs.values,
    rating: {
      ratingId,
      asOf: inputs.asOf,
      pd,
      score,
      grade,
      outcome,
      limit: major(limit.totalMinor),
      exposure: existingExposureMinor === null ? null : major(existingExposureMinor),
      validUntil,
    },
  };
}

type ChangedValues = Readonly<Record<string, number | string | boolean | null>>;

/** The features whose values differ, by name; a value that is not in the evidence was not known. */
export function changedFeatures(before: ChangedValues, after: ChangedValues): readonly ChangedFeature[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before[name] ?? null, after[name] ?? null];
    return Object.is(was, is) ? [] : [{ name, before: was, after: is }];
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
