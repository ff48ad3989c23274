import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { loadWarningHandling, raiseWarning, type CustomerReview, type EarlyWarning } from '../index.ts';
import { controlPolicySchema, controlReport, loadControlPolicy, type ControlFacts, type OverrideBy } from './index.ts';

const handling = loadWarningHandling(null);
const [from, until, asOf] = ['2026-01-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z'];
const label = { en: 'North', 'zh-CN': '北区' };
const policy = controlPolicySchema.parse({
  ...loadControlPolicy(null),
  teams: [
    { code: 'north', label, members: ['li', 'zhao'], queues: ['north-desk'] },
    { code: 'south', label, members: ['wang'] },
  ],
});
const review = (customerId: string, of: Partial<CustomerReview>): CustomerReview =>
  ({
    customerId,
    dueAt: '2026-02-01T00:00:00.000Z',
    state: 'signed-off',
    queue: '',
    assignee: null,
    signOffs: [],
    closedAt: '2026-01-20T00:00:00.000Z',
    ...of,
  }) as unknown as CustomerReview;
const warning = (customerId: string, of: Partial<EarlyWarning>): EarlyWarning => {
  const sighting = { ratingId: '1-aa', level: 'watch', exposure: null, pd: 0.1, grade: 'C1', at: from } as const;
  const raised = raiseWarning(
    { warningId: customerId, customerId, segment: null, code: 'X', sighting },
    handling,
    from,
  );
  return { ...raised, state: 'closed', outcome: 'paid', acknowledgedAt: from, closedAt: from, ...of };
};
const override = (customer: string, by: string, bad: boolean | null): OverrideBy => ({
  by,
  customer,
  from: 'decline',
  to: 'approve',
  reasonCode: 'X',
  pd: 0.1,
  amount: 100,
  lgd: 0.45,
  ead: 100,
  bad,
});
const facts = (of: Partial<ControlFacts>): ControlFacts => ({
  from,
  until,
  asOf,
  reviews: [],
  warnings: [],
  overrides: [],
  own: [],
  outcomes: { knownUntil: asOf, why: null },
  ...of,
});
const many = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));

describe('the control report', () => {
  it('gives each review to the team of who has it, else of its queue, else to the rest', () => {
    const { teams } = controlReport(
      facts({
        reviews: [
          review('a', { assignee: 'li', closedAt: '2026-02-02T00:00:00.000Z' }),
          review('b', { queue: 'north-desk' }),
          review('c', { queue: 'north-desk', assignee: 'wang', closedAt: null, state: 'open' }),
          review('d', { queue: 'other' }),
          review('e', { assignee: 'li', state: 'cancelled', closedAt: null }),
          review('f', { assignee: 'li', dueAt: '2026-07-01T00:00:00.000Z', closedAt: null }),
        ],
      }),
      policy,
    );
    expect(teams.map(({ team, reviewsOverdue: { count, of } }) => [team, count, of])).toEqual([
      ['north', 1, 2],
      ['south', 1, 1],
      ['rest', 0, 1],
    ]);
  });

  it('counts a warning once it is closed or late, and none that ceased before anybody acted', () => {
    const { teams } = controlReport(
      facts({
        warnings: [
          warning('a', { owner: 'li' }),
          warning('b', { owner: 'li', escalations: 1, state: 'open', closedAt: null, outcome: null }),
          warning('c', { owner: 'li', state: 'open', closedAt: null, outcome: null }),
          warning('d', { owner: 'li', outcome: 'ceased', acknowledgedAt: null }),
        ],
      }),
      policy,
    );
    expect(teams[0]!.warningsInTime).toMatchObject({ count: 1, of: 2, verdict: 'too-few' });
  });

  it('concludes only where the whole interval lies on one side, and nothing below the smallest sample', () => {
    const late = (share: number, n: number) =>
      controlReport(
        facts({
          reviews: many(n, (i) => review(`c-${i}`, { assignee: 'li', ...(i < share * n ? { closedAt: null } : {}) })),
        }),
        policy,
      ).teams[0]!.reviewsOverdue;
    expect(late(0.5, 29).verdict).toBe('too-few');
    expect(late(0.5, 30).verdict).toBe('missed');
    expect(late(0, 100).verdict).toBe('met');
    expect(late(0.06, 100).verdict).toBe('not-shown');
    // Hundreds of reviews of few customers are few.
    const few = controlReport(
      facts({ reviews: many(300, (i) => review(`c-${i % 10}`, { assignee: 'li', closedAt: null })) }),
      policy,
    );
    expect(few.teams[0]!.reviewsOverdue.verdict).toBe('too-few');
  });

  it('holds overrides against what the model expected, by who proposed them', () => {
    const overrides = many(60, (i) => override(`c-${i}`, i < 40 ? 'li' : 'wang', i % 2 === 0));
    const own = many(200, (i) => ({ customer: `o-${i}`, bad: i % 50 === 0 }));
    const { teams } = controlReport(facts({ overrides, own }), policy);
    expect(teams[0]!.overrides).toMatchObject({ count: 40, lent: { known: 40, defaultRate: { value: 0.5 } } });
    expect(teams[0]!.overrides.lent.expectedRate).toBeCloseTo(0.1, 12);
    expect(teams[0]!.overrides.lent.verdict).toBe('worse-than-model');
    expect(teams[1]!.overrides.lent.verdict).toBe('too-few');
  });

  property.prop([
    fc.array(fc.tuple(fc.constantFrom('li', 'zhao', 'wang', 'ma', null), fc.boolean()), { maxLength: 60 }),
  ])('loses nobody: the teams together are all of them', (all) => {
    const reviews = all.map(([assignee, isLate], i) =>
      review(`c-${i}`, { assignee, ...(isLate ? { closedAt: null } : {}) }),
    );
    const { teams } = controlReport(facts({ reviews }), policy);
    const sum = (of: 'count' | 'of') => teams.reduce((total, { reviewsOverdue }) => total + reviewsOverdue[of], 0);
    expect([sum('of'), sum('count')]).toEqual([all.length, all.filter(([, isLate]) => isLate).length]);
  });

  it('has no team twice, nobody in two of them, and none called the rest', () => {
    const [north] = policy.teams;
    expect(() => controlPolicySchema.parse({ ...policy, teams: [north, north] })).toThrow();
    expect(() => controlPolicySchema.parse({ ...policy, teams: [north, { ...north, code: 'x' }] })).toThrow(
      /earlier team/,
    );
    expect(() => controlPolicySchema.parse({ ...policy, teams: [{ ...north, code: 'rest' }] })).toThrow();
  });
});
