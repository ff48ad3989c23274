import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultAuthority, loadReviewPolicy, openReview, reviewInForce } from '../rating/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema, ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { overrideStepSchema } from '../serving/openapi/override-paths.ts';
import { reviewStepSchema, reviewWithEventsSchema } from '../serving/openapi/review-paths.ts';
import type { Rerate } from '../serving/ratings/rated-again.ts';
import { byName } from './serving/by-name.ts';
import { now, usualWorld, type World } from './serving/world.ts';

let world: World;
let server: RunningServer;
let rerate: Rerate;

const open = (reviewId: string, customerId: string, exposure: number): void => {
  const rating = {
    ratingId: '1-00112233445566aa',
    asOf: now,
    pd: 0.01,
    score: 500,
    grade: 'B1',
    outcome: 'approve',
    limit: 0,
    exposure,
    validUntil: now,
  };
  const findings = { now: rating, before: null, changes: [{ name: 'x', before: 1, after: null }], lapsedDocuments: [] };
  world.underReview.push(
    openReview({ reviewId, customerId, because: ['date'], findings, dueAt: now }, defaultAuthority(), now),
  );
};

beforeEach(async () => {
  world = usualWorld();
  open('review-1-aa', 'C-001', 100);
  open('review-2-bb', 'C-002', 90_000);
  const deps = { ...world.deps, authenticate: byName };
  server = await startServer(
    { ...deps, reviews: { ...deps.reviews, begin: (rate) => void (rerate = rate) } },
    { port: 0 },
  );
});
afterEach(() => server.close());

async function ask(method: string, path: string, body?: unknown, as = 'li:credit-officer') {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), authorization: `Bearer ${as}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

describe('reviews over the API', () => {
  it('are listed by queue and customer, and read with what changed', async () => {
    const ids = async (query: string) =>
      ((await ask('GET', `/v1/reviews?${query}`)).body as { items: { reviewId: string }[] }).items.map(
        ({ reviewId }) => reviewId,
      );
    expect(await ids('queue=manager')).toEqual(['review-2-bb']);
    expect(await ids('customerId=C-001&state=standing')).toEqual(['review-1-aa']);
    expect(await ids('dueBy=2020-01-01')).toEqual([]);
    const read = reviewWithEventsSchema.parse((await ask('GET', '/v1/reviews/review-1-aa')).body);
    expect(read.findings.changes).toEqual([{ name: 'x', before: 1, after: null }]);
    expect((await ask('GET', '/v1/reviews/review-9')).status).toBe(404);
    expect((await ask('GET', '/v1/reviews/1-aa')).status).toBe(404);
    expect((await ask('GET', '/v1/reviews', undefined, 'shop:applicant-system')).status).toBe(403);
  });

  it('are opened by hand by who may, of a customer who was rated, and not for yesterday', async () => {
    const wanted = { customerId: 'C-003', reason: 'press report' };
    expect((await ask('POST', '/v1/reviews', wanted, 'crm:applicant-system')).status).toBe(403);
    expect((await ask('POST', '/v1/reviews', { ...wanted, dueAt: '2020-01-01' })).status).toBe(400);
    expect((await ask('POST', '/v1/reviews', { customerId: 'C-003' })).status).toBe(400);
    expect((await ask('POST', '/v1/reviews', wanted)).status).toBe(409);
  });

  it('are named beside a rating where that is asked for, and otherwise not', async () => {
    const rate = async (query: string, customerId: string) =>
      ratingAnswerSchema.parse((await ask('POST', `/v1/ratings${query}`, { customerId }, 'crm:applicant-system')).body)
        .nextReview;
    expect(await rate('?review=true', 'C-001')).toEqual({ at: now, reviewId: 'review-1-aa' });
    expect(await rate('?review=true', 'good')).toBeNull();
    expect(await rate('', 'C-001')).toBeUndefined();
  });

  it('are acted on as who asks, with the roles of who asks, and end with a reason', async () => {
    const act = (id: string, body: object, as?: string) => ask('POST', `/v1/reviews/${id}/events`, body, as);
    const signOff = { kind: 'sign-off', conclusion: 'keep', reason: 'accounts seen' };
    expect((await act('review-1-aa', signOff, 'eve:viewer')).status).toBe(403);
    expect((await act('review-1-aa', { kind: 'sign-off', conclusion: 'keep' })).status).toBe(400);
    expect((await act('review-1-aa', { kind: 'rerated' })).status).toBe(400);
    expect((await act('review-1-aa', { ...signOff, limit: '10' })).status).toBe(400);
    expect((await act('review-1-aa', { ...signOff, conclusion: 'lower', limit: '-1' })).status).toBe(400);
    const toWhat = problemSchema.parse((await act('review-1-aa', { ...signOff, conclusion: 'lower' })).body);
    expect([toWhat.code, toWhat.problems]).toMatchObject(['REVIEW_REFUSED', [{ at: 'limit' }]]);
    const reach = await act('review-2-bb', signOff);
    expect([reach.status, problemSchema.parse(reach.body).code]).toEqual([409, 'REVIEW_REFUSED']);
    const done = reviewStepSchema.parse((await act('review-1-aa', signOff)).body);
    expect(done).toMatchObject({ state: 'signed-off', signOffs: [{ actor: 'key:li', conclusion: 'keep' }] });
    expect(problemSchema.parse((await act('review-1-aa', { kind: 'claim' })).body).code).toBe('REVIEW_CLOSED');
  });

  it('that lower or end the limit are seen in the rating, in later ones, and in the overrides', async () => {
    const rate = async () => {
      const { body } = await ask('POST', '/v1/ratings', { customerId: 'good', request: { amount: '9000' } });
      return ratingAnswerSchema.parse(body);
    };
    const before = await rate();
    expect(before.decision.outcome).toBe('condition');
    const signed = (conclusion: 'lower' | 'end', limit: number, at: string) => {
      const opinion = { conclusion, limit, actor: 'key:li', reason: 'late since May', at };
      const findings = { now: { ratingId: String(before.ratingId), limit: 0, exposure: 0 } };
      const review = {
        reviewId: 'r-1',
        findings,
        state: 'signed-off',
        signOffs: [opinion],
        conclusion,
        limit,
        closedAt: at,
      };
      const made = { outcome: 'condition', minorDigits: 2 } as const;
      const put = reviewInForce(review as never, made, defaultAuthority(), loadReviewPolicy(null));
      return world.deps.overrides.step(String(before.ratingId), () => put!);
    };
    await signed('lower', 40, '2026-06-01T11:00:00.000Z');
    const read = ratingAnswerSchema.parse((await ask('GET', `/v1/ratings/${before.ratingId}`)).body);
    for (const answer of [read, await rate()]) {
      expect(answer.decision).toMatchObject({ outcome: 'condition', limit: { total: '40.00', granted: '40.00' } });
      const [first, ...others] = answer.decision.reasons;
      expect(first).toMatchObject({
        kind: 'override',
        about: 'REVIEW_LOWERED',
        text: 'A person lowered the limit in a review.',
      });
      expect(others).toEqual(before.decision.reasons.filter(({ about }) => !about.startsWith('LIMIT')).slice(0, 3));
      expect(answer.decision.conditions.at(-1)).toBe('The limit allows 40.00 CNY of the amount asked for.');
      expect(answer.decision.boundary).toEqual({
        kind: 'override',
        text: 'A person set the limit; in all else model and rules decided.',
        reached: false,
      });
      expect(answer.override).toMatchObject({
        inForce: true,
        reasonCode: 'REVIEW_LOWERED',
        review: { reviewId: 'r-1', conclusion: 'lower', limit: '40.00' },
      });
    }
    const { body } = await ask('GET', `/v1/ratings/${before.ratingId}/overrides`);
    const [step] = (body as { items: unknown[] }).items;
    expect(overrideStepSchema.parse(step).override?.review).toEqual({
      reviewId: 'r-1',
      conclusion: 'lower',
      limit: '40.00',
    });
    await signed('end', 0, '2026-06-01T11:30:00.000Z');
    const ended = (await rate()).decision;
    expect(ended).toMatchObject({
      outcome: 'decline',
      ofModelAndRules: 'condition',
      limit: { total: '0.00', granted: '0.00' },
    });
    expect(ended.reasons[0]?.text).toBe('A person ended the credit relation in a review.');
  });

  it('make an approval one with conditions where they leave less than was asked for, and tell the customer so first', async () => {
    const facts = { kind: 'company', sanctionsHit: false, documentsMissing: [], guaranteeOffered: true };
    const rate = async (amount: string | null, query = '') => {
      const request = amount === null ? undefined : { amount, termDays: 10 };
      const { body } = await ask('POST', `/v1/ratings${query}`, { customerId: 'good', facts, request });
      return ratingAnswerSchema.parse(body);
    };
    const before = await rate('9000');
    expect(before.decision).toMatchObject({ outcome: 'approve', conditions: [], limit: { granted: '9000.00' } });
    const lowered = async (limit: number, at: string): Promise<void> => {
      const opinion = { conclusion: 'lower', limit, actor: 'key:li', reason: 'late since May', at };
      const findings = { now: { ratingId: String(before.ratingId), limit: 0, exposure: 0 } };
      const signed = { state: 'signed-off', signOffs: [opinion], conclusion: 'lower', limit, closedAt: at };
      const review = { reviewId: 'r-1', findings, ...signed };
      const made = { outcome: 'approve', minorDigits: 2 } as const;
      const put = reviewInForce(review as never, made, defaultAuthority(), loadReviewPolicy(null));
      await world.deps.overrides.step(String(before.ratingId), () => put!);
    };
    await lowered(40, '2026-06-01T11:00:00.000Z');
    const less = await rate('9000', '?notice=other');
    expect(less.decision).toMatchObject({
      outcome: 'condition',
      name: 'Approve with conditions',
      ofModelAndRules: 'approve',
      reasons: [{ about: 'REVIEW_LOWERED' }],
      boundary: { text: 'A person decided; by model and rules alone the decision would have been: Approve.' },
      conditions: ['The limit allows 40.00 CNY of the amount asked for.'],
      limit: { total: '40.00', granted: '40.00' },
    });
    expect(less.notice).toMatchObject({
      outcome: 'condition',
      opening:
        'We have decided on your request for credit: Approve with conditions. The principal reasons for this decision are:',
      reasons: ['A person lowered the limit in a review.'],
      conditions: ['The limit allows 40.00 CNY of the amount asked for.'],
    });
    const enough = await rate('30', '?notice=other');
    expect(enough.decision).toMatchObject({ outcome: 'approve', limit: { total: '40.00', granted: '30.00' } });
    expect(enough.decision.reasons.map(({ about }) => about)).toEqual(['REVIEW_LOWERED']);
    expect(enough.notice).toMatchObject({
      opening: 'We have decided on your request for credit: Approve. A person set the limit, for this reason:',
      conditions: ['The limit in total is 40.00 CNY.'],
    });
    expect((await rate(null)).decision).toMatchObject({ outcome: 'approve', reasons: [{ about: 'REVIEW_LOWERED' }] });
    await lowered(0, '2026-06-01T11:20:00.000Z');
    expect((await rate('9000')).decision).toMatchObject({
      outcome: 'condition',
      conditions: ['The limit leaves nothing to draw.'],
      limit: { granted: '0.00' },
    });
    // A limit above what model and rules give is not the one that stands.
    await lowered(1e9, '2026-06-01T11:40:00.000Z');
    const { outcome, reasons } = (await rate('9000')).decision;
    expect({ outcome, reasons }).toEqual({ outcome: 'approve', reasons: before.decision.reasons });
  });

  it('rate a customer anew once for a key, on record as the system', async () => {
    const first = await rerate({ customerId: 'C-001' }, 'system:reviews', 'review-1-aa', []);
    expect(await rerate({ customerId: 'C-001' }, 'system:reviews', 'review-1-aa', [])).toBe(first);
    expect(world.recorded.map(({ ratingId }) => ratingId)).toEqual([first]);
    expect(world.recorded[0]!.evidence).toContain('"askedBy":"system:reviews"');
    await expect(rerate({ customerId: 'nobody' }, 'system:reviews', 'other', [])).rejects.toMatchObject({
      code: 'UNKNOWN_CUSTOMER',
    });
  });
});
