import type { Instant } from '../../base/index.ts';
import type { OverrideLaw, OverrideMeasure } from '../../rating/index.ts';
import type { Overrides, StandingOverrides } from '../../records/overrides/index.ts';

/** Where decisions are overridden, and what came of it. */
export interface OverrideDesk extends Pick<Overrides, 'of' | 'steps' | 'step' | 'page' | 'ofCustomerOf'> {
  readonly law: OverrideLaw;
  /** Overrides of a customer that may be in force, and one of them with its texts as people wrote them. */
  readonly standing: StandingOverrides['of'];
  readonly opened: StandingOverrides['opened'];
  /** What became of the decisions recorded within [from, until). */
  report(from: Instant, until: Instant): Promise<OverrideReport>;
}

/** A customer and the instant from which their outcome counts. */
export interface AskedOutcome {
  readonly customerId: string;
  readonly asOf: Instant;
}

/** Looks up what became of customers: until when that is known, whether one defaulted (null: not known), and when, where that is told. Throws where outcomes cannot be read. */
export type OutcomeLookup = (asked: readonly AskedOutcome[]) => Promise<{
  readonly cutoff: Instant;
  readonly badOf: (asked: AskedOutcome) => boolean | null;
  readonly badAt: (asked: AskedOutcome) => Instant | null;
}>;

/** Overridden decisions of a period, measured against what model and rules would have done. Amounts in major units of `currency`. */
export interface OverrideReport extends OverrideMeasure {
  readonly from: Instant;
  readonly until: Instant;
  readonly currency: string | null;
  /** Decisions of the period, overrides on them that ever stood, and those among these that stand now. */
  readonly decisions: number;
  readonly overridden: number;
  readonly standing: number;
  /** Overrides that were never in force: refused, or not confirmed yet. */
  readonly neverStood: number;
  readonly outcomes: { readonly knownUntil: Instant } | { readonly knownUntil: null; readonly why: string };
  /** Ratings of the period that say nothing here. */
  readonly leftOut: { readonly erased: number; readonly withoutDecision: number; readonly otherCurrency: number };
}
