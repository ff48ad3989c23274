import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Clock, type Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createReportLinks, type ReportLinks } from './index.ts';

const tenant = 'acme' as Tenant;
const secret = Buffer.alloc(32, 5);
const nobody = async () => false;
const shared = { customerId: 'c-1', audience: 'partner', language: 'en', createdBy: 'li' } as const;

describe('a shared report', () => {
  let server: TestDatabase;
  let now = instant('2026-05-01');
  const clock: Clock = { now: () => now };
  let links: ReportLinks;
  const create = () => links.create({ ...shared, expiresAt: instant('2026-05-08') });

  beforeAll(async () => {
    server = await startTestDatabase();
    links = createReportLinks(server.database, tenant, secret, clock);
  });
  afterAll(() => server?.stop());

  it('opens until it expires, and every opening is on record', async () => {
    const { link, token } = await create();
    expect(await links.open(token, nobody)).toMatchObject({ customerId: 'c-1', audience: 'partner' });
    now = instant('2026-05-08');
    await expect(links.open(token, nobody)).rejects.toMatchObject({ code: 'LINK_CLOSED' });
    now = instant('2026-05-01');
    expect((await links.openings(link.linkId)).map(({ outcome }) => outcome)).toEqual(['shown', 'expired']);
  });

  it('shows nothing once revoked, or once the customer was erased', async () => {
    const { link, token } = await create();
    await expect(links.open(token, async () => true)).rejects.toMatchObject({ code: 'LINK_CLOSED' });
    expect((await links.revoke(link.linkId, 'li')).revokedAt).not.toBeNull();
    await links.revoke(link.linkId, 'wang');
    await expect(links.open(token, nobody)).rejects.toMatchObject({ code: 'LINK_CLOSED' });
    expect((await links.openings(link.linkId)).map(({ outcome }) => outcome)).toEqual(['erased', 'revoked']);
  });

  it('cannot be guessed, altered, or made with another secret or for another tenant', async () => {
    const { link, token } = await create();
    const [id = '', signature = ''] = token.split('.');
    const flipped = `${id}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const { token: other } = await create();
    const swapped = `${id}.${other.split('.')[1]}`;
    for (const bad of ['', link.linkId, flipped, swapped, `${token}x`, `${token}\n`])
      await expect(links.open(bad, nobody)).rejects.toMatchObject({ code: 'LINK_INVALID' });
    const elsewhere = createReportLinks(server.database, 'other' as Tenant, secret, clock);
    await expect(elsewhere.open(token, nobody)).rejects.toMatchObject({ code: 'LINK_INVALID' });
    await expect(elsewhere.revoke(link.linkId, 'li')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('must expire in the future, within 90 days', async () => {
    for (const expiresAt of ['2026-05-01', '2026-08-01'])
      await expect(links.create({ ...shared, expiresAt: instant(expiresAt) })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
  });

  it('numbers simultaneous openings without a gap', async () => {
    const { link, token } = await create();
    await Promise.all(Array.from({ length: 6 }, () => links.open(token, nobody)));
    expect(await links.openings(link.linkId)).toHaveLength(6);
  });
});
