import { amountText, decisionReasonText, explain } from '../../rating/index.ts';
import { instant, isProbityError } from '../../base/index.ts';
import type { ReportedRating } from '../../records/credit-file/index.ts';
import type { Recorder } from '../ratings/recorder.ts';

/** Recorded ratings as a report tells them: recomputed from their evidence, with their reasons in every language; erased ones are left out. */
export async function reportedRatings(
  recorder: Pick<Recorder, 'recall'>,
  ratingIds: readonly string[],
): Promise<readonly ReportedRating[]> {
  const told: ReportedRating[] = [];
  for (const ratingId of ratingIds) {
    try {
      const { served, recorded } = await recorder.recall(ratingId);
      const { decision, explained, rating } = served;
      const { limit, currency } = decision;
      told.push({
        at: recorded.receipt.at,
        ratingId,
        pd: decision.pd,
        horizonMonths: rating.horizonMonths,
        score: decision.score,
        grade: decision.grade.code,
        decision: decision.outcome,
        limit: `${amountText(limit.totalMinor, currency.minorDigits)} ${currency.code}`,
        validUntil: instant(decision.validUntil),
        reasons: explain(explained).reasons.map((reason) => ({
          en: decisionReasonText(reason, explained, 'en'),
          'zh-CN': decisionReasonText(reason, explained, 'zh-CN'),
        })),
      });
    } catch (error) {
      // Erased meanwhile, or of an engine that decided nothing.
      if (!isProbityError(error) || !['RATING_ERASED', 'ENGINE_UNKNOWN'].includes(error.code)) throw error;
    }
  }
  return told;
}
