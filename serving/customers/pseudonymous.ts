import type { RequestHandler } from 'express';
import { ProbityError } from '../../base/index.ts';
import { isDirectIdentifier, USUAL_KEYS, type CustomerKeys } from '../../features/contracts/index.ts';
import { OPERATIONS, type OperationId } from '../access/index.ts';

/** The refusal of a customer id that names a person outright. It does not repeat the id. */
export function directCustomerId(): ProbityError {
  const message = 'This customer id names a person outright.';
  return new ProbityError('INVALID_INPUT', message, {
    problems: [
      {
        at: 'customerId',
        message,
        fix: 'Send a pseudonymous key; where eleven digits are a number of your own, write `customerKeys: { elevenDigits: true }` into probity.yaml.',
      },
    ],
  });
}

/** Throws INVALID_INPUT for a customer id that names a person outright. */
export function refuseDirectId(customerId: string, keys: CustomerKeys = USUAL_KEYS): void {
  if (isDirectIdentifier(customerId, 'customer', keys)) throw directCustomerId();
}

/**
 * Whether an operation could begin to hold something under the id in its address. What is held of before may be read, exported, taken away
 * and erased under any id.
 */
function beginsToHold(operationId: OperationId): boolean {
  const { method, path } = OPERATIONS[operationId];
  return path.includes('{customerId}') && (method === 'POST' || method === 'PUT') && operationId !== 'eraseCustomer';
}

/** Refuses addresses whose customer id names a person outright, before anything is stored under it. */
export function pseudonymousOnly(operationId: OperationId, keys: CustomerKeys = USUAL_KEYS): RequestHandler[] {
  if (!beginsToHold(operationId)) return [];
  return [
    (request, _response, next) => {
      const { customerId } = request.params;
      if (typeof customerId === 'string') refuseDirectId(customerId, keys);
      next();
    },
  ];
}
