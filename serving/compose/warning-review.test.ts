import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Clock, type Instant, type Tenant } from '../../base/index.ts';
import { industrySubject, loadWarningHandling, raiseWarning } from '../../rating/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { createSignals } from '../../records/signals/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { rating } from '../../test/support/change-feed.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { reviewText } from '../../cli/commands/warnings-text.ts';
import type { AskedOutcome, OutcomeLookup } from '../overrides/desk.ts';
import { reviewOfPeriod } from './warning-review.ts';

const tenant = 'acme' as Tenant;
const handling = loadWarningHandling(null);
const period = { from: instant('2026-06-01'), until: instant('2026-07-01') };
let server: TestDatabase;
let now = '2026-06-01T12:00:00.000Z';
const clock: Clock = { now: () => instant(now) };

beforeAll(async () => {
  server = await startTestDatabase();
  const warnings = createWarnings(server.database, tenant);
  const raise = (customerId: string, at: string, code = 'PD_HIGH') => {
    const sighting = { ratingId: '1-aa', level: 'warning', exposure: null, pd: 0.09, grade: 'C1', at } as const;
    const request = { warningId: `${code} ${customerId} ${at}`, customerId, segment: null, code, sighting };
    return warnings.raise(raiseWarning(request, handling, at));
  };
  await raise('before', '2026-05-31T23:59:59.999Z');
  await raise('bad', '2026-06-01T00:00:00.000Z');
  await raise('good', '2026-06-10T00:00:00.000Z');
  await raise('open', '2026-06-20T00:00:00.000Z');
  await raise('after', '2026-07-01T00:00:00.000Z');
  // From before, and closed before the first rating; from before, and closed behind it.
  for (const [customerId, closedAt] of [
    ['over', '2026-06-04T00:00:00.000Z'],
    ['late', '2026-06-08T00:00:00.000Z'],
  ] as const) {
    const { warning } = await raise(customerId, '2026-05-30T00:00:00.000Z');
    const close = {
      kind: 'close',
      actor: 'li',
      roles: ['credit-officer'],
      outcome: 'paid',
      reason: 'settled',
    } as const;
    await warnings.save({ ...warning, state: 'closed', closedAt, outcome: 'paid' }, 1, close, closedAt);
  }
  await ring(['bad', 'ring-2', 'ring-3']);
  await raise(industrySubject('steel'), '2026-06-15T00:00:00.000Z', 'INDUSTRY_WORSENING');
  const appender = createAppender(server.database, tenant, { clock });
  for (const [at, customerId] of [
    ['2026-05-20T00:00:00.000Z', 'too-early'],
    ['2026-06-02T00:00:00.000Z', 'fine'],
    ['2026-06-03T00:00:00.000Z', 'fell'],
    // Rated again: the first rating counts.
    ['2026-06-09T00:00:00.000Z', 'fell'],
    ['2026-06-04T00:00:00.000Z', 'good'],
    ['2026-06-05T00:00:00.000Z', 'unknown'],
    ['2026-06-05T00:00:00.000Z', 'before'],
    ['2026-06-05T00:00:00.000Z', 'over'],
    ['2026-06-05T00:00:00.000Z', 'late'],
    ['2026-06-05T00:00:00.000Z', 'ring-2'],
    ['2026-06-05T00:00:00.000Z', 'ring-3'],
    ['2026-06-06T00:00:00.000Z', null],
  ] as const) {
    now = at;
    await appender.append(rating({ customerId, asOf: at }));
  }
});
afterAll(() => server?.stop());

/** A ring whose warning goes by the first, raised in the period. */
async function ring(ids: readonly string[]): Promise<void> {
  const at = '2026-06-18T00:00:00.000Z';
  const signals = createSignals(server.database, tenant);
  const [subject = ''] = ids;
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
  const circle = { kind: 'identity', subject } as const;
  const sighting = { level: 'critical', exposure: 100, pd: null, grade: null, at } as const;
  const body = { ...sighting, look: 'l', segment: null, evidence, circle };
  // The last is only counted in.
  const seen = ids.slice(0, -1).map((customerId) => ({ customerId, code: 'IDENTITY_SHARED', body }));
  const members = ids.map((memberId) => ({ subject, kind: 'identity', memberId, exposure: 1 }) as const);
  await signals.keep({ asOf: at, looked: ids, seen, members: members.slice(1) });
  const [trigger] = await signals.untold('new', 1);
  const raisedBy = { ...sighting, ratingId: 'l.0', signals: { ...evidence, circle: 'identity' } } as const;
  const raised = { warningId: trigger!.warningId, customerId: subject, segment: null, code: 'IDENTITY_SHARED' };
  await createWarnings(server.database, tenant).raise(raiseWarning({ ...raised, sighting: raisedBy }, handling, at));
}

/** Outcomes as a warehouse would tell them, of whoever is asked about. */
function told() {
  const asked: AskedOutcome[] = [];
  const bads: Readonly<Record<string, Instant>> = { bad: instant('2026-09-09'), fell: instant('2026-08-01') };
  const outcomes: OutcomeLookup = async (all) => {
    asked.push(...all);
    return {
      cutoff: instant('2027-06-15'),
      badOf: ({ customerId }) => (customerId in bads ? true : ['good', 'fine'].includes(customerId) ? false : null),
      badAt: ({ customerId }) => bads[customerId] ?? null,
    };
  };
  return { asked, outcomes };
}

describe('the review of a period', () => {
  it('asks what became of each warning from its day on, and from their first rating on of others of whom none stood then, shared ones included', async () => {
    const { asked, outcomes } = told();
    await reviewOfPeriod(server.database, tenant, period, outcomes);
    expect(asked.map(({ customerId, asOf }) => `${customerId} ${asOf.slice(0, 10)}`).toSorted()).toEqual([
      'bad 2026-06-01',
      'bad 2026-06-18',
      'fell 2026-06-03',
      'fine 2026-06-02',
      'good 2026-06-10',
      'open 2026-06-20',
      'over 2026-06-05',
      'unknown 2026-06-05',
    ]);
  });

  it('tells precision and lead time of what is known, and the base rate of customers without a warning', async () => {
    const answer = await reviewOfPeriod(server.database, tenant, period, told().outcomes);
    expect(answer).toMatchObject({
      period,
      outcomes: { knownUntil: instant('2027-06-15') },
      unwarned: 2,
      baseRate: 0.5,
    });
    const rule = answer.rules.find(({ code }) => code === 'PD_HIGH');
    expect(rule).toMatchObject({ raised: 3, known: 2, precision: { value: 0.5 }, verdict: 'too-few' });
    expect(rule?.leadDays).toMatchObject({ median: 100, low: null });
    expect(reviewText(answer)).toContain('Of 2 customers without a warning 50.0 % defaulted');
    expect(reviewText(answer)).toContain('100 days (too few)');
  });

  it('gives a warning about an industry no fate: an industry does not default', async () => {
    const { rules, neverHelp } = await reviewOfPeriod(server.database, tenant, period, told().outcomes);
    expect(rules.find(({ code }) => code === 'INDUSTRY_WORSENING')).toMatchObject({
      raised: 1,
      known: 0,
      precision: null,
      verdict: 'too-few',
    });
    expect(neverHelp).toEqual([]);
  });

  it('has no base rate where nothing is known of anybody without a warning', async () => {
    const answer = await reviewOfPeriod(server.database, 'globex' as Tenant, period, told().outcomes);
    expect(answer).toMatchObject({ rules: [], unwarned: 0, baseRate: null });
  });

  it('counts warnings where outcomes are not known, says why, and concludes nothing', async () => {
    const answer = await reviewOfPeriod(server.database, tenant, period, null);
    expect(answer).toMatchObject({
      outcomes: { knownUntil: null, why: 'Outcomes were not looked up.' },
      baseRate: null,
    });
    expect(answer.rules.map(({ code, raised, known, verdict }) => [code, raised, known, verdict])).toEqual([
      ['IDENTITY_SHARED', 1, 0, 'too-few'],
      ['INDUSTRY_WORSENING', 1, 0, 'too-few'],
      ['PD_HIGH', 3, 0, 'too-few'],
    ]);
  });
});
