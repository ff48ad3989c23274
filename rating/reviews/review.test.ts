import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  applyReviewEvent,
  changedDecision,
  changedFeatures,
  defaultAuthority,
  defaultStandards,
  dueReview,
  loadReviewPolicy,
  nextReviewAt,
  openReview,
  reviewTimePassed,
  reviewWakesAt,
  parseReviewPolicy,
  REVIEW_CONCLUSIONS,
  type BetweenReviews,
  type CustomerReview,
  type ReviewedRating,
  type ReviewEvent,
} from '../index.ts';

const authority = defaultAuthority();
const policy = loadReviewPolicy(null);
const { masterScale } = defaultStandards();
const day = (text: string): string => `${text}T00:00:00.000Z`;
const rating = (more: Partial<ReviewedRating> = {}): ReviewedRating => ({
  ratingId: '1-aa',
  asOf: day('2026-01-31'),
  pd: 0.003,
  score: 600,
  grade: 'A2',
  outcome: 'approve',
  limit: 1000,
  exposure: 500,
  validUntil: day('2027-01-31'),
  ...more,
});
const between = (more: Partial<BetweenReviews> = {}): BetweenReviews => ({
  now: rating(),
  before: rating(),
  lastReviewAt: null,
  hasLapsedDocument: false,
  hasWorseGuarantor: false,
  hasUpheldDispute: false,
  ...more,
});
const due = (at: string, more: Partial<BetweenReviews> = {}) => dueReview(day(at), between(more), policy, masterScale);
const quiet = { ...policy, events: { ...policy.events, disputeUpheld: false } };
const dueWithout = (at: string, more: Partial<BetweenReviews>) => dueReview(day(at), between(more), quiet, masterScale);

describe('the next review', () => {
  it.each([
    ['A2', 500, '2027-01-31'],
    ['B2', 500, '2026-07-31'],
    ['C1', 500, '2026-04-30'],
    ['A2', 100_000, '2026-07-31'],
  ])('of grade %s with %d drawn is due on %s', (grade, exposure, expected) => {
    expect(nextReviewAt(between({ now: rating({ grade, exposure }) }), policy, masterScale)).toBe(day(expected));
  });

  it('counts from the last review, not from ratings in between', () => {
    const now = rating({ asOf: day('2026-06-01') });
    expect(nextReviewAt(between({ now }), policy, masterScale)).toBe(day('2027-01-31'));
    expect(nextReviewAt(between({ now, lastReviewAt: day('2026-05-01') }), policy, masterScale)).toBe(
      day('2027-05-01'),
    );
  });

  it('opens some days before it is due, and stays due once that has passed', () => {
    expect(due('2027-01-16')).toBeNull();
    expect(due('2027-01-17')).toEqual({ because: ['date'], dueAt: day('2027-01-31') });
    expect(due('2027-03-01')).toEqual({ because: ['date'], dueAt: day('2027-03-08') });
  });

  it('is due as asked for, unless a review closed since', () => {
    const asked = { askId: 'a', actor: 'li', reason: 'press', at: day('2026-02-28'), dueAt: null };
    expect(due('2026-03-01', { asked })).toEqual({ because: ['request'], dueAt: day('2026-03-08') });
    const soon = { ...asked, dueAt: day('2026-03-03') };
    expect(due('2026-03-01', { asked: soon })).toEqual({ because: ['request'], dueAt: day('2026-03-03') });
    expect(due('2026-03-01', { asked, lastReviewAt: day('2026-02-28') })).toBeNull();
  });

  it('opens at once by what happened since the last review, and not by what that review saw', () => {
    expect(due('2026-03-01', { now: rating({ grade: 'B1' }) })).toEqual({
      because: ['grade'],
      dueAt: day('2026-03-08'),
    });
    expect(due('2026-03-01', { now: rating({ grade: 'A3' }) })).toBeNull();
    expect(due('2026-03-01', { now: rating({ exposure: 1500 }) })).toMatchObject({ because: ['exposure'] });
    expect(due('2026-03-01', { now: rating({ exposure: 1600 }), before: rating({ exposure: 1500 }) })).toBeNull();
    expect(due('2026-03-01', { hasLapsedDocument: true })).toMatchObject({ because: ['event'] });
    expect(due('2026-03-01', { hasWorseGuarantor: true })).toMatchObject({ because: ['event'] });
    expect(due('2026-03-01', { hasUpheldDispute: true })).toMatchObject({ because: ['event'] });
    expect(dueWithout('2026-03-01', { hasUpheldDispute: true })).toBeNull();
  });
});

const opened = (exposure: number): CustomerReview =>
  openReview(
    {
      reviewId: 'review-1-aa',
      customerId: 'c-1',
      because: ['date'],
      findings: { now: rating({ exposure }), before: null, changes: [], lapsedDocuments: [] },
      dueAt: day('2026-02-14'),
    },
    authority,
    day('2026-02-01'),
  );
const officer = { actor: 'li', roles: ['credit-officer'] } as const;
const manager = { actor: 'wang', roles: ['credit-manager'] } as const;
const signOff = (by: typeof officer | typeof manager, conclusion: 'keep' | 'lower') =>
  ({ kind: 'sign-off', conclusion, reason: 'accounts seen', ...by }) as const;
const apply = (before: CustomerReview, event: ReviewEvent): CustomerReview =>
  applyReviewEvent(day('2026-02-02'), before, event, authority);

describe('a review', () => {
  it('is signed off by a role whose authority covers its exposure, with a reason', () => {
    expect(apply(opened(500), signOff(officer, 'keep'))).toMatchObject({ state: 'signed-off', conclusion: 'keep' });
    expect(() => apply(opened(60_000), signOff(officer, 'keep'))).toThrow(/cannot be done/);
    expect(() => apply(opened(500), { ...signOff(officer, 'keep'), reason: ' ' })).toThrow(/cannot be done/);
    expect(() => apply(apply(opened(500), signOff(officer, 'keep')), { kind: 'claim', ...officer })).toThrow(/already/);
  });

  it('needs two people who agree from the threshold on; a disagreement sends it on', () => {
    const first = apply(opened(100_000), signOff(manager, 'keep'));
    expect(first).toMatchObject({ state: 'second', conclusion: null });
    expect(() => apply(first, signOff(manager, 'keep'))).toThrow(/cannot be done/);
    const zhao = { actor: 'zhao', roles: ['credit-manager'] } as const;
    expect(apply(first, { ...signOff(manager, 'keep'), ...zhao })).toMatchObject({ state: 'signed-off' });
    expect(apply(first, { ...signOff(manager, 'lower'), ...zhao })).toMatchObject({ state: 'open', escalations: 1 });
    // An end is one, also where one of its two events is of before limits were signed off.
    const ends = (by: typeof manager | typeof zhao, limit?: null): ReviewEvent => ({
      kind: 'sign-off',
      conclusion: 'end',
      reason: 'late',
      ...by,
      ...(limit === undefined ? {} : { limit }),
    });
    for (const [one, other] of [
      [undefined, null],
      [null, undefined],
      [null, null],
    ] as const)
      expect(apply(apply(opened(100_000), ends(manager, one)), ends(zhao, other))).toMatchObject({
        state: 'signed-off',
        conclusion: 'end',
        limit: 0,
      });
    expect(apply(apply(opened(100_000), ends(manager)), ends(zhao))).not.toHaveProperty('limit');
  });

  it('is reminded of before it is due, each time once, and then handed on when it is late', () => {
    const { reviewId, customerId, because, findings, dueAt } = opened(500);
    const parts = { reviewId, customerId, because, findings, dueAt };
    let review = openReview(parts, authority, day('2026-02-10'), [7, 2, 1, 1]);
    expect(review.reminders).toEqual([day('2026-02-12'), day('2026-02-13')]);
    for (const at of ['2026-02-12', '2026-02-13']) {
      expect(reviewWakesAt(review)).toBe(day(at));
      expect(reviewTimePassed(review)).toEqual({ kind: 'reminder', dueAt });
      review = applyReviewEvent(day(at), review, reviewTimePassed(review), authority);
      expect(review).toMatchObject({ escalations: 0, deadline: dueAt });
    }
    expect([reviewWakesAt(review), reviewTimePassed(review)]).toEqual([dueAt, { kind: 'deadline-passed' }]);
    // Of before there were reminders.
    expect(reviewTimePassed(opened(500))).toEqual({ kind: 'deadline-passed' });
  });

  it('is given to another person by who may act on it, with a reason', () => {
    const given = { kind: 'reassign', assignee: ' zhao ', reason: 'on leave', ...officer } as const;
    expect(apply(opened(500), given)).toMatchObject({ assignee: 'zhao', state: 'open' });
    expect(() => apply(opened(60_000), given)).toThrow(/cannot be done/);
    for (const wrong of [{ assignee: ' ' }, { reason: '' }])
      expect(() => apply(opened(500), { ...given, ...wrong })).toThrow(/cannot be done/);
  });

  it('says to what a limit is lowered, and two people agree on that too', () => {
    const small = opened(100);
    const zhao = { actor: 'zhao' };
    const sign = (review: CustomerReview, event: object, by: object = officer) =>
      apply(review, { kind: 'sign-off', reason: 'seen', ...by, ...event } as ReviewEvent);
    const at = (event: object) => {
      try {
        sign(small, event);
      } catch (error) {
        return (error as { problems: readonly { at: string }[] }).problems.map((problem) => problem.at);
      }
      return [];
    };
    expect(at({ conclusion: 'lower', limit: null })).toEqual(['limit']);
    expect(at({ conclusion: 'lower', limit: 0 })).toEqual([]);
    expect(at({ conclusion: 'lower', limit: -1 })).toEqual(['limit']);
    expect(at({ conclusion: 'keep', limit: 5 })).toEqual(['limit']);
    expect(sign(small, { conclusion: 'lower', limit: 40 })).toMatchObject({ limit: 40, signOffs: [{ limit: 40 }] });
    expect(sign(small, { conclusion: 'end', limit: null })).toMatchObject({ limit: 0 });
    expect(sign(small, { conclusion: 'keep', limit: null })).toMatchObject({ limit: null });
    // Reviews of before hold none, and their events put none there.
    expect(sign(small, { conclusion: 'lower' })).not.toHaveProperty('limit');
    const first = sign(opened(200_000), { conclusion: 'lower', limit: 40 }, manager);
    expect(first.state).toBe('second');
    expect(sign(first, { conclusion: 'lower', limit: 50 }, { ...manager, ...zhao })).toMatchObject({ state: 'open' });
    for (const limit of [40, null])
      expect(sign(first, { conclusion: 'lower', limit }, { ...manager, ...zhao })).toMatchObject({
        state: 'signed-off',
        limit: 40,
      });
  });

  it('is signed off within the authority over the limit that is named, whatever is owed still', () => {
    const small = opened(100);
    const lower = (limit: number) => ({ kind: 'sign-off', conclusion: 'lower', limit, reason: 'seen' }) as const;
    expect(() => apply(small, { ...lower(60_000), ...officer })).toThrow(/cannot be done/);
    expect(apply(small, { ...lower(60_000), ...manager }).state).toBe('signed-off');
    const first = apply(small, { ...lower(200_000), ...manager });
    expect(first.state).toBe('second');
    expect(apply(first, { ...lower(40), ...manager, actor: 'zhao' }).state).toBe('open');
    expect(apply(first, { ...lower(200_000), ...manager, actor: 'zhao' })).toMatchObject({ limit: 200_000 });
  });

  it('keeps no limit while documents are awaited', () => {
    const asked = apply(opened(500), { kind: 'ask-documents', documents: ['accounts'], ...officer });
    expect(() => apply(asked, signOff(officer, 'keep'))).toThrow(/cannot be done/);
    expect(apply(asked, signOff(officer, 'lower')).state).toBe('signed-off');
    const there = apply(asked, {
      kind: 'documents-arrived',
      documents: ['accounts'],
      actor: 'crm',
      roles: ['applicant-system'],
    });
    expect(apply(there, signOff(officer, 'keep')).state).toBe('signed-off');
  });

  it('that is late goes to the next level, which has some time of its own', () => {
    expect(opened(500)).toMatchObject({ queue: 'officer', deadline: day('2026-02-14') });
    expect(apply(opened(500), { kind: 'deadline-passed' })).toMatchObject({
      queue: 'manager',
      escalations: 1,
      deadline: day('2026-02-03'),
      dueAt: day('2026-02-14'),
    });
  });

  const anyone = fc.constantFrom(officer, manager, { actor: 'zhao', roles: ['credit-manager'] } as const);
  const event: fc.Arbitrary<ReviewEvent> = fc.oneof(
    fc.constant({ kind: 'deadline-passed' } as const),
    anyone.map((who) => ({ kind: 'claim', ...who }) as const),
    fc
      .tuple(fc.constantFrom('ask-documents', 'documents-arrived'), fc.constantFrom('a', 'b'), anyone)
      .map(([kind, name, who]) => ({ kind, documents: [name], ...who })),
    fc
      .tuple(anyone, fc.constantFrom(...REVIEW_CONCLUSIONS))
      .map(([who, conclusion]) => ({ kind: 'sign-off', conclusion, reason: 'seen', ...who }) as const),
  );

  property.prop([fc.array(event, { maxLength: 30 })])(
    'of a large exposure is only ever signed off by two people who agree',
    (events) => {
      let review = opened(200_000);
      for (const each of events) {
        try {
          review = apply(review, each);
        } catch {
          // Refused: nothing changed.
        }
      }
      if (review.state !== 'signed-off') return;
      const [first, second] = review.signOffs.slice(-2);
      expect(first!.actor).not.toBe(second!.actor);
      expect(first!.conclusion).toBe(second!.conclusion);
      expect(review.conclusion).toBe(second!.conclusion);
    },
  );
});

describe('what changed', () => {
  const values = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
  );
  property.prop([values, values])('is every feature whose value differs, and no other', (before, after) => {
    const changes = changedFeatures(before, after);
    for (const name of ['a', 'b', 'c', 'd'])
      expect(changes.some((each) => each.name === name)).toBe((before[name] ?? null) !== (after[name] ?? null));
    expect(changedFeatures(after, after)).toEqual([]);
  });
});

it('a review policy is refused with every problem', () => {
  expect(() => parseReviewPolicy({ ...policy, leadDays: -1, months: { high: 0 } })).toThrow(
    expect.objectContaining({ code: 'INVALID_SPEC' }),
  );
});

describe('what changed of a decision', () => {
  const terms = { days: 30, prepayment: 0, guaranteeNeeded: false };
  const codes = fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D', 'E'));

  property.prop([codes, codes])(
    'is each cause that is new and each that is gone, and nothing where it is the same',
    (was, is) => {
      const { causes, terms: changed } = changedDecision({ causes: was, terms }, { causes: is, terms });
      const standing = was.filter((code) => !causes.gone.includes(code));
      expect([...standing, ...causes.added].sort()).toEqual([...is].sort());
      expect(causes.added.filter((code) => was.some((one) => one === code))).toEqual([]);
      expect(changed).toBeNull();
    },
  );

  it.each([{ days: 14 }, { prepayment: 0.3 }, { guaranteeNeeded: true }])('is its terms where %o', (other) => {
    const after = { ...terms, ...other };
    expect(changedDecision({ causes: [], terms }, { causes: [], terms: after }).terms).toEqual({
      before: terms,
      after,
    });
  });
});
