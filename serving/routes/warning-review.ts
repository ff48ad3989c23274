import type { RequestHandler } from 'express';
import { instant, ProbityError } from '../../base/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { answerLanguage } from '../http/language.ts';
import { parseQuery, periodQuery, reportFormat } from '../http/parse.ts';
import { sendPage } from '../http/send-page.ts';
import { reviewPage } from '../warnings/review-page.ts';

export const reviewQuery = periodQuery.extend({ format: reportFormat });

/** GET /v1/reports/warnings: what the warnings of a period were worth, by rule, as JSON or as a page to print. */
export function reviewWarningsOfPeriod({
  warnings,
  reviewWarnings,
}: Pick<ServingDependencies, 'warnings' | 'reviewWarnings'>): RequestHandler {
  return async (request, response) => {
    const { from, to, format } = parseQuery(reviewQuery, request);
    const period = { from: instant(from), until: instant(to) };
    if (period.until <= period.from)
      throw new ProbityError('INVALID_INPUT', 'The query of the address is not valid.', {
        problems: [{ at: 'to', message: 'The period must end after it begins.' }],
      });
    const review = await reviewWarnings(period);
    if (format === 'json') response.json(review);
    else sendPage(response, reviewPage(review, (await warnings.words()).codes, answerLanguage(request, response)));
  };
}
