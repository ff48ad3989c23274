import type { RequestHandler } from 'express';
import type { ServingDependencies } from '../dependencies.ts';
import { parseEvents } from '../events/facts.ts';
import type { ServerMetrics } from '../http/metrics.ts';

/** POST /v1/events: facts checked against the contracts and stored durably, all or none; the next rating by id sees them. */
export function postEvents(
  deps: Pick<ServingDependencies, 'clock' | 'acceptFacts'>,
  metrics: ServerMetrics,
): RequestHandler {
  return async (request, response) => {
    const stored = await deps.acceptFacts(parseEvents(request.body, deps.clock.now()));
    metrics.factsAccepted(stored.length);
    response.status(201).json({
      acknowledged: stored.length,
      facts: stored.map(({ sequence, knownFrom }) => ({ sequence, knownFrom })),
    });
  };
}
