import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import { ERASURE_GROUNDS, type Erasure } from '../../records/privacy/index.ts';
import { customerExport } from '../customers/export.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { parseBody, parseQuery, plainText } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import type { Recorder } from '../ratings/recorder.ts';
import { customerOf, looked } from './customers.ts';

type Deps = Pick<ServingDependencies, 'customerReports' | 'dossiers' | 'privacy' | 'clock' | 'overrides' | 'records'>;

export const exportQuery = z.strictObject({ purpose: plainText(200).min(1) });

export const newErasureSchema = z.strictObject({
  reason: plainText(500)
    .min(1)
    .meta({ description: 'Stays on record, in the audit chain too: name the request, never the customer.' }),
  ground: z.enum(ERASURE_GROUNDS).default('request').meta({ description: 'On what ground.' }),
});

/** GET /v1/customers/{customerId}/export: everything that is held of a customer, for the right of access. */
export function exportCustomer(
  { customerReports, dossiers, privacy, overrides, records, clock }: Deps,
  recorder: Recorder,
): RequestHandler {
  return async (request, response) => {
    const customerId = customerOf(request);
    const { purpose } = parseQuery(exportQuery, request);
    await looked(dossiers, request, customerId, purpose, 'export');
    response.json(
      await customerExport(
        { customerReports, dossiers, privacy, overrides, records },
        recorder,
        customerId,
        clock.now(),
      ),
    );
  };
}

/** POST /v1/customers/{customerId}/erasure: erases a customer; asked for again, it answers how far that is. */
export function eraseCustomer({ privacy }: Deps): RequestHandler {
  return async (request, response) => {
    const { reason, ground } = parseBody(newErasureSchema, request.body);
    const erasure = await privacy.erase(customerOf(request), { actor: principalOf(request).actor, ground, reason });
    response.status(202).json(answerOf(erasure));
  };
}

/** GET /v1/customers/{customerId}/erasure: how far the erasure of a customer is, and what each step removed. */
export function readErasure({ privacy }: Deps): RequestHandler {
  return async (request, response) => {
    const erasure = await privacy.erasure(customerOf(request));
    if (erasure === null) throw new ProbityError('NOT_FOUND', 'No erasure of this customer was asked for.');
    response.json(answerOf(erasure));
  };
}

function answerOf(erasure: Erasure) {
  return { state: erasure.completedAt === null ? 'running' : 'completed', ...erasure };
}
