import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tenant } from '../../base/index.ts';
import { loadWarningHandling, openWarningsOf, raiseWarning, type Sighting } from '../../rating/index.ts';
import { createSignals, type SeenTrigger } from '../../records/signals/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { standingWarnings, warnedAboveWatch } from './standing-warnings.ts';

const tenant = 'acme' as Tenant;
const at = '2026-02-01T00:00:00.000Z';
const evidence = {
  asOf: at,
  snapshotId: 's',
  rules: 'r',
  rows: [],
  values: {},
  facts: [],
  others: null,
  proposal: null,
};
const ring = Array.from({ length: 10 }, (_, i) => `ring-${i}`);

describe('the warnings that stand', () => {
  let server: TestDatabase;
  beforeAll(async () => {
    server = await startTestDatabase();
    const signals = createSignals(server.database, tenant);
    const seen = ring.map((customerId): SeenTrigger => ({
      customerId,
      code: 'IDENTITY_SHARED',
      body: {
        look: 'l',
        at,
        level: 'critical',
        segment: null,
        exposure: 100,
        pd: null,
        grade: null,
        evidence,
        circle: { kind: 'identity', subject: customerId },
      },
    }));
    const members = ring.flatMap((subject) =>
      ring
        .filter((id) => id !== subject)
        .map((memberId) => ({ subject, kind: 'identity' as const, memberId, exposure: 100 })),
    );
    await signals.keep({ asOf: at, looked: ring, seen, members });
    const [{ warningId, body }] = (await signals.untold('new', 1)) as [
      Awaited<ReturnType<typeof signals.untold>>[number],
    ];
    const warnings = createWarnings(server.database, tenant);
    const raise = (id: string, customerId: string, code: string, sighting: Sighting) =>
      warnings.raise(
        raiseWarning({ warningId: id, customerId, segment: null, code, sighting }, loadWarningHandling(null), at),
      );
    const single = { ratingId: '1', exposure: 50, pd: null, grade: null, at };
    const shared = { ...single, ratingId: 'l.0', level: 'critical', exposure: 1000 } as const;
    await raise(warningId, body.circle!.subject, 'IDENTITY_SHARED', {
      ...shared,
      signals: { ...evidence, circle: 'identity' },
    });
    await raise('alone', 'alone', 'PD_HIGH', { ...single, level: 'warning' });
    await raise('again', 'ring-3', 'PD_HIGH', { ...single, exposure: 100, level: 'warning' });
    await raise('low', 'low', 'DATA_STALE', { ...single, level: 'watch' });
  });
  afterAll(() => server?.stop());
  const standing = () =>
    standingWarnings(createWarnings(server.database, tenant), createSignals(server.database, tenant));

  it('count every customer of a ring, and what each owes once, though the ring is one warning', async () => {
    const open = openWarningsOf(await standing(), () => null, at);
    expect(open).toMatchObject({ warnings: 4, customers: 12, exposure: 10 * 100 + 50 + 50 });
    expect(open.byCode).toContainEqual({ name: 'IDENTITY_SHARED', warnings: 1, customers: 10, exposure: 1000 });
    const booked = openWarningsOf(await standing(), (id) => (id === 'ring-7' ? 107 : null), at);
    expect(booked.exposure).toBe(open.exposure + 7);
  });

  it('have every customer of a ring reported on, once, and nobody of whom only a watch stands', async () => {
    expect(warnedAboveWatch(await standing())).toEqual(['alone', ...ring]);
  });
});
