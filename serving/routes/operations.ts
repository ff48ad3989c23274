import type { RequestHandler } from 'express';
import { ProbityError } from '../../base/index.ts';
import type { ServerMetrics } from '../http/metrics.ts';
import type { Live } from '../live/live.ts';

/** GET /healthz: the process answers. */
export const getHealth: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/**
 * GET /readyz: whether the registry's present champions can be served; where not, why, by name, for who sent a good key. `customers` tells whether they
 * can be rated by their ids: champions that read features of no view are served before the first snapshot, by features alone.
 */
export function getReadiness(live: Pick<Live, 'problems' | 'readsSnapshot'>): RequestHandler {
  return (request, response) => {
    const problems = live.problems();
    if (problems.length > 0) {
      const code = problems.some(({ at }) => at === 'champion') ? 'NO_CHAMPION' : 'NOT_READY';
      const message = 'The server is not ready to rate.';
      if (request.principal === undefined)
        throw new ProbityError(code, message, { fix: 'Ask with a key to be told why.' });
      throw new ProbityError(code, message, { problems });
    }
    response.json({ status: 'ready', customers: live.readsSnapshot() });
  };
}

/** GET /metrics: Prometheus text. */
export function getMetrics({ registry }: ServerMetrics): RequestHandler {
  return async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  };
}
