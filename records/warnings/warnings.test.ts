import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { applyWarningEvent, loadWarningHandling, raiseWarning, type WarningEvent } from '../../rating/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createWarnings, type Warnings } from './index.ts';

const handling = loadWarningHandling(null);
const at = '2026-01-01T00:00:00.000Z';
const sighting = { ratingId: '1-aa', level: 'warning', exposure: null, pd: 0.09, grade: 'C1', at } as const;
const raised = (warningId: string, customerId: string, code = 'PD_HIGH') =>
  raiseWarning({ warningId, customerId, segment: null, code, sighting }, handling, at);
const acknowledge = { kind: 'acknowledge', actor: 'li', roles: ['credit-officer'] } as const;
const close = { kind: 'close', actor: 'li', roles: ['credit-officer'], outcome: 'paid', reason: 'settled' } as const;

describe('stored warnings', () => {
  let server: TestDatabase;
  let warnings: Warnings;
  beforeAll(async () => {
    server = await startTestDatabase();
    warnings = createWarnings(server.database, 'acme' as Tenant);
  });
  afterAll(() => server?.stop());

  const act = async (warningId: string, ...events: WarningEvent[]): Promise<void> => {
    for (const event of events) {
      const { warning, revision } = (await warnings.find(warningId))!;
      await warnings.save(applyWarningEvent(at, warning, event, handling), revision + 1, event, at);
    }
  };

  it('are one for each trigger of a customer until it is closed, however many raise it at once', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const all = await Promise.all(ids.map((id) => warnings.raise(raised(id, 'c-1'))));
    expect(new Set(all.map(({ warning }) => warning.warningId)).size).toBe(1);
    const { warningId } = all[0]!.warning;
    expect((await warnings.raise(raised('other', 'c-1', 'PAYMENT_OVERDUE'))).warning.warningId).toBe('other');
    expect((await warnings.raise(raised('c-2-first', 'c-2'))).warning.warningId).toBe('c-2-first');
    await act(warningId, acknowledge, close);
    expect(await warnings.standing('c-1', 'PD_HIGH')).toBeNull();
    expect((await warnings.raise(raised('again', 'c-1'))).warning.warningId).toBe('again');
    // Told once more of the first one, it is still the first one.
    expect((await warnings.raise(raised(warningId, 'c-1'))).warning).toMatchObject({ warningId, state: 'closed' });
  });

  it('keep the latest state and every event, in whatever order the events are stored and repeated', async () => {
    const first = (await warnings.raise(raised('w', 'c-9'))).warning;
    const known = applyWarningEvent(at, first, acknowledge, handling);
    const closed = applyWarningEvent(at, known, close, handling);
    await warnings.save(closed, 2, close, at);
    await warnings.save(known, 1, acknowledge, at);
    await warnings.save(closed, 2, close, at);
    expect(await warnings.find('w')).toEqual({ warning: closed, revision: 2 });
    expect((await warnings.events('w')).map(({ event }) => event.kind)).toEqual(['acknowledge', 'close']);
  });

  it('belong to one tenant, and remember how far the feed was read, never back', async () => {
    const other = createWarnings(server.database, 'globex' as Tenant);
    expect(await other.find('w')).toBeNull();
    expect(await other.page({ limit: 10 })).toEqual([]);
    expect(await warnings.place()).toEqual({ sequence: 0, taken: 0 });
    await warnings.remember({ sequence: 7, taken: 2 });
    await warnings.remember({ sequence: 7, taken: 1 });
    expect(await warnings.place()).toEqual({ sequence: 7, taken: 2 });
    expect(await other.place()).toEqual({ sequence: 0, taken: 0 });
  });

  it('are found by state, level, owner and customer, in the order of their opening', async () => {
    const ids = async (which: Parameters<Warnings['page']>[0]) =>
      (await warnings.page(which)).map(({ warning }) => warning.warningId);
    const all = await ids({ limit: 100 });
    expect(all).toEqual(all.toSorted());
    expect(await ids({ limit: 100, customerId: 'c-2' })).toEqual(['c-2-first']);
    expect(await ids({ limit: 100, state: 'closed', customerId: 'c-9' })).toEqual(['w']);
    expect(await ids({ limit: 100, owner: 'li', state: 'standing' })).toEqual([]);
    expect(await ids({ limit: 100, level: 'critical' })).toEqual([]);
    const after = { openedAt: at, warningId: all[0]! };
    expect(await ids({ limit: 1, after })).toEqual([all[1]]);
    expect((await warnings.opened(instant(at), instant('2026-01-02T00:00:00Z'))).length).toBe(all.length);
    expect(await warnings.opened(instant('2026-01-02T00:00:00Z'), instant('2026-01-03T00:00:00Z'))).toEqual([]);
  });
});
