import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followedCases } from '../pipelines/followed.ts';
import { defaultAuthority, openCase, type AuthorityLimits } from '../rating/index.ts';
import { deploy, queues, type Deployment } from './pipelines-deployment.ts';
import { until } from './pipelines-environment.ts';

let deployment: Deployment;
const client = () => deployment.server.client.client;
const officer = { actor: 'li', roles: ['credit-officer'] } as const;
const manager = { actor: 'wang', roles: ['credit-manager'] } as const;

/** A new case whose workflow runs. */
async function opened(exposure: number, authority: AuthorityLimits = defaultAuthority()) {
  const caseId = randomUUID();
  const request = { caseId, ratingId: caseId, customerId: 'c-1', exposure, causes: ['CUTOFF'], requestedBy: 'shop' };
  const input = { tenant: 'acme', queues, case: openCase(request, authority, new Date().toISOString()), authority };
  await followedCases.follow(client(), input);
  return input;
}

beforeAll(async () => {
  deployment = await deploy();
});
afterAll(() => deployment?.close());

describe('the workflow of a referred case', () => {
  it('takes documents and a decision, stores each step once, and ends', async () => {
    const input = await opened(1000);
    const { caseId } = input.case;
    await followedCases.follow(client(), input);
    const act = (event: Parameters<typeof followedCases.act>[3]) => followedCases.act(client(), 'acme', caseId, event);
    await act({ kind: 'claim', ...officer });
    await act({ kind: 'ask-documents', ...officer, documents: ['licence'] });
    await expect(act({ kind: 'decide', ...officer, verdict: 'approve', reason: 'x' })).rejects.toMatchObject({
      code: 'CASE_REFUSED',
      problems: [{ at: 'verdict' }],
    });
    await act({ kind: 'documents-arrived', ...officer, documents: ['licence'] });
    const decided = await act({ kind: 'decide', ...officer, verdict: 'approve', reason: 'licence seen' });
    expect(decided).toMatchObject({ state: 'decided', verdict: 'approve' });
    expect(await client().workflow.getHandle(followedCases.workflowId('acme', caseId)).result()).toEqual(decided);
    expect(deployment.world.calls.filter((call) => call.startsWith(`case ${caseId}`))).toEqual(
      ['claim', 'ask-documents', 'documents-arrived', 'decide'].map((kind, i) => `case ${caseId} ${i + 1} ${kind}`),
    );
    await followedCases.follow(client(), input);
    expect(await followedCases.read(client(), 'acme', caseId)).toEqual(decided);
    await deployment.record('case-decided', followedCases.workflowId('acme', caseId));
  });

  it('goes to the next level at its deadline, and needs four eyes there for a large amount', async () => {
    const hours = 1 / 3600;
    const authority = { ...defaultAuthority(), fourEyesFrom: 10, deadlineHours: hours, escalationHours: 24 };
    const { case: before } = await opened(1000, authority);
    const { caseId } = before;
    expect(before.queue).toBe('officer');
    const escalated = await until(async () => {
      const now = await followedCases.read(client(), 'acme', caseId);
      return now.queue === 'manager' ? now : null;
    });
    expect(escalated.escalations).toBe(1);
    const verdict = { kind: 'decide', verdict: 'decline', reason: 'accounts too old' } as const;
    await expect(followedCases.act(client(), 'acme', caseId, { ...verdict, ...officer })).rejects.toMatchObject({
      code: 'CASE_REFUSED',
    });
    expect(await followedCases.act(client(), 'acme', caseId, { ...verdict, ...manager })).toMatchObject({
      state: 'second',
    });
    const second = { ...verdict, ...manager, actor: 'zhao' };
    expect(await followedCases.act(client(), 'acme', caseId, second)).toMatchObject({
      state: 'decided',
      verdict: 'decline',
    });
    await deployment.record('case-escalated', followedCases.workflowId('acme', caseId));
  });

  it('survives the death of its server', async () => {
    const { case: before } = await opened(1000);
    const { caseId } = before;
    await followedCases.act(client(), 'acme', caseId, { kind: 'claim', ...officer });
    await deployment.server.restart();
    const decision = { kind: 'decide', ...officer, verdict: 'decline', reason: 'no accounts' } as const;
    const decided = await until(() => followedCases.act(client(), 'acme', caseId, decision).catch(() => null), 60_000);
    expect(decided).toMatchObject({ state: 'decided', assignee: 'li' });
  });

  it('leaves nothing of whom it is about, nor of what was said, in the files of the Temporal server', async () => {
    const planted = ['PLANTED-CUSTOMER-4471', 'PLANTED-REASON-4472', 'PLANTED-DOCUMENT-4473'];
    const caseId = randomUUID();
    const request = { caseId, ratingId: caseId, customerId: planted[0]!, exposure: 1, causes: [], requestedBy: 'shop' };
    const authority = defaultAuthority();
    const at = new Date().toISOString();
    await followedCases.follow(client(), { tenant: 'acme', queues, case: openCase(request, authority, at), authority });
    const act = (event: Parameters<typeof followedCases.act>[3]) => followedCases.act(client(), 'acme', caseId, event);
    await act({ kind: 'ask-documents', ...officer, documents: [planted[2]!] });
    await act({ kind: 'withdraw', ...officer, reason: planted[1]! });
    await until(async () => ((await followedCases.read(client(), 'acme', caseId)).closedAt === null ? null : true));
    const { folder } = deployment.server;
    const files = (await readdir(folder)).filter((name) => name.startsWith('temporal.db'));
    expect(files).toContain('temporal.db');
    const bytes = Buffer.concat(await Promise.all(files.map((name) => readFile(join(folder, name)))));
    expect(bytes.includes(caseId)).toBe(true);
    expect(planted.filter((text) => bytes.includes(text))).toEqual([]);
  });
});
