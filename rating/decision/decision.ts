import type { Blend } from '../blend/index.ts';
import type { RatingFlag } from '../flags.ts';
import type { GradeOfPd } from '../master-scale.ts';
import type { Scalar } from '../rules/index.ts';
import type { Texts } from '../texts.ts';
import type { CauseCode } from './texts.ts';

/** From best to worst; a decision is the worst of what its causes ask for. */
export const OUTCOMES = ['approve', 'condition', 'refer', 'decline'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is asked for; nulls where nothing is. */
export interface DecisionRequest {
  /** Minor units of the rule set's currency. */
  readonly amountMinor: number | null;
  readonly termDays: number | null;
  readonly purpose: string | null;
}

/** What is known of the customer beside the model's features; null: not known. */
export interface CustomerFacts {
  readonly kind: 'person' | 'company' | null;
  readonly segment: string | null;
  readonly age: number | null;
  readonly sanctionsHit: boolean | null;
  /** Documents that are required and not there, by name; null: not checked. */
  readonly documentsMissing: readonly string[] | null;
  /** Minor units. */
  readonly existingExposureMinor: number | null;
  readonly overdueMinor: number | null;
  readonly guaranteeOffered: boolean | null;
}

export const NO_REQUEST: DecisionRequest = { amountMinor: null, termDays: null, purpose: null };
export const NO_FACTS: CustomerFacts = {
  kind: null,
  segment: null,
  age: null,
  sanctionsHit: null,
  documentsMissing: null,
  existingExposureMinor: null,
  overdueMinor: null,
  guaranteeOffered: null,
};

/** The risk of paying late, where such a model is live: beside PD, and a fact for tables (`late.pd`). */
export interface LatePaymentRisk {
  readonly probability: number;
  readonly horizonMonths: number;
  readonly model: { readonly name: string; readonly hash: string };
}

/** A row of a policy table that accepted the facts. */
export interface PolicyOutcome {
  readonly table: string;
  readonly row: string;
  readonly outcome: 'decline' | 'refer' | 'condition' | 'note';
  readonly code: string;
  readonly text: Texts;
  readonly noBetterThan: string | null;
  readonly noWorseThan: string | null;
}

/** A criterion of the expert score, and what it added to the final log-odds. */
export interface CriterionOutcome {
  readonly name: string;
  readonly label: Texts;
  readonly row: string;
  readonly points: number;
  readonly weight: number;
  readonly reference: number;
  readonly logOdds: number;
}

export interface WarningOutcome {
  readonly table: string;
  readonly row: string;
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly text: Texts;
}

/** One thing that asks for an outcome. */
export interface DecisionCause {
  readonly source: 'policy' | 'cutoff' | 'data' | 'limit' | 'terms';
  /** A policy code, or one of ours. */
  readonly code: CauseCode | (string & {});
  readonly outcome: Outcome;
  readonly text: Texts;
  /** Whether the decision is what it is because of this cause: it asks for the worst outcome of all. */
  readonly binding: boolean;
  /** Cutoffs: the PD, and the least log-odds on the grid beyond it. */
  readonly cutoff: { readonly pd: number; readonly logOdds: number } | null;
  /** Names of what is missing: documents, features, or sources. */
  readonly missing: readonly string[];
}

/** Amounts in minor units. */
export interface LimitOutcome {
  readonly row: string;
  /** The fact that the limit is a share of, and its value; null: a fixed cap. */
  readonly base: { readonly field: string; readonly value: number | null; readonly share: number } | null;
  /** Limit in total; 0 for a declined customer. */
  readonly totalMinor: number;
  readonly existingMinor: number;
  readonly availableMinor: number;
  readonly requestedMinor: number | null;
  /** What may be drawn now; null where nothing was asked for or a person decides. */
  readonly grantedMinor: number | null;
}

export interface TermsOutcome {
  readonly row: string;
  readonly days: number;
  /** Share to be paid in advance, 0 to 1. */
  readonly prepayment: number;
  readonly guaranteeNeeded: boolean;
}

/** The least that a price must bring to cover the expected loss. */
export interface PriceFloor {
  /** `otherwise` where the segment has no parameters of its own. */
  readonly segment: string;
  readonly pd: number;
  readonly lgd: number;
  /** Exposure at default, minor units; null where no amount was asked for. */
  readonly eadMinor: number | null;
  /** PD * LGD * EAD over the PD's horizon, minor units, rounded up. */
  readonly expectedLossMinor: number | null;
  /** Share of the exposure a year: PD of a year * LGD * exposure factor, rounded up to a millionth. */
  readonly ratePerYear: number;
}

/** A decision: a value, a pure function of its inputs, the model, the standards and the rules. */
export interface Decision {
  readonly outcome: Outcome;
  /** Final log-odds, PD, points and grade: model and rules blended, within the bounds that rules set. */
  readonly logOdds: number;
  readonly pd: number;
  readonly horizonMonths: number;
  readonly score: number;
  readonly grade: GradeOfPd;
  /** The final grade's log-odds on the grid; leaving it upwards or downwards changes the grade. Infinite ends are null. */
  readonly gradeLogOdds: { readonly from: number | null; readonly to: number | null };
  readonly blend: Blend;
  readonly criteria: readonly CriterionOutcome[];
  readonly policy: readonly PolicyOutcome[];
  readonly warnings: readonly WarningOutcome[];
  /** Everything that asked for an outcome, worst first. */
  readonly causes: readonly DecisionCause[];
  readonly limit: LimitOutcome;
  readonly terms: TermsOutcome;
  readonly priceFloor: PriceFloor;
  readonly currency: { readonly code: string; readonly minorDigits: number };
  readonly request: DecisionRequest;
  /** ISO instant until which the rating supports a limit. */
  readonly validUntil: string;
  readonly flags: readonly RatingFlag[];
  /** Features, documents and sources that are missing or late, by name. */
  readonly missing: {
    readonly features: readonly string[];
    readonly documents: readonly string[];
    readonly sources: readonly string[];
  };
  readonly latePayment: LatePaymentRisk | null;
  /** The facts that the tables could ask for, as they read them. */
  readonly facts: Readonly<Record<string, Scalar>>;
  readonly evidence: {
    readonly rules: { readonly name: string; readonly version: number; readonly hash: string };
    readonly engine: string;
    readonly loss: string;
    readonly regimes: { readonly name: string; readonly macro: string; readonly industry: string };
    readonly standards: { readonly points: string; readonly masterScale: string; readonly policy: string };
    readonly model: { readonly name: string; readonly hash: string };
  };
}
