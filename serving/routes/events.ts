import type { RequestHandler } from 'express';
import { ProbityError } from '../../base/index.ts';
import { isPartyColumn } from '../../features/erasure/index.ts';
import type { PrivacyDesk } from '../customers/privacy.ts';
import type { IncomingFact, ServingDependencies } from '../dependencies.ts';
import { cloudEventKind, parseCloudEvents } from '../events/cloud-events.ts';
import { parseEvents } from '../events/facts.ts';
import type { ServerMetrics } from '../http/metrics.ts';

/** POST /v1/events: facts, or CloudEvents by their content type, checked against the contracts and stored durably, all or none; the next rating by id sees them. */
export function postEvents(
  deps: Pick<ServingDependencies, 'clock' | 'acceptFacts' | 'privacy' | 'customerKeys'>,
  metrics: ServerMetrics,
): RequestHandler {
  return async (request, response) => {
    const kind = cloudEventKind(request.headers['content-type']);
    const now = deps.clock.now();
    const keys = deps.customerKeys;
    const facts =
      kind === null ? parseEvents(request.body, now, keys) : parseCloudEvents(kind, request.body, now, keys);
    refuseErased(facts, deps.privacy);
    const stored = await deps.acceptFacts(facts);
    metrics.factsAccepted(stored.length);
    response.status(201).json({
      acknowledged: stored.length,
      facts: stored,
    });
  };
}

/** Facts that name an erased customer in any way are not taken, and no others of the request: all at once are told. */
function refuseErased(facts: readonly IncomingFact[], privacy: PrivacyDesk): void {
  const problems = facts.flatMap(({ values }, i) =>
    Object.entries(values).flatMap(([column, value]) =>
      isPartyColumn(column) && typeof value === 'string' && privacy.isErased(value)
        ? [
            {
              at: `facts.${i}.${column}`,
              message: 'The data of this customer were erased.',
              fix: 'Leave this fact out.',
            },
          ]
        : [],
    ),
  );
  if (problems.length > 0)
    throw new ProbityError(
      'SUBJECT_ERASED',
      'Some facts are about customers whose data were erased; none was stored.',
      {
        problems,
      },
    );
}
