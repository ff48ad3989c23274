import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followedReviews } from '../pipelines/followed.ts';
import { defaultAuthority, openReview } from '../rating/index.ts';
import { deploy, queues, type Deployment } from './pipelines-deployment.ts';
import { until } from './pipelines-environment.ts';

let deployment: Deployment;
const client = () => deployment.server.client.client;
const officer = { actor: 'li', roles: ['credit-officer'] } as const;
const manager = { actor: 'wang', roles: ['credit-manager'] } as const;

/** A review of a small exposure that is due so many milliseconds from now, and whose workflow runs. */
async function opened(dueIn: number, remindDays: readonly number[] = []) {
  const now = new Date();
  const at = now.toISOString();
  const rating = {
    ratingId: '1-aa',
    asOf: at,
    pd: 0.01,
    score: 500,
    grade: 'B1',
    outcome: 'approve',
    limit: 1000,
    exposure: 10,
    validUntil: at,
  };
  const review = openReview(
    {
      reviewId: `review-${randomUUID()}`,
      customerId: 'c-1',
      because: ['date'],
      findings: { now: rating, before: null, changes: [], lapsedDocuments: [] },
      dueAt: new Date(now.getTime() + dueIn).toISOString(),
    },
    defaultAuthority(),
    at,
    remindDays,
  );
  await followedReviews.follow(client(), { tenant: 'acme', queues, review, authority: defaultAuthority() });
  return review;
}

beforeAll(async () => {
  deployment = await deploy();
});
afterAll(() => deployment?.close());

describe('the workflow of a review', () => {
  it('takes documents and a sign-off, stores each step once, and ends', async () => {
    const { reviewId } = await opened(86_400_000);
    const act = (event: Parameters<typeof followedReviews.act>[3]) =>
      followedReviews.act(client(), 'acme', reviewId, event);
    await act({ kind: 'ask-documents', documents: ['accounts'], ...officer });
    const signOff = { kind: 'sign-off', conclusion: 'keep', reason: 'accounts seen', ...officer } as const;
    await expect(act(signOff)).rejects.toMatchObject({ code: 'REVIEW_REFUSED', problems: [{ at: 'conclusion' }] });
    await act({ kind: 'documents-arrived', documents: ['accounts'], actor: 'crm', roles: ['applicant-system'] });
    const done = await act(signOff);
    expect(done).toMatchObject({ state: 'signed-off', conclusion: 'keep' });
    expect(await client().workflow.getHandle(followedReviews.workflowId('acme', reviewId)).result()).toEqual(done);
    expect(deployment.world.calls.filter((call) => call.startsWith(`review ${reviewId}`))).toEqual(
      ['ask-documents', 'documents-arrived', 'sign-off'].map((kind, i) => `review ${reviewId} ${i + 1} ${kind}`),
    );
    await deployment.record('review-signed-off', followedReviews.workflowId('acme', reviewId));
  });

  it('that is due soon is reminded of, by an event of the clock that is stored', async () => {
    // Due in a day and a second, and reminded of a day before.
    const { reviewId } = await opened(86_401_000, [1]);
    await until(async () => (await followedReviews.read(client(), 'acme', reviewId)).reminders?.length === 0 || null);
    const cancel = { kind: 'cancel', reason: 'done elsewhere', ...officer } as const;
    expect(await followedReviews.act(client(), 'acme', reviewId, cancel)).toMatchObject({
      escalations: 0,
      state: 'cancelled',
    });
    expect(deployment.world.calls.filter((call) => call.startsWith(`review ${reviewId}`))).toEqual([
      `review ${reviewId} 1 reminder`,
      `review ${reviewId} 2 cancel`,
    ]);
    await deployment.record('review-reminded', followedReviews.workflowId('acme', reviewId));
  });

  it('that is late goes to the next level', async () => {
    const { reviewId } = await opened(1000);
    const late = await until(async () => {
      const now = await followedReviews.read(client(), 'acme', reviewId);
      return now.escalations > 0 ? now : null;
    });
    expect(late).toMatchObject({ queue: 'manager', state: 'open' });
    const end = { kind: 'sign-off', conclusion: 'end', reason: 'no accounts', ...manager } as const;
    await expect(followedReviews.act(client(), 'acme', reviewId, { ...end, ...officer })).rejects.toMatchObject({
      code: 'REVIEW_REFUSED',
    });
    expect(await followedReviews.act(client(), 'acme', reviewId, end)).toMatchObject({ conclusion: 'end' });
    await deployment.record('review-escalated', followedReviews.workflowId('acme', reviewId));
  });
});
