import { ProbityError } from '../../base/index.ts';
import type { Erasure, ErasureGround, FurtherRows, LegalBasis } from '../../records/privacy/index.ts';
import type { BasisDesk } from './legal-bases.ts';
import type { StoredAgreement, AgreementStep } from '../../records/agreements/index.ts';
import type { StoredCase, StoredCaseEvent } from '../../records/cases/index.ts';
import type { StoredWarning, StoredWarningEvent } from '../../records/warnings/index.ts';
import type { StoredDispute, StoredDisputeEvent } from '../../records/disputes/index.ts';
import type { NoticeEvent, StoredNotice } from '../../records/notices/index.ts';
import type { StoredReview, StoredReviewEvent } from '../../records/reviews/index.ts';
import type { StoredOverride } from '../../records/overrides/index.ts';

/** A fact held about a customer: acknowledged by the API, or published from the warehouse. */
export interface HeldFact {
  readonly table: string;
  readonly values: { readonly [column: string]: unknown };
  readonly from: 'events' | 'snapshot';
}

/** What is held of a customer beside file, ratings, links and accesses. */
export interface HeldData extends FurtherRows {
  readonly disputes: readonly (StoredDispute & { readonly events: readonly StoredDisputeEvent[] })[];
  readonly cases: readonly (StoredCase & { readonly events: readonly StoredCaseEvent[] })[];
  readonly warnings: readonly (StoredWarning & { readonly events: readonly StoredWarningEvent[] })[];
  /** What the customer was told, and what the customer replied. */
  readonly notices: readonly (StoredNotice & { readonly events: readonly NoticeEvent[] })[];
  /** Reviews with findings and sign-offs. */
  readonly reviews: readonly (StoredReview & { readonly events: readonly StoredReviewEvent[] })[];
  readonly overrides: readonly { readonly ratingId: string; readonly steps: readonly StoredOverride[] }[];
  readonly agreements: readonly (StoredAgreement & { readonly steps: readonly AgreementStep[] })[];
  readonly facts: readonly HeldFact[];
  readonly legalBases: readonly LegalBasis[];
}

/** Customers' rights over their data: access and erasure. */
export interface PrivacyDesk {
  /** On what legal bases their data are used. */
  readonly bases: BasisDesk;
  /** Whether a customer was erased, without asking the database: what another server erased a moment ago may not be known yet. */
  isErased(customerId: string): boolean;
  /** Erases a customer from tables and chain before it resolves; the workflow takes it out of files and histories. Throws INVALID_INPUT. */
  erase(
    customerId: string,
    by: { readonly actor: string; readonly ground: ErasureGround; readonly reason: string },
  ): Promise<Erasure>;
  /** The erasure of a customer, or null. */
  erasure(customerId: string): Promise<Erasure | null>;
  held(customerId: string, ratingIds: readonly string[]): Promise<HeldData>;
}

/** The refusal of anything new about a customer who was erased. */
export function subjectErased(at?: string): ProbityError {
  const message = 'The data of this customer were erased; nothing personal is kept again.';
  return new ProbityError('SUBJECT_ERASED', message, at === undefined ? {} : { problems: [{ at, message }] });
}
