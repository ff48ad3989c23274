import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { inHandsOf, loadWarningHandling, raiseWarning, responsibleOf } from '../../rating/index.ts';
import { createFacts, type Facts } from '../../records/facts/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { staffLookup } from './responsible-staff.ts';

const tenant = 'acme' as Tenant;
const at = instant('2026-05-01T00:00:00Z');
let database: TestDatabase;
let facts: Facts;
let folder: string;
beforeAll(async () => {
  database = await startTestDatabase();
  facts = createFacts(database.database, tenant);
  folder = await mkdtemp(join(tmpdir(), 'probity-staff-'));
});
afterAll(async () => {
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});
const assign = (partyId: string, role: string, staffId: string) =>
  facts.append([
    {
      table: 'staff_assignments',
      values: { party_id: partyId, role, staff_id: staffId },
      happenedAt: at,
      source: 'hr',
      idempotencyKey: null,
    },
  ]);

describe('responsible staff', () => {
  it('are the newest of each role that stands: credit before collection before sales, and a deputy who is somebody else', () => {
    const of = (...all: [string, string, boolean?][]) =>
      responsibleOf(all.map(([role, staffId, ended = false]) => ({ role, staffId, ended })));
    expect(of()).toBeNull();
    expect(of(['deputy', 'zhao'])).toBeNull();
    expect(of(['sales', 'a'], ['credit', 'b'], ['deputy', 'c'])).toEqual({ owner: 'b', deputy: 'c' });
    expect(of(['credit', 'b', true], ['credit', 'd'], ['deputy', 'd'])).toEqual({ owner: 'd', deputy: null });
    expect(of(['sales', 'a'], ['credit', 'b', true])).toEqual({ owner: 'a', deputy: null });
  });

  it('come from the facts acknowledged since the snapshot, and nobody is known where it cannot be read', async () => {
    await assign('c-1', 'credit', 'li');
    await assign('c-1', 'deputy', 'zhao');
    await assign('c-1', 'credit', 'wang');
    await assign('c-2', 'sales', 'chen');
    const parts = { tenant, facts, logger: pino({ level: 'silent' }), storage: { materialise: async () => folder } };
    const lookup = staffLookup({ ...parts, snapshots: { newest: async () => null } });
    expect(await lookup.of('c-1')).toEqual({ owner: 'wang', deputy: 'zhao' });
    expect(await lookup.of('c-2')).toEqual({ owner: 'chen', deputy: null });
    expect(await lookup.of('c-3')).toBeNull();
    await lookup.close();
    const broken = staffLookup({
      ...parts,
      snapshots: { newest: async () => ({ snapshotId: 's', ref: 'r' }) as never },
    });
    expect(await broken.of('c-1')).toBeNull();
    await broken.close();
  });

  it('have a new warning in their hands; without any, who looks after the segment has it', () => {
    const handling = { ...loadWarningHandling(null), staff: [{ segment: null, owner: 'desk', deputy: null }] };
    const sighting = { ratingId: '1-aa', level: 'watch', exposure: null, pd: 0.1, grade: 'C1', at } as const;
    const raised = raiseWarning({ warningId: 'w', customerId: 'c', segment: null, code: 'X', sighting }, handling, at);
    expect(inHandsOf(raised, { owner: 'li', deputy: 'zhao' })).toMatchObject({ owner: 'li', deputy: 'zhao' });
    expect(inHandsOf(raised, null).owner).toBe('desk');
  });
});
