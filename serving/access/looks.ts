import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ProbityError, type Role } from '../../base/index.ts';
import type { DataAccesses } from '../../records/privacy/index.ts';
import { plainText, problemsOf } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import { lookOf, type OperationId } from './operations.ts';

/** What an application does by itself is no look of a person. */
const APPLICATION: Role = 'applicant-system';

const querySchema = z.object({ purpose: plainText(200).min(1).optional() });

/**
 * Puts on record whose data a person was shown by an operation that asks for no purpose: who looked, when, at what, for the operation's standard purpose or that of `?purpose=`. On record before
 * it is shown: where it cannot be recorded, nothing is shown. Customers are those that the address and the answer name, and those that the handler tells by `showsCustomers`.
 */
export function recordLook(operationId: OperationId, accesses: Pick<DataAccesses, 'recordAll'>): RequestHandler[] {
  const look = lookOf(operationId);
  if (look === null) return [];
  return [
    (request, response, next) => {
      const { purpose: given, ...query } = request.query;
      const parsed = querySchema.safeParse(given === undefined ? {} : { purpose: given });
      if (!parsed.success)
        throw new ProbityError('INVALID_INPUT', 'The query of the address is not valid.', {
          problems: problemsOf(parsed.error, ['purpose']),
        });
      // The operation itself knows nothing of a purpose.
      if (given !== undefined) Object.defineProperty(request, 'query', { value: query, configurable: true });
      const { roles, actor } = principalOf(request);
      if (roles.every((role) => role === APPLICATION)) {
        next();
        return;
      }
      const access = { actor, purpose: parsed.data.purpose ?? look.purpose, what: look.what };
      const { json, send } = response;
      /** Records who is shown, then answers as the handler meant to. */
      const recorded =
        (answer: typeof json): typeof json =>
        (body: unknown) => {
          Object.assign(response, { json, send });
          if (response.statusCode >= 400) return answer.call(response, body);
          const { customerId } = request.params;
          const customers = customersIn([{ customerId }, body, response.locals[TOLD]]);
          accesses.recordAll([...customers], access).then(() => answer.call(response, body), next);
          return response;
        };
      Object.assign(response, { json: recorded(json), send: recorded(send) });
      next();
    },
  ];
}

const TOLD = 'customersShown';

/** Says whose data an answer shows that does not name its customers: ids, or values that name them. */
export function showsCustomers(
  response: { readonly locals: Record<string, unknown> },
  ...shown: readonly unknown[]
): void {
  response.locals[TOLD] = shown.map((each) => (typeof each === 'string' ? { customerId: each } : each));
}

/** The customers that values name, at any depth. */
export function customersIn(values: readonly unknown[]): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'customerId' && typeof inner === 'string') found.add(inner);
      else walk(inner);
    }
  };
  for (const value of values) walk(value);
  return found;
}
