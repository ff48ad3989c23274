import { amountText, decisionReasonText, explain, outcomeMade, termTexts } from '../../rating/index.ts';
import { instant, isProbityError, type Instant } from '../../base/index.ts';
import type { ReportedRating } from '../../records/credit-file/index.ts';
import type { OverrideDesk } from '../overrides/desk.ts';
import { limitNow, overrideOf, withOverride } from '../ratings/override-answer.ts';
import type { Recorder } from '../ratings/recorder.ts';

/** Recorded ratings as a report tells them: recomputed from their evidence, with their reasons in every language; erased ones are left out. */
export async function reportedRatings(
  recorder: Pick<Recorder, 'recall'>,
  overrides: OverrideDesk,
  now: Instant,
  ratingIds: readonly string[],
): Promise<readonly ReportedRating[]> {
  const told: ReportedRating[] = [];
  for (const ratingId of ratingIds) {
    try {
      const { served, recorded } = await recorder.recall(ratingId);
      const override = await overrideOf(overrides, served, recorded, now, 'looked-up');
      const { decision, rating } = served;
      const explained = withOverride(served.explained, override);
      const { currency } = decision;
      told.push({
        at: recorded.receipt.at,
        ratingId,
        pd: decision.pd,
        horizonMonths: rating.horizonMonths,
        score: decision.score,
        grade: decision.grade.code,
        decision: outcomeMade(explained),
        limit: `${amountText(limitNow(explained).totalMinor, currency.minorDigits)} ${currency.code}`,
        validUntil: instant(decision.validUntil),
        reasons: explain(explained).reasons.map((reason) => ({
          en: decisionReasonText(reason, explained, 'en'),
          'zh-CN': decisionReasonText(reason, explained, 'zh-CN'),
        })),
        ...(served.term ? { termStructure: termTexts(served.term.structure, rating.horizonMonths) } : {}),
      });
    } catch (error) {
      // Erased meanwhile, or of an engine that decided nothing.
      if (!isProbityError(error) || !['RATING_ERASED', 'RATING_RETIRED', 'ENGINE_UNKNOWN'].includes(error.code))
        throw error;
    }
  }
  return told;
}
