import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OidcConfig, Tenant } from '../base/index.ts';
import { createTokenVerifier, type TokenVerifier } from '../serving/access/index.ts';

const tenant = 'acme' as Tenant;
const issuer = 'https://id.example';
let folder: string;
let privateKey: CryptoKey;
let other: CryptoKey;
let config: OidcConfig;
let verify: TokenVerifier;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-tokens-'));
  const pair = await generateKeyPair('RS256');
  privateKey = pair.privateKey;
  other = (await generateKeyPair('RS256')).privateKey;
  const jwks = join(folder, 'jwks.json');
  await writeFile(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' }] }));
  config = {
    issuer,
    audience: 'probity',
    jwks,
    algorithms: ['RS256'],
    clockSkewSeconds: 30,
    actorClaim: 'sub',
    tenantClaim: 'tenant',
    rolesClaim: 'realm_access.roles',
    roles: { 'credit-team': 'credit-officer', bosses: 'credit-manager' },
  };
  verify = await createTokenVerifier(config, tenant);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const usual = { sub: 'grace', tenant: 'acme', realm_access: { roles: ['credit-team', 'other', 'admin'] } };

function token(claims: JWTPayload = usual, more: { aud?: string; iss?: string; exp?: number; key?: CryptoKey } = {}) {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setIssuer(more.iss ?? issuer)
    .setAudience(more.aud ?? 'probity')
    .setIssuedAt(now)
    .setExpirationTime(now + (more.exp ?? 60))
    .sign(more.key ?? privateKey);
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const reasonOf = async (written: string, by = verify) => {
  const result = await by(written);
  return 'refusal' in result ? result.refusal.reason : 'taken';
};

describe('a token', () => {
  it('of the issuer, for this audience and tenant, is its subject, with the roles that its claims stand for', async () => {
    const result = await verify(await token());
    expect(result).toMatchObject({
      principal: { tenant: 'acme', actor: 'grace', roles: ['credit-officer'], credential: { kind: 'token', issuer } },
    });
  });

  it('is refused for any other issuer, audience, tenant, time, signature or algorithm', async () => {
    const good = await token();
    const [head = '', body = '', signature = ''] = good.split('.');
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...usual, iss: issuer, aud: 'probity', exp: now + 60 };
    const bad: Record<string, string> = {
      issuer: await token(usual, { iss: 'https://evil.example' }),
      audience: await token(usual, { aud: 'other' }),
      tenant: await token({ ...usual, tenant: 'rival' }),
      'no tenant': await token({ sub: 'grace' }),
      expired: await token(usual, { exp: -31 }),
      'not yet': await token({ ...usual, nbf: now + 60 }),
      'no subject': await token({ tenant: 'acme' }),
      'a key’s name as subject': await token({ ...usual, sub: 'key:first admin' }),
      'a key’s name in another spelling': await token({ ...usual, sub: 'ＫＥＹ\u200b: first admin' }),
      'the system’s own name': await token({ ...usual, sub: 'Probity' }),
      'a part of the system': await token({ ...usual, sub: 'system:reviews' }),
      'somebody at the command line': await token({ ...usual, sub: 'cli:grace' }),
      'a subject that turns its direction': await token({ ...usual, sub: 'grace\u202egib' }),
      'another key': await token(usual, { key: other }),
      'no signature': `${head}.${body}.`,
      'alg none': `${part({ alg: 'none' })}.${part(claims)}.`,
      'alg HS256 with the public key': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(new TextEncoder().encode('x'.repeat(64))),
      'an altered body': `${head}.${part({ ...claims, sub: 'root' })}.${signature}`,
      'no parts': '..',
      'too long': `${good}${'a'.repeat(20_000)}`,
    };
    for (const [what, written] of Object.entries(bad)) expect([what, await reasonOf(written)]).not.toContain('taken');
    expect(await reasonOf(await token(usual, { exp: -20 }))).toBe('taken');
  });

  it('gives no role that the mapping does not give, and without a mapping the roles that it names', async () => {
    const none = await verify(await token({ ...usual, realm_access: { roles: ['admin', '__proto__', 'toString'] } }));
    expect(none).toMatchObject({ principal: { roles: [] } });
    const plain = await createTokenVerifier({ ...config, roles: {}, rolesClaim: 'scope', tenantClaim: null }, tenant);
    expect(await plain(await token({ sub: 'g', scope: 'viewer root auditor' }))).toMatchObject({
      principal: { roles: ['viewer', 'auditor'] },
    });
  });
});

describe('the key set', () => {
  it('is fetched, and where it cannot be, the caller is told that the server is at fault', async () => {
    let answer: object | null = null;
    const server: Server = createServer((_request, response) => {
      response.statusCode = answer === null ? 500 : 200;
      response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    const remote = await createTokenVerifier({ ...config, jwks }, tenant);
    await expect(remote(await token())).rejects.toMatchObject({ code: 'ISSUER_UNREACHABLE' });
    answer = JSON.parse(await readFile(config.jwks, 'utf8')) as object;
    expect(await reasonOf(await token(), remote)).toBe('taken');
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  it('that is a file must be there', async () => {
    await expect(createTokenVerifier({ ...config, jwks: join(folder, 'none') }, tenant)).rejects.toMatchObject({
      code: 'INVALID_SPEC',
    });
  });
});
