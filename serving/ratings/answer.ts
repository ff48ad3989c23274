import { customerNotice, explain, reasonText, type Language, type NoticeJurisdiction } from '../../rating/index.ts';
import type { RecordedRating } from '../../records/ratings/index.ts';
import { overrideInRating, withOverride, type OverrideSeen } from './override-answer.ts';
import { decisionAnswer } from './decision-answer.ts';
import { gradeAnswer } from './grade-answer.ts';
import type { ServedRating } from './service.ts';

/** A rating as the API answers it, in one language; `recorded`: where it stands in the records, null for a dry run. */
export function ratingAnswer(
  { rating, explained: served, inputs }: Pick<ServedRating, 'rating' | 'explained' | 'inputs'>,
  language: Language,
  options: {
    readonly contributions: boolean;
    readonly recorded: Pick<RecordedRating, 'ratingId' | 'receipt'> | null;
    /** Adds what the customer is told, as this law asks. */
    readonly notice?: NoticeJurisdiction | undefined;
    /** The override to look at with it. */
    readonly override?: OverrideSeen | null;
  },
) {
  const { grade } = rating;
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
    reasons: rating.reasons.map((reason) => ({
      text: reasonText(reason, language),
      features: reason.features.map(({ name }) => name),
      pointsLost: Math.round(reason.pointsLost * 10) / 10,
    })),
    flags: rating.flags.map(({ code, about, text, features }) => ({ code, about, text: text[language], features })),
    missing: rating.missing,
    decision: decisionAnswer(explained, explanation, language),
    override: options.override ? overrideInRating(options.override, explained.decision, language) : null,
    ...(options.notice === undefined
      ? {}
      : { notice: customerNotice(explained, explanation, options.notice, language) }),
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

export type RatingAnswer = ReturnType<typeof ratingAnswer>;
