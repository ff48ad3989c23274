import { slotKey } from '../../models/registry/index.ts';
import { reasonText, type Language } from '../../rating/index.ts';
import { decisionAnswer } from './decision-answer.ts';
import type { ServedRating } from './service.ts';

/** A rating as the API answers it, in one language. */
export function ratingAnswer(served: ServedRating, language: Language, options: { readonly contributions: boolean }) {
  const { rating, champion, choice, features } = served;
  const { grade } = rating;
  return {
    customerId: served.customerId,
    asOf: served.asOf,
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
    decision: decisionAnswer(served.decision, language),
    model: {
      name: rating.model.name,
      hash: rating.model.hash,
      championOf: served.championOf,
      championSince: champion.from,
      slot: slotKey(choice.slot),
      slotChosenBecause: choice.why,
    },
    features,
    standards: rating.standards,
    logOdds: rating.logOdds,
    intercept: rating.intercept,
    ...(options.contributions ? { contributions: rating.contributions } : {}),
  };
}

export type RatingAnswer = ReturnType<typeof ratingAnswer>;
