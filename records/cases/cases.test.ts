import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { applyCaseEvent, defaultAuthority, openCase } from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createCases, type Cases } from './index.ts';

const authority = defaultAuthority();
const at = '2026-01-01T00:00:00.000Z';
const caseOf = (id: string, exposure = 1000) =>
  openCase(
    { caseId: id, ratingId: `r-${id}`, customerId: 'c-1', exposure, causes: [], requestedBy: 'shop' },
    authority,
    at,
  );
const claim = { kind: 'claim', actor: 'li', roles: ['credit-officer'] } as const;
const decide = { kind: 'decide', actor: 'li', roles: ['credit-officer'], verdict: 'decline', reason: 'x' } as const;

describe('stored cases', () => {
  let server: TestDatabase;
  let cases: Cases;
  beforeAll(async () => {
    server = await startTestDatabase();
    cases = createCases(server.database, 'acme' as Tenant);
  });
  afterAll(() => server?.stop());

  it('are one for each rating, however often they are opened', async () => {
    const [first, second] = await Promise.all([
      cases.open(caseOf('a')),
      cases.open({ ...caseOf('b'), ratingId: 'r-a' }),
    ]);
    expect(second.case.caseId).toBe(first.case.caseId);
  });

  it('keep the latest state and every event, in whatever order the events are stored and repeated', async () => {
    const opened = (await cases.open(caseOf('c'))).case;
    const claimed = applyCaseEvent(at, opened, claim, authority);
    const decided = applyCaseEvent(at, claimed, decide, authority);
    await cases.save(decided, 2, decide, at);
    await cases.save(claimed, 1, claim, at);
    await cases.save(decided, 2, decide, at);
    expect(await cases.find('c')).toEqual({ case: decided, revision: 2 });
    expect((await cases.events('c')).map(({ event }) => event.kind)).toEqual(['claim', 'decide']);
  });

  it('are listed by queue while they wait, and by the time of their opening', async () => {
    await cases.open(caseOf('d', 60_000));
    const waiting = await cases.waiting({ queue: 'manager' });
    expect(waiting.map(({ caseId }) => caseId)).toEqual(['d']);
    expect((await cases.waiting()).map(({ caseId }) => caseId)).not.toContain('c');
    expect(await cases.opened(instant('2026-01-01'), instant('2026-01-02'))).toHaveLength(3);
    expect(await cases.opened(instant('2026-01-02'), instant('2026-01-03'))).toEqual([]);
  });

  it('stay on the list of those that no workflow follows until one does', async () => {
    const before = (await cases.unfollowed(10)).map(({ caseId }) => caseId);
    expect(before).toContain('d');
    await cases.followed('d');
    expect((await cases.unfollowed(10)).map(({ caseId }) => caseId)).toEqual(before.filter((id) => id !== 'd'));
  });

  it('of another tenant are not seen', async () => {
    expect(await createCases(server.database, 'other' as Tenant).find('c')).toBeNull();
  });
});
