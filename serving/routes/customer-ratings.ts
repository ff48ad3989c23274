import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import { parseRatingId } from '../../records/ratings/index.ts';
import { reportedRatings } from '../customers/reported-ratings.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { answerLanguage } from '../http/language.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { parseQuery } from '../http/parse.ts';
import type { Recorder } from '../ratings/recorder.ts';
import { customerOf } from './customers.ts';

const LIST = 'customer-ratings';

/** GET /v1/customers/{customerId}/ratings: every rating whose evidence is there, the newest first, each as it stands with what persons decided since. */
export function customerRatings(
  { dossiers, overrides, clock }: Pick<ServingDependencies, 'dossiers' | 'overrides' | 'clock'>,
  recorder: Pick<Recorder, 'recall'>,
): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor } = parseQuery(pageQuery, request);
    const before = cursor === undefined ? undefined : readCursor(LIST, z.int().min(1), cursor);
    const ids = await dossiers.ratingIds(customerOf(request), limit + 1, before);
    const page = pageOf(LIST, ids, limit, placeOf);
    const ratings = await reportedRatings(recorder, overrides, clock.now(), page.items);
    const language = answerLanguage(request, response);
    response.json({
      ...page,
      items: ratings.map((each) => {
        const { decision: outcome, reasons, termStructure: _, ...rating } = each;
        return { ...rating, outcome, reasons: reasons.map((texts) => texts[language]) };
      }),
    });
  };
}

function placeOf(ratingId: string): number {
  const place = parseRatingId(ratingId);
  if (place === null) throw new ProbityError('INTERNAL', 'A rating on record has no place in the chain.');
  return place.sequence;
}
