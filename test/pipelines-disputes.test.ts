import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followedDisputes } from '../pipelines/followed.ts';
import { openDispute, type Dispute } from '../rating/index.ts';
import { deploy, queues, type Deployment } from './pipelines-deployment.ts';
import { until } from './pipelines-environment.ts';

let deployment: Deployment;
const client = () => deployment.server.client.client;
const by = { actor: 'li', reason: 'the bank says so', roles: ['credit-officer'] } as const;

/** A new dispute whose workflow runs. */
async function followed(days: number, remindDaysBefore: number): Promise<Dispute> {
  const about = { kind: 'rating', ratingId: '1-aa' } as const;
  const given = { disputeId: randomUUID(), customerId: 'c-1', about, claim: 'no', openedBy: 'crm', jurisdiction: 'EU' };
  const dispute = openDispute(given, { days, remindDaysBefore }, new Date().toISOString());
  await followedDisputes.follow(client(), { tenant: 'acme', queues, dispute });
  await followedDisputes.follow(client(), { tenant: 'acme', queues, dispute });
  return dispute;
}
const stored = (disputeId: string) => deployment.world.calls.filter((call) => call.startsWith(`dispute ${disputeId}`));

beforeAll(async () => {
  deployment = await deploy();
});
afterAll(() => deployment?.close());

describe('the workflow of a dispute', () => {
  it('stores a decision once, refuses an unlawful one before it enters history, and ends', async () => {
    const { disputeId } = await followed(30, 7);
    const decide = { kind: 'decide', ...by, ending: 'upheld', correction: null } as const;
    const unlawful = followedDisputes.act(client(), 'acme', disputeId, { ...decide, actor: 'crm' });
    await expect(unlawful).rejects.toMatchObject({ code: 'DISPUTE_REFUSED', problems: [{ at: 'actor' }] });
    const closed = await followedDisputes.act(client(), 'acme', disputeId, decide);
    expect(closed).toMatchObject({ state: 'upheld', decidedBy: 'li' });
    expect(await client().workflow.getHandle(followedDisputes.workflowId('acme', disputeId)).result()).toEqual(closed);
    expect(stored(disputeId)).toEqual([`dispute ${disputeId} 1 decide`]);
    await deployment.record('dispute-upheld', followedDisputes.workflowId('acme', disputeId));
  });

  it('reminds before its deadline, and hands it up to a manager when it is late', async () => {
    const second = 1 / 86_400;
    const { disputeId } = await followed(2 * second, second);
    await until(async () => (stored(disputeId).length >= 2 ? true : null));
    await expect(followedDisputes.act(client(), 'acme', disputeId, { kind: 'withdraw', ...by })).rejects.toMatchObject({
      code: 'DISPUTE_REFUSED',
    });
    const manager = { kind: 'withdraw', ...by, roles: ['credit-manager'] } as const;
    const closed = await followedDisputes.act(client(), 'acme', disputeId, manager);
    expect(closed).toMatchObject({ reminded: true, escalations: 1, state: 'withdrawn' });
    await deployment.record('dispute-late', followedDisputes.workflowId('acme', disputeId));
  });
});
