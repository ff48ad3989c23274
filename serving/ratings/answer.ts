import {
  adviceTexts,
  customerNotice,
  explain,
  pdsOver,
  reasonText,
  relationText,
  rulesOnlyFlag,
  type ComputedLate,
  type ComputedRulesOnly,
  type ComputedTerm,
  type Explained,
  type Language,
  type NoticeJurisdiction,
  type Rating,
  type Reason,
} from '../../rating/index.ts';
import type { Creditor } from '../../base/index.ts';
import type { RecordedRating } from '../../records/ratings/index.ts';
import { noticeOf } from '../notices/creditor.ts';
import { overrideInRating, withOverride, type OverrideSeen } from './override-answer.ts';
import { decisionAnswer } from './decision-answer.ts';
import { gradeAnswer } from './grade-answer.ts';
import { adviceAnswer } from './advice-answer.ts';
import type { Advisable, GivenAdvice } from './adviser.ts';

/** A rating as the API answers it, in one language; `recorded`: where it stands in the records, null for a dry run. */
export function ratingAnswer(
  of: Advisable,
  language: Language,
  options: {
    readonly contributions: boolean;
    readonly recorded: Pick<RecordedRating, 'ratingId' | 'receipt'> | null;
    /** Adds what the customer is told, as this law asks. */
    readonly notice?: NoticeJurisdiction | undefined;
    /** When it is told. */
    readonly now: string;
    /** In whose name the notice is. */
    readonly creditor?: Creditor | null;
    /** The override to look at with it. */
    readonly override?: OverrideSeen | null;
    /** Advice on it, told where `showsAdvice`, and to the customer in the notice. */
    readonly advice?: GivenAdvice | null;
    readonly showsAdvice?: boolean;
    /** Months over which PDs are asked for. */
    readonly horizons?: readonly number[] | undefined;
    /** The customer's next review, where it is asked for. */
    readonly nextReview?: { readonly at: string; readonly reviewId: string | null } | null;
  },
) {
  const { rating, explained: served, inputs } = of;
  const { grade } = rating;
  const { advice = null } = options;
  const { champion, request } = inputs;
  const explained = withOverride(served, options.override ?? null);
  const explanation = explain(explained);
  return {
    ratingId: options.recorded?.ratingId ?? null,
    receipt: options.recorded?.receipt ?? null,
    customerId: typeof request['customerId'] === 'string' ? request['customerId'] : null,
    asOf: inputs.asOf,
    pd: rating.pd,
    horizonMonths: rating.horizonMonths,
    score: rating.score,
    grade: gradeAnswer(grade, language),
    reasons: reasonsAnswer(rating.reasons, language),
    flags: rating.flags.map(({ code, about, text, features }) => ({ code, about, text: text[language], features })),
    missing: rating.missing,
    ...(of.rulesOnly ? { rulesOnly: rulesOnlyAnswer(of.rulesOnly, language) } : {}),
    withheld: inputs.withheld ?? [],
    ...(of.late ? { latePayment: latePaymentAnswer(of.late, language) } : {}),
    decision: decisionAnswer(explained, explanation, language, options.now),
    override: options.override ? overrideInRating(options.override, explained.decision, language) : null,
    ...(options.horizons === undefined && !of.term
      ? {}
      : { termStructure: horizonsAnswer(rating, of.term ?? null, options.horizons ?? null, language) }),
    ...(of.term ? { termStructureModel: termModelAnswer(rating, of.term, language) } : {}),
    ...(options.nextReview === undefined ? {} : { nextReview: options.nextReview }),
    ...(options.showsAdvice === true && advice !== null ? { advice: adviceAnswer(advice, of, language) } : {}),
    ...(options.notice === undefined
      ? {}
      : {
          notice: noticeOf(
            customerNotice(
              explained,
              explanation,
              options.notice,
              language,
              options.now,
              noticeAdvice(explained, advice, language),
            ),
            options.creditor ?? null,
          ),
        }),
    model: {
      name: rating.model.name,
      hash: rating.model.hash,
      championOf: champion.of,
      championSince: champion.since,
      slot: champion.slot,
      slotChosenBecause: champion.why,
    },
    features: inputs.snapshot,
    standards: rating.standards,
    logOdds: rating.logOdds,
    intercept: rating.intercept,
    ...(options.contributions ? { contributions: rating.contributions } : {}),
  };
}

/** That no model rated, since when, and what of which model stood in. */
function rulesOnlyAnswer({ of, standing }: ComputedRulesOnly, language: Language) {
  return { ...standing, populationOf: of.hash, text: rulesOnlyFlag().text[language] };
}

/** The risk of paying late, told beside the PD. */
function latePaymentAnswer({ risk, inputs }: ComputedLate, language: Language) {
  return {
    lateDays: risk.lateDays,
    horizonMonths: risk.horizonMonths,
    probability: risk.probability,
    reasons: reasonsAnswer(risk.reasons, language),
    model: { ...risk.model, championOf: inputs.champion.of, slot: inputs.champion.slot },
  };
}

/** PDs over the horizons asked for, or all that there are; where one is not available, that is said and nothing made up. */
function horizonsAnswer(
  rating: Rating,
  term: ComputedTerm | null,
  horizons: readonly number[] | null,
  language: Language,
) {
  return pdsOver(rating, term?.structure ?? null, horizons).map(({ why, pd, ...point }) => ({
    ...point,
    available: pd !== null,
    pd,
    text: why?.[language] ?? null,
  }));
}

/** Which model told the term structure, what it saw, and how it stands to the champion's PD. */
function termModelAnswer({ horizonMonths }: Rating, { structure, inputs }: ComputedTerm, language: Language) {
  const { model, stepMonths, longestMonths } = structure;
  const { of: championOf, since: championSince, slot } = inputs.champion;
  const text = relationText(horizonMonths)[language];
  return { ...model, slot, championOf, championSince, stepMonths, longestMonths, text };
}

function reasonsAnswer(reasons: readonly Reason[], language: Language) {
  return reasons.map((reason) => ({
    text: reasonText(reason, language),
    features: reason.features.map(({ name }) => name),
    pointsLost: Math.round(reason.pointsLost * 10) / 10,
  }));
}

/** Advice as a notice gives it: on the decision of model and rules, so not where a person decided otherwise. */
export function noticeAdvice(explained: Explained, given: GivenAdvice | null, language: Language): readonly string[] {
  if (given === null || explained.override) return [];
  // Who has the best there is needs no advice, and no sentence that says so.
  if (given.advice.why?.kind === 'best') return [];
  return adviceTexts(given.advice, explained.set, language);
}

export type RatingAnswer = ReturnType<typeof ratingAnswer>;
