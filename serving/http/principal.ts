import type { Request } from 'express';
import { ProbityError, type Role, type Tenant } from '../../base/index.ts';
import type { OperationId } from '../access/operations.ts';

/** Who asks: what the gate found out from the key or token of a request. */
export interface Principal {
  readonly tenant: Tenant;
  /** How records name who acted: `key:NAME` for a key, the token's subject for a person. Equal for a key and its successor by rotation. */
  readonly actor: string;
  readonly roles: readonly Role[];
  /** The only operations that it may call, within its roles; null: all of them. */
  readonly operations: readonly string[] | null;
  /** What its key was made for; absent or null: looks are for the purpose of each operation. */
  readonly purpose?: string | null;
  readonly credential:
    | { readonly kind: 'key'; readonly keyId: string; readonly expiresAt: string }
    | { readonly kind: 'token'; readonly issuer: string; readonly expiresAt: string };
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by the gate on every request that carried a good key or token. */
    principal?: Principal;
    /** Why customers' data are asked for, as the caller says it (`?purpose=`). */
    purpose?: string;
    /** The operation that the gate let through. */
    operationId?: OperationId;
  }
}

/** Who asks. For operations that need a key: there it is always known. */
export function principalOf(request: Request): Principal {
  if (request.principal === undefined) throw new ProbityError('INTERNAL', 'This operation ran without a principal.');
  return request.principal;
}

/** One text for each caller, for limits and for stores that are kept by caller. */
export function callerOf({ actor, credential }: Principal): string {
  return credential.kind === 'key' ? `key ${credential.keyId}` : `token ${credential.issuer} ${actor}`;
}
