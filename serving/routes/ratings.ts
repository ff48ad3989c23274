import type { RequestHandler } from 'express';
import { answerLanguage } from '../http/language.ts';
import { parseBody } from '../http/parse.ts';
import type { ServerMetrics } from '../http/metrics.ts';
import type { Live } from '../live/live.ts';
import { ratingAnswer } from '../ratings/answer.ts';
import { ratingRequestSchema } from '../ratings/request.ts';
import type { RatingService } from '../ratings/service.ts';

/** POST /v1/ratings: one rating, by customer or by features. */
export function postRating(live: Live, service: RatingService, metrics: ServerMetrics): RequestHandler {
  return async (request, response) => {
    const language = answerLanguage(request, response);
    const body = parseBody(ratingRequestSchema, request.body);
    const lease = live.acquire();
    try {
      const served = await service.rateOne(lease, body);
      metrics.rated(served);
      response.json(ratingAnswer(served, language, { contributions: true }));
    } finally {
      lease.release();
    }
  };
}
