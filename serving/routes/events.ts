import type { RequestHandler } from 'express';
import type { ServingDependencies } from '../dependencies.ts';
import { cloudEventKind, parseCloudEvents } from '../events/cloud-events.ts';
import { parseEvents } from '../events/facts.ts';
import type { ServerMetrics } from '../http/metrics.ts';

/** POST /v1/events: facts, or CloudEvents by their content type, checked against the contracts and stored durably, all or none; the next rating by id sees them. */
export function postEvents(
  deps: Pick<ServingDependencies, 'clock' | 'acceptFacts'>,
  metrics: ServerMetrics,
): RequestHandler {
  return async (request, response) => {
    const kind = cloudEventKind(request.headers['content-type']);
    const now = deps.clock.now();
    const facts = kind === null ? parseEvents(request.body, now) : parseCloudEvents(kind, request.body, now);
    const stored = await deps.acceptFacts(facts);
    metrics.factsAccepted(stored.length);
    response.status(201).json({
      acknowledged: stored.length,
      facts: stored,
    });
  };
}
