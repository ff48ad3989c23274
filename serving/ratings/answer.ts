import { reasonText, type Language } from '../../rating/index.ts';
import type { RecordedRating } from '../../records/ratings/index.ts';
import { decisionAnswer } from './decision-answer.ts';
import type { ServedRating } from './service.ts';

/** A rating as the API answers it, in one language; `recorded`: where it stands in the records, null for a dry run. */
export function ratingAnswer(
  { rating, decision, inputs }: Pick<ServedRating, 'rating' | 'decision' | 'inputs'>,
  language: Language,
  options: {
    readonly contributions: boolean;
    readonly recorded: Pick<RecordedRating, 'ratingId' | 'receipt'> | null;
  },
) {
  const { grade } = rating;
  const { champion, request } = inputs;
  return {
    ratingId: options.recorded?.ratingId ?? null,
    receipt: options.recorded?.receipt ?? null,
    customerId: typeof request['customerId'] === 'string' ? request['customerId'] : null,
    asOf: inputs.asOf,
    pd: rating.pd,
    horizonMonths: rating.horizonMonths,
    score: rating.score,
    grade: {
      code: grade.code,
      name: grade.name[language],
      class: grade.class,
      pdFrom: grade.pdFrom,
      pdBelow: grade.pdBelow,
    },
    reasons: rating.reasons.map((reason) => ({
      text: reasonText(reason, language),
      features: reason.features.map(({ name }) => name),
      pointsLost: Math.round(reason.pointsLost * 10) / 10,
    })),
    flags: rating.flags.map(({ code, about, text, features }) => ({ code, about, text: text[language], features })),
    missing: rating.missing,
    decision: decisionAnswer(decision, language),
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
