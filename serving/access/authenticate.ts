import type { Clock, Tenant } from '../../base/index.ts';
import type { Principal } from '../http/principal.ts';
import { parseKey, secretMatches, type Keys, type StoredKey } from '../../records/keys/index.ts';
import type { TokenVerifier } from './tokens.ts';

/** Why a request is nobody's. `told`: what its sender may know; `reason`: what the log says. Neither holds a secret. */
export interface Refusal {
  readonly reason: string;
  readonly told: string;
  /** The public part of the key, where one was sent. */
  readonly keyId: string | null;
}

export type Authentication = { readonly principal: Principal } | { readonly refusal: Refusal };

/** Finds out who asks from the `Authorization` header. Rejects only where the database fails. */
export type Authenticator = (authorization: string | undefined) => Promise<Authentication>;

export interface AuthenticatorOptions {
  readonly tenant: Tenant;
  readonly keys: Pick<Keys, 'find' | 'used'>;
  /** Checks tokens; null: only keys are taken. */
  readonly tokens: TokenVerifier | null;
  readonly clock: Clock;
  /** How long a key is not read again, milliseconds: a revocation takes effect after that at the latest (default 5000). */
  readonly keptMs?: number;
}

const unknownKeptMs = 1000;
const mostKept = 10_000;

/** Checks keys against the database, through a short memory, and tokens against their issuer's keys. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { tenant, keys, tokens, clock, keptMs = 5000 } = options;
  const kept = new Map<string, { readonly until: number; readonly found: Promise<StoredKey | null> }>();

  const keyOf = (keyId: string): Promise<StoredKey | null> => {
    const now = performance.now();
    const known = kept.get(keyId);
    if (known !== undefined && now < known.until) return known.found;
    const found = keys.find(keyId);
    kept.delete(keyId);
    kept.set(keyId, { until: now + keptMs, found });
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break;
      kept.delete(oldest);
    }
    found.then(
      (key) => {
        if (key === null) kept.set(keyId, { until: performance.now() + unknownKeptMs, found });
        else keys.used(keyId).catch(() => {});
      },
      () => kept.delete(keyId),
    );
    return found;
  };

  const byKey = async (keyId: string, secret: string): Promise<Authentication> => {
    const key = await keyOf(keyId);
    const matches = secretMatches(secret, key?.secretHash ?? null);
    if (key === null || !matches)
      return refused(key === null ? 'unknown key' : 'wrong secret', 'This key is not known here.', keyId);
    if (key.revokedAt !== null) return refused('revoked key', 'This key has been revoked.', keyId);
    if (Date.parse(key.expiresAt) <= Date.parse(clock.now()))
      return refused('expired key', 'This key has expired.', keyId);
    const { name, roles, operations, purpose, expiresAt } = key;
    return {
      principal: {
        tenant,
        actor: `key:${name}`,
        roles,
        operations,
        purpose,
        credential: { kind: 'key', keyId, expiresAt },
      },
    };
  };

  return async (authorization) => {
    if (authorization === undefined || authorization === '') return refused('no key', 'A key or token is needed.');
    const bearer = /^bearer +([^ ]+)$/i.exec(authorization)?.[1];
    if (bearer === undefined)
      return refused('no bearer', 'The Authorization header must be `Bearer` and a key or token.');
    const key = parseKey(bearer);
    if (key !== null) return byKey(key.keyId, key.secret);
    if (tokens === null || bearer.split('.').length !== 3)
      return refused('malformed key', 'This is neither a key of Probity nor a token that is taken here.');
    return tokens(bearer);
  };
}

function refused(reason: string, told: string, keyId: string | null = null): Authentication {
  return { refusal: { reason, told, keyId } };
}
