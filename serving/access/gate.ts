import type { Request, RequestHandler } from 'express';
import { ProbityError, type Role } from '../../base/index.ts';
import { requestOf } from '../http/logging.ts';
import type { Principal } from '../http/principal.ts';
import type { Authenticator } from './authenticate.ts';
import { matchOperation } from './match-operation.ts';
import { OPERATIONS, type OperationId } from './operations.ts';

/** What the gate refuses a caller with, once the limits have counted the request. */
const refusals = new WeakMap<Request, ProbityError>();

/**
 * Finds out what is asked and by whom, before any body is read. Refusals wait for `admit`, so that limits count them too.
 * Every failed authentication is logged: why, the public part of the key, the address; never a secret.
 */
export function identify(authenticate: Authenticator): RequestHandler {
  return async (request, response, next) => {
    const match = matchOperation(request.method, request.path);
    const open = match.operationId !== null && OPERATIONS[match.operationId].who === 'anyone';
    const { authorization } = request.headers;
    if (open && authorization === undefined) {
      request.operationId = match.operationId;
      next();
      return;
    }
    const result = await authenticate(authorization);
    if ('principal' in result) request.principal = result.principal;
    else {
      const { reason, keyId, told } = result.refusal;
      const line = { req: requestOf(request), reason, keyId, ip: request.socket.remoteAddress };
      request.log.warn(line, 'authentication failed');
      if (!open) {
        response.setHeader(
          'www-authenticate',
          `Bearer realm="probity"${authorization ? ', error="invalid_token"' : ''}`,
        );
        refusals.set(request, new ProbityError('UNAUTHENTICATED', told));
        next();
        return;
      }
    }
    if (match.operationId === null) {
      if (match.allowed.length > 0) response.setHeader('allow', match.allowed.join(', '));
      refusals.set(request, nothingHere(match.allowed));
    } else {
      request.operationId = match.operationId;
      const refusal = forbidden(match.operationId, request.principal);
      if (refusal !== null) refusals.set(request, refusal);
    }
    next();
  };
}

/** Lets a request through to its operation, or throws what `identify` found against it. */
export const admit: RequestHandler = (request, _response, next) => {
  const refusal = refusals.get(request);
  if (refusal !== undefined) throw refusal;
  next();
};

/** Whether these roles may call an operation. */
export function mayCall(operationId: OperationId, roles: readonly Role[]): boolean {
  const who: 'anyone' | readonly Role[] = OPERATIONS[operationId].who;
  return who === 'anyone' || roles.some((role) => who.includes(role));
}

function forbidden(operationId: OperationId, principal: Principal | undefined): ProbityError | null {
  if (mayCall(operationId, principal?.roles ?? [])) {
    const only = principal?.operations ?? null;
    if (only === null || only.includes(operationId) || OPERATIONS[operationId].who === 'anyone') return null;
    return new ProbityError('FORBIDDEN', `This key is for other operations than ${operationId}.`);
  }
  const { who } = OPERATIONS[operationId];
  const roles = who === 'anyone' ? '' : who.join(', ');
  return new ProbityError('FORBIDDEN', `${operationId} is for the roles ${roles}.`);
}

function nothingHere(allowed: readonly string[]): ProbityError {
  if (allowed.length === 0) return new ProbityError('NOT_FOUND', 'Nothing lives at this address.');
  return new ProbityError('METHOD_NOT_ALLOWED', `This address answers ${allowed.join(' and ')} only.`);
}

/** The last look before a handler: what runs is what the gate let through, whatever routing made of the address. */
export function only(operationId: OperationId): RequestHandler {
  return (request, _response, next) => {
    if (request.operationId !== operationId) throw new ProbityError('NOT_FOUND', 'Nothing lives at this address.');
    next();
  };
}
