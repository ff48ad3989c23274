import type { Instant } from '../../base/index.ts';
import type { WarningReview } from '../../rating/index.ts';

/** What the warnings of a period were worth. */
export interface ReviewedWarnings extends WarningReview {
  readonly period: { readonly from: Instant; readonly until: Instant };
  /** Until when outcomes are known; null with the reason where they were not read. */
  readonly outcomes: { readonly knownUntil: Instant } | { readonly knownUntil: null; readonly why: string };
  /** Customers rated in the period without a warning, whose outcome is known: the base rate is theirs. */
  readonly unwarned: number;
}

/** Reviews the warnings raised within [from, until). */
export type ReviewWarnings = (period: ReviewedWarnings['period']) => Promise<ReviewedWarnings>;
