import express, { type Express } from 'express';
import type { ServingDependencies } from './dependencies.ts';
import { consolePage } from './console/page.ts';
import { requestLog } from './http/logging.ts';
import { createMetrics } from './http/metrics.ts';
import { answerErrors, notFound, onlyMethods } from './http/problem.ts';
import { jsonOnly, safeHeaders } from './http/security.ts';
import { createLive, type Live } from './live/live.ts';
import { createRecorder } from './ratings/recorder.ts';
import { createRatingService } from './ratings/service.ts';
import { postBatch } from './routes/batch.ts';
import { getChampion } from './routes/champion.ts';
import { postEvents } from './routes/events.ts';
import { getDocument } from './routes/document.ts';
import { getHealth, getMetrics, getReadiness } from './routes/operations.ts';
import { getRating, postRating } from './routes/ratings.ts';

/** Largest JSON body of a rating, and of events. */
export const bodyLimits = { rating: '256kb', events: '2mb' } as const;

/** The API as an Express application, and what keeps its champions and snapshot fresh: start it before the first request, stop it after the last. */
export function createApp(deps: ServingDependencies): { readonly app: Express; readonly live: Live } {
  const metrics = createMetrics();
  const live = createLive(deps, metrics.swapped);
  const service = createRatingService(deps, live);
  const recorder = createRecorder(deps);
  const json = (limit: string) => express.json({ limit, type: ['application/json', 'application/*+json'] });

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.use(requestLog(deps.logger), metrics.timing, safeHeaders);

  app
    .route('/v1/ratings')
    .post(jsonOnly, json(bodyLimits.rating), postRating(live, service, recorder, metrics))
    .all(onlyMethods('POST'));
  app.route('/v1/ratings/:ratingId').get(getRating(recorder)).all(onlyMethods('GET'));
  app
    .route('/v1/ratings\\:batch')
    .post(postBatch(live, service, recorder, metrics))
    .all(onlyMethods('POST'));
  app.route('/v1/models/champion').get(getChampion(live, deps)).all(onlyMethods('GET'));
  app.route('/v1/events').post(jsonOnly, json(bodyLimits.events), postEvents(deps, metrics)).all(onlyMethods('POST'));
  app.route('/openapi.json').get(getDocument).all(onlyMethods('GET'));
  app.route('/healthz').get(getHealth).all(onlyMethods('GET'));
  app.route('/readyz').get(getReadiness(live)).all(onlyMethods('GET'));
  app.route('/metrics').get(getMetrics(metrics)).all(onlyMethods('GET'));
  app.route('/').get(consolePage()).all(onlyMethods('GET'));
  app.use(notFound);
  app.use(answerErrors);
  return { app, live };
}
