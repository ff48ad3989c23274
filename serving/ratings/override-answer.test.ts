import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canonicalJson, instant, type Json, type Tenant } from '../../base/index.ts';
import { conditionTexts, loadOverrideLaw, type Decision, type Override } from '../../rating/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import { createVault, openMasterKeys, withFreeTexts } from '../../records/privacy/index.ts';
import { createRatings, pseudonymsUnder } from '../../records/ratings/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { composeOverrides } from '../compose/overrides.ts';
import { overrideInRating, overrideOf } from './override-answer.ts';

const tenant = 'carried' as Tenant;
const now = instant('2026-05-02');
const currency = { code: 'CNY', minorDigits: 2 };

let server: TestDatabase;
let folder: string;
beforeAll(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'probity-carried-'));
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('a verdict that a later rating carries is told as people wrote it, and never again once its customer is erased', async () => {
  const pseudonyms = pseudonymsUnder(new Uint8Array(32));
  const vault = createVault(server.database, tenant, await openMasterKeys(join(folder, 'keys.json')), pseudonyms);
  const database = withFreeTexts(server.database, vault);
  const appender = createAppender(database, tenant);
  const ratings = createRatings(database, tenant, appender, pseudonyms);
  const evidence = canonicalJson({
    format: 'probity.evidence/1',
    engine: 'probity.decision/1',
    parts: {},
    inputs: { request: { customerId: 'c-1' } },
    answer: {},
  });
  const { ratingId } = await ratings.record({ customerId: 'c-1', evidence });
  const verdict: Override = {
    ratingId,
    from: 'refer',
    to: 'condition',
    amountMinor: 500_000,
    exposure: 5_000,
    reasonCode: 'CASE_VERDICT',
    reason: { en: 'Verdict', 'zh-CN': '审批' },
    note: 'Spoke with Mrs Zhao.',
    requestedBy: 'key:shop',
    proposedBy: 'li',
    proposedAt: '2026-05-01T00:00:00.000Z',
    expiresAt: '2026-08-01T00:00:00.000Z',
    level: 0,
    state: 'stands',
    opinions: [{ actor: 'li', agrees: true, reason: null, at: '2026-05-01T00:00:00.000Z' }],
    stoodFrom: '2026-05-01T00:00:00.000Z',
    closedAt: null,
    under: { policy: 'p', authority: 'a' },
    verdict: {
      caseId: ratingId,
      causes: ['DOCUMENTS'],
      limitMinor: 500_000,
      terms: null,
      conditions: [
        {
          code: 'SETTLE_OVERDUE',
          text: { en: 'What is overdue is paid first.', 'zh-CN': '先结清逾期款。' },
          note: 'Invoice 4471.',
        },
      ],
      reasons: [],
    },
  };
  await createOverrides(database, tenant, appender).putVerdict(verdict);
  const { rows } = await sql<{ text: string }>`select convert_from(body, 'UTF8') as text from record_bodies
    where tenant = ${tenant}`.execute(server.database.db);
  expect(JSON.stringify(rows)).toMatch(/sealed:1:/);
  expect(JSON.stringify(rows)).not.toMatch(/4471|Zhao/);

  const { desk } = composeOverrides({
    tenant,
    database,
    appender,
    pseudonyms,
    law: loadOverrideLaw(null),
    clock: { now: () => now },
    outcomes: null,
    logger: pino({ level: 'silent' }),
  });
  const decision = {
    outcome: 'refer',
    causes: [{ code: 'DOCUMENTS', outcome: 'refer' }],
    currency,
    request: { amountMinor: 500_000 },
    limit: { existingMinor: 0, totalMinor: 900_000, availableMinor: 900_000, grantedMinor: null },
    validUntil: '2026-08-01T00:00:00.000Z',
  } as unknown as Decision;
  const asked = { decision, inputs: { asOf: now, request: { customerId: 'c-1' } as Json } } as never;
  const seen = await overrideOf(desk, asked, null, now, 'none-yet');
  expect(seen).toMatchObject({ carried: true, inForce: true, override: { note: 'Spoke with Mrs Zhao.' } });
  expect(conditionTexts(seen!.override, 'en')).toEqual(['What is overdue is paid first. Invoice 4471.']);
  expect(JSON.stringify(overrideInRating(seen!, decision, 'en'))).not.toContain('sealed:');
  // What is kept in memory opens no more once the key is gone, even before the erasure is seen in the chain.
  await vault.erase('c-1', { actor: 'dpo', ground: 'request' });
  const later = await overrideOf(desk, asked, null, now, 'none-yet');
  expect(later === null ? [] : conditionTexts(later.override, 'en')).toEqual([
    'What is overdue is paid first. (erased)',
  ]);
});
