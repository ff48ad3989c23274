import { readFile } from 'node:fs/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import {
  instant,
  isPlainText,
  isReservedActor,
  isRole,
  messageOf,
  ProbityError,
  type OidcConfig,
  type Role,
  type Tenant,
} from '../../base/index.ts';
import type { Authentication } from './authenticate.ts';

/** Checks a JSON Web Token and answers whose it is. */
export type TokenVerifier = (token: string) => Promise<Authentication>;

const longestToken = 16_384;
const longestActor = 200;

/**
 * Takes tokens of one OpenID Connect issuer (RFC 7519, RFC 9068): signature by a key of its set under one of the pinned asymmetric
 * algorithms, `iss`, `aud`, `exp` and `nbf` within the clock skew, tenant and roles from claims. Throws INVALID_SPEC where the key
 * set cannot be read.
 */
export async function createTokenVerifier(config: OidcConfig, tenant: Tenant): Promise<TokenVerifier> {
  const keySet = await keySetOf(config.jwks);
  return async (token) => {
    if (token.length > longestToken) return refused('token too long');
    try {
      const { payload } = await jwtVerify(token, keySet, {
        issuer: config.issuer,
        audience: config.audience,
        algorithms: [...config.algorithms],
        clockTolerance: config.clockSkewSeconds,
        requiredClaims: ['exp', config.actorClaim],
      });
      return accepted(payload, config, tenant);
    } catch (error) {
      // The messages of jose name claims and codes, never their values.
      if (error instanceof errors.JOSEError && !isOutage(error)) return refused(`token: ${error.code}`);
      throw new ProbityError('ISSUER_UNREACHABLE', 'The key set of the token issuer cannot be read.', { cause: error });
    }
  };
}

function accepted(payload: JWTPayload, config: OidcConfig, tenant: Tenant): Authentication {
  const actor = payload[config.actorClaim];
  if (typeof actor !== 'string' || actor === '' || actor.length > longestActor || !isPlainText(actor))
    return refused('token: actor claim');
  if (isReservedActor(actor)) return refused('token: actor claim');
  if (config.tenantClaim !== null && claim(payload, config.tenantClaim) !== tenant)
    return refused('token: other tenant');
  return {
    principal: {
      tenant,
      actor,
      roles: rolesOf(claim(payload, config.rolesClaim), config.roles),
      operations: null,
      credential: { kind: 'token', issuer: config.issuer, expiresAt: instant((payload.exp ?? 0) * 1000) },
    },
  };
}

/** The roles that a claim's values stand for; with an empty mapping, the values that are role names themselves. */
function rolesOf(value: unknown, mapping: OidcConfig['roles']): readonly Role[] {
  const names = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  const mapped = Object.keys(mapping).length > 0;
  const roles = names.flatMap((name: unknown): Role[] => {
    if (typeof name !== 'string') return [];
    if (!mapped) return isRole(name) ? [name] : [];
    const role = Object.hasOwn(mapping, name) ? mapping[name] : undefined;
    return role === undefined ? [] : [role];
  });
  return [...new Set(roles)];
}

/** A claim by its name, or by a path with dots (`realm_access.roles`). */
function claim(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  let value: unknown = payload;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

async function keySetOf(jwks: string): Promise<JWTVerifyGetKey> {
  if (/^https?:\/\//.test(jwks)) return createRemoteJWKSet(new URL(jwks), { timeoutDuration: 5000 });
  try {
    return createLocalJWKSet(JSON.parse(await readFile(jwks, 'utf8')) as JSONWebKeySet);
  } catch (error) {
    throw new ProbityError('INVALID_SPEC', `The key set of serving.oidc cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Whether the issuer did not answer, which is not the fault of the token. */
function isOutage(error: errors.JOSEError): boolean {
  return error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC';
}

function refused(reason: string): Authentication {
  return { refusal: { reason, told: 'This token is not taken here.', keyId: null } };
}
