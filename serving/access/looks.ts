import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { ProbityError, type Role } from '../../base/index.ts';
import type { DataAccess, DataAccesses } from '../../records/privacy/index.ts';
import { plainText, problemsOf } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import { lookOf, type Look, type OperationId } from './operations.ts';

const APPLICATION: Role = 'applicant-system';

/** The purpose of a look, in the query of an operation that asks for none. */
export const lookQuery = z.object({ purpose: plainText(200).min(1).optional() });

/** Reads `?purpose=`, of which the operation itself knows nothing. */
const readPurpose: RequestHandler = (request, _response, next) => {
  const { purpose: given, ...query } = request.query;
  if (given !== undefined) {
    const parsed = lookQuery.safeParse({ purpose: given });
    if (!parsed.success)
      throw new ProbityError('INVALID_INPUT', 'The query of the address is not valid.', {
        problems: problemsOf(parsed.error, ['purpose']),
      });
    Object.defineProperty(request, 'query', { value: query, configurable: true });
    if (parsed.data.purpose !== undefined) request.purpose = parsed.data.purpose;
  }
  next();
};

/** Who looks, at what, and why: as the request says it, or the key was made for, or as the operation is for as a rule. */
function accessOf(request: Request, look: Look): Omit<DataAccess, 'at'> {
  const { actor, purpose } = principalOf(request);
  return { actor, purpose: request.purpose ?? purpose ?? look.purpose, what: look.what };
}

/**
 * Puts on record whose data were shown by an operation that asks for no purpose: who looked, when, at what, and why: as `?purpose=` says, or the key was made for, or the operation's standard purpose.
 * On record before it is shown: where it cannot be recorded, nothing is shown. Customers are those that the address and the answer name, and those that the handler tells by `showsCustomers`.
 */
export function recordLook(operationId: OperationId, accesses: Pick<DataAccesses, 'recordAll'>): RequestHandler[] {
  const look = lookOf(operationId);
  if (look === null) return [];
  if (look.atRatings === true) return [readPurpose];
  return [
    readPurpose,
    (request, response, next) => {
      const access = accessOf(request, look);
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

/** The looks that are taken as ratings are made. */
export interface LooksAtRatings {
  /** Why whoever asks is shown what a rating says: what its evidence tells. */
  purposeOf(request: Request): string;
  /**
   * Records that whoever asks is about to be shown ratings of customers, of which `dry` ones are on record nowhere else; null: nothing is to be waited for.
   */
  record(
    request: Request,
    shown: readonly { readonly customerId: string | undefined; readonly dry: boolean }[],
  ): Promise<void> | null;
}

/**
 * The looks at what a rating shows as it is made: of a person each one; of an application those that leave no rating behind, dry runs. A recorded rating that an application asked for is not recorded beside it: its
 * evidence names the key that asked for it and the purpose (`askedBy`, `accessPurpose`), so that the operation that is asked for most writes once.
 */
export function looksAtRatings(operationId: OperationId, accesses: Pick<DataAccesses, 'recordAll'>): LooksAtRatings {
  const look = lookOf(operationId);
  if (look === null) throw new TypeError(`${operationId} shows no data of customers`);
  return {
    purposeOf: (request) => accessOf(request, look).purpose,
    record(request, shown) {
      const isApplication = principalOf(request).roles.every((role) => role === APPLICATION);
      const named = new Set<string>();
      for (const { customerId, dry } of shown)
        if (customerId !== undefined && (dry || !isApplication)) named.add(customerId);
      return named.size === 0 ? null : accesses.recordAll([...named], accessOf(request, look));
    },
  };
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
