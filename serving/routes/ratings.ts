import type { RequestHandler } from 'express';
import { z } from 'zod';
import { JURISDICTIONS } from '../../rating/index.ts';
import { looksAtRatings, showsCustomers } from '../access/index.ts';
import { idempotencyKeyOf } from '../http/idempotency.ts';
import { sendJson } from '../http/json.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { answerLanguage } from '../http/language.ts';
import type { ServerMetrics } from '../http/metrics.ts';
import { flag, parseBody, parseQuery } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import { sharedTurn } from '../http/turn.ts';
import type { Live } from '../live/live.ts';
import { checkCreditor } from '../notices/creditor.ts';
import { ratingAnswer } from '../ratings/answer.ts';
import { adviceAnswer, targetOf, targetQuery } from '../ratings/advice-answer.ts';
import type { Adviser, GivenAdvice } from '../ratings/adviser.ts';
import { overrideOf } from '../ratings/override-answer.ts';
import { onceOf, type RecalledRating, type Recorder } from '../ratings/recorder.ts';
import { ratingRequestSchema } from '../ratings/request.ts';
import type { NextReview } from '../reviews/desk.ts';
import type { RatingService } from '../ratings/service.ts';

/** The query of a rating: how it is shown, so no part of its evidence. */
export const ratingQuery = z.strictObject({
  notice: z.enum(JURISDICTIONS).optional(),
  advice: flag,
  target: targetQuery.optional(),
  contributions: flag,
  review: flag,
  horizons: z
    .string()
    .regex(/^[1-9]\d{0,2}(,[1-9]\d{0,2}){0,19}$/, 'Send up to 20 whole numbers of months, separated by commas.')
    .transform((text) => text.split(',').map(Number))
    .optional(),
});
type RatingQuery = z.output<typeof ratingQuery>;

/** The query of advice on a recorded rating. */
export const adviceQuery = z.strictObject({ target: targetQuery.optional() });

type Deps = Pick<ServingDependencies, 'overrides' | 'clock' | 'standards' | 'reviews' | 'notices' | 'dossiers'>;

/** POST /v1/ratings: one rating, by customer or by features; recorded, durably, before it is answered, unless it is a dry run. */
export function postRating(
  live: Live,
  service: RatingService,
  recorder: Recorder,
  metrics: ServerMetrics,
  adviser: Adviser,
  deps: Deps,
): RequestHandler {
  const { overrides, clock, standards, reviews, notices, dossiers } = deps;
  const looks = looksAtRatings('rate', dossiers.accesses);
  const turn = sharedTurn();
  return async (request, response) => {
    const language = answerLanguage(request, response);
    const query = parseQuery(ratingQuery, request);
    checkCreditor(query.notice, notices.creditor, 'notice');
    const target = targetOf(query.target, standards);
    const body = parseBody(ratingRequestSchema, request.body);
    await turn();
    const once = body.dryRun === true ? undefined : onceOf(idempotencyKeyOf(request.headers), body);
    const answerOf = async (
      served: RecalledRating['served'],
      recorded: RecalledRating['recorded'] | null,
      own: 'looked-up' | 'none-yet',
      advice: GivenAdvice | null,
    ) => {
      const now = clock.now();
      const override = await overrideOf(overrides, served, recorded, now, own);
      const nextReview = await nextReviewOf(reviews, query, served);
      return ratingAnswer(served, language, {
        now,
        creditor: notices.creditor,
        recorded,
        override,
        advice,
        ...shown(query),
        ...nextReview,
      });
    };
    const recalledAnswer = async ({ served, recorded, actsHash }: RecalledRating) =>
      answerOf(served, recorded, 'looked-up', wanted(query) ? await adviser.advise(served, target, actsHash) : null);
    const before = once === undefined ? null : await recorder.recallKey(once);
    /** That the customer was looked at is on record before anything is shown; a rating that was recorded before is evidence of another look. */
    const looked = (isRecalled: boolean) =>
      looks.record(request, [{ customerId: body.customerId, dry: isRecalled || body.dryRun === true }]);
    if (before !== null) {
      await looked(true);
      sendJson(response, await recalledAnswer(before));
      return;
    }
    const lease = live.acquire();
    try {
      const served = await service.rateOne(lease, body);
      // Before it is recorded: where acts and rules cannot be searched together, nothing is.
      const advice = wanted(query) ? await adviser.advise(served, target, null) : null;
      const by = { actor: principalOf(request).actor, purpose: looks.purposeOf(request) };
      const recorded = body.dryRun === true ? null : await recorder.record(served, by, once);
      metrics.rated(served);
      const looking = looked(recorded?.repeated === true);
      if (looking !== null) await looking;
      if (recorded?.repeated === true) {
        // The same key came twice at once: both are answered what was recorded.
        sendJson(response, await recalledAnswer(await recorder.recall(recorded.ratingId)));
        return;
      }
      sendJson(response, await answerOf(served, recorded, 'none-yet', advice));
    } finally {
      lease.release();
    }
  };
}

/** GET /v1/ratings/{ratingId}: a recorded rating, recomputed from its evidence, with the override that stands in its place. */
export function getRating(
  recorder: Recorder,
  adviser: Adviser,
  { overrides, clock, reviews, notices }: Deps,
): RequestHandler {
  return async (request, response) => {
    const language = answerLanguage(request, response);
    const query = parseQuery(ratingQuery, request);
    checkCreditor(query.notice, notices.creditor, 'notice');
    const { served, recorded, actsHash } = await recorder.recall(String(request.params['ratingId']));
    const target = targetOf(query.target, served.explained.standards);
    const advice = wanted(query) ? await adviser.advise(served, target, actsHash) : null;
    const now = clock.now();
    const override = await overrideOf(overrides, served, recorded, now, 'looked-up');
    const nextReview = await nextReviewOf(reviews, query, served);
    response.json(
      ratingAnswer(served, language, {
        now,
        creditor: notices.creditor,
        recorded,
        override,
        advice,
        ...shown(query),
        ...nextReview,
      }),
    );
  };
}

/** GET /v1/ratings/{ratingId}/advice: what the customer could do about a recorded decision of model and rules, from its evidence. */
export function getAdvice(recorder: Recorder, adviser: Adviser): RequestHandler {
  return async (request, response) => {
    const language = answerLanguage(request, response);
    const { target: named } = parseQuery(adviceQuery, request);
    const { served, recorded, actsHash } = await recorder.recall(String(request.params['ratingId']));
    const target = targetOf(named, served.explained.standards);
    const given = await adviser.advise(served, target, actsHash);
    showsCustomers(response, served.inputs.request['customerId']);
    response.json({ ratingId: recorded.ratingId, ...adviceAnswer(given, served, language) });
  };
}

/** Advice is searched for where it is asked for, and where a notice gives it. */
function wanted({ advice, notice }: RatingQuery): boolean {
  return advice || notice !== undefined;
}

/** The customer's next review, where it is asked for. */
async function nextReviewOf(
  reviews: Deps['reviews'],
  { review }: RatingQuery,
  { inputs }: RecalledRating['served'],
): Promise<{ readonly nextReview?: NextReview | null }> {
  const { customerId } = inputs.request;
  if (!review) return {};
  return { nextReview: typeof customerId === 'string' ? await reviews.next(customerId) : null };
}

function shown({ advice, notice, horizons, contributions }: RatingQuery) {
  return { notice, horizons, showsAdvice: advice, contributions };
}
