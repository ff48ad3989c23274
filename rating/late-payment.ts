import { ProbityError } from '../base/index.ts';
import type { FeatureValues } from '../models/artefact/index.ts';
import type { LatePaymentRisk } from './decision/index.ts';
import type { RateableModel } from './model.ts';
import { pointsPerLogOdds } from './points.ts';
import { adverseReasons, type Reason } from './reasons/reasons.ts';
import type { RatingStandards } from './standards.ts';

/** The risk of paying late, by a model of its own: beside the PD, never in it. */
export interface LatePayment extends LatePaymentRisk {
  /** A payment counts as late from so many days after it was due. */
  readonly lateDays: number;
  readonly logOdds: number;
  /** What each term, then each pair, adds to the log-odds. */
  readonly contributions: readonly number[];
  /** What raises the risk most above the average customer's, worst first. */
  readonly reasons: readonly Reason[];
}

/** The probability of a payment more than `lateDays` late within the model's horizon. Throws TARGET_MISMATCH where the model predicts another event. */
export function latePaymentOf(
  model: RateableModel,
  { points, policy }: RatingStandards,
  input: { readonly values: FeatureValues; readonly lateDays: number; readonly horizonMonths: number },
): LatePayment {
  if (model.artefact.target.kind !== 'late-payment')
    throw new ProbityError('TARGET_MISMATCH', 'The model in the slot for late payment predicts another event.');
  const scored = model.scorer.score(input.values);
  return {
    lateDays: input.lateDays,
    horizonMonths: input.horizonMonths,
    probability: scored.pd,
    logOdds: scored.logOdds,
    model: { name: model.artefact.name, hash: model.hash },
    contributions: [...scored.contributions],
    reasons: adverseReasons(model, scored, input.values, {
      ...policy.reasons,
      pointsPerLogOdds: pointsPerLogOdds(points),
    }),
  };
}
