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
      causes: z.array(z.object({ code: z.string() })),
      terms: z.object({ days: z.number(), prepayment: z.number(), guaranteeNeeded: z.boolean() }),
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

/** What was asked of the customer's payments. */
export interface ReviewedTerms {
  readonly days: number;
  readonly prepayment: number;
  readonly guaranteeNeeded: boolean;
}

/** What a decision rests on beside its figures: the codes of its causes, and its terms. */
export interface ReviewedDecision {
  readonly causes: readonly string[];
  readonly terms: ReviewedTerms;
}

/** How a decision differs from that of the last review. */
export interface ChangedDecision {
  /** Causes that there were not, and that there are not any more. */
  readonly causes: { readonly added: readonly string[]; readonly gone: readonly string[] };
  /** Null: the same. */
  readonly terms: { readonly before: ReviewedTerms; readonly after: ReviewedTerms } | null;
}

/** An entry of the credit file that is another one than at the last review. */
export interface ChangedEntry {
  readonly kind: string;
  readonly entryId: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** When its last version became known. */
  readonly knownFrom: string;
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
  /** Absent: there is nothing to compare with, or the review is from before it was looked at. */
  readonly decision?: ChangedDecision;
  /** Entries of the credit file that came, changed or went since the last review; absent: from before they were looked at. */
  readonly entries?: readonly ChangedEntry[];
  readonly lapsedDocuments: readonly LapsedDocument[];
}

/** What the evidence of a decision about a customer says; null where it is none. */
export function reviewedRating(
  ratingId: string,
  evidence: string,
): {
  readonly rating: ReviewedRating;
  readonly customerId: string;
  readonly values: ChangedValues;
  readonly decision: ReviewedDecision;
} | null {
  const parsed = evidenceSchema.safeParse(json(evidence));
  if (!parsed.success) return null;
  const { inputs, answer } = parsed.data;
  const { pd, score, grade, outcome, currency, limit, validUntil, causes, terms } = answer.decision;
  const major = (minor: number): number => minor / 10 ** currency.minorDigits;
  const { existingExposureMinor } = inputs.decision.facts;
  return {
    customerId: inputs.request.customerId,
    values: inputs.values,
    decision: { causes: causes.map(({ code }) => code), terms },
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

/** Where a decision differs from an earlier one. */
export function changedDecision(before: ReviewedDecision, after: ReviewedDecision): ChangedDecision {
  const without = (codes: readonly string[], others: readonly string[]): readonly string[] =>
    [...new Set(codes)].filter((code) => !others.includes(code)).sort();
  const sameTerms =
    before.terms.days === after.terms.days &&
    before.terms.prepayment === after.terms.prepayment &&
    before.terms.guaranteeNeeded === after.terms.guaranteeNeeded;
  return {
    causes: { added: without(after.causes, before.causes), gone: without(before.causes, after.causes) },
    terms: sameTerms ? null : { before: before.terms, after: after.terms },
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
