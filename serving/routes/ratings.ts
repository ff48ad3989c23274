import type { RequestHandler } from 'express';
import { z } from 'zod';
import { JURISDICTIONS } from '../../rating/index.ts';
import { sendJson } from '../http/json.ts';
import { answerLanguage } from '../http/language.ts';
import type { ServerMetrics } from '../http/metrics.ts';
import { parseBody, parseQuery } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import type { Live } from '../live/live.ts';
import { ratingAnswer } from '../ratings/answer.ts';
import { onceOf, type Recorder } from '../ratings/recorder.ts';
import { ratingRequestSchema } from '../ratings/request.ts';
import type { RatingService } from '../ratings/service.ts';

/** The query of a rating: how it is shown, so no part of its evidence. */
const ratingQuery = z.strictObject({ notice: z.enum(JURISDICTIONS).optional() });

/** POST /v1/ratings: one rating, by customer or by features; recorded, durably, before it is answered, unless it is a dry run. */
export function postRating(
  live: Live,
  service: RatingService,
  recorder: Recorder,
  metrics: ServerMetrics,
): RequestHandler {
  return async (request, response) => {
    const language = answerLanguage(request, response);
    const { notice } = parseQuery(ratingQuery, request);
    const body = parseBody(ratingRequestSchema, request.body);
    const once = body.dryRun === true ? undefined : onceOf(request.get('idempotency-key'), body);
    const before = once === undefined ? null : await recorder.recallKey(once);
    if (before !== null) {
      sendJson(
        response,
        ratingAnswer(before.served, language, { contributions: true, notice, recorded: before.recorded }),
      );
      return;
    }
    const lease = live.acquire();
    try {
      const served = await service.rateOne(lease, body);
      const recorded = body.dryRun === true ? null : await recorder.record(served, principalOf(request).actor, once);
      metrics.rated(served);
      if (recorded?.repeated === true) {
        // The same key came twice at once: both are answered what was recorded.
        const first = await recorder.recall(recorded.ratingId);
        sendJson(
          response,
          ratingAnswer(first.served, language, { contributions: true, notice, recorded: first.recorded }),
        );
        return;
      }
      sendJson(response, ratingAnswer(served, language, { contributions: true, notice, recorded }));
    } finally {
      lease.release();
    }
  };
}

/** GET /v1/ratings/{ratingId}: a recorded rating, recomputed from its evidence. */
export function getRating(recorder: Recorder): RequestHandler {
  return async (request, response) => {
    const language = answerLanguage(request, response);
    const { notice } = parseQuery(ratingQuery, request);
    const { served, recorded } = await recorder.recall(String(request.params['ratingId']));
    sendJson(response, ratingAnswer(served, language, { contributions: true, notice, recorded }));
  };
}
