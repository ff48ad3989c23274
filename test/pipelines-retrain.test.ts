import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProbityError, sha256 } from '../base/index.ts';
import { approveCandidate, readCandidate, readProgress, rejectCandidate, submitRetrain } from '../pipelines/client.ts';
import { deploy, type Deployment } from './pipelines-deployment.ts';
import { until } from './pipelines-environment.ts';
import type { FakeWorld } from './pipelines-fakes.ts';

let deployment: Deployment;
let world: FakeWorld;
const client = () => deployment.server.client.client;

beforeAll(async () => {
  deployment = await deploy();
  ({ world } = deployment);
});

afterAll(() => deployment.close());

describe('a retraining', () => {
  it('waits for a person, then publishes and promotes', async () => {
    const input = deployment.request();
    const { workflowId, candidate } = await deployment.submitted(input);
    expect(workflowId).toBe(`acme/retrain/main/${input.slot.segment}/12m`);
    expect(world.champions.has(workflowId)).toBe(false);
    expect(candidate.comparison).toMatchObject({ rows: 50, champion: null, note: 'no champion yet' });
    const outcome = await approveCandidate(client(), { workflowId, actor: 'victor' });
    expect(outcome).toMatchObject({ status: 'promoted', decidedBy: 'victor', candidateId: candidate.candidateId });
    expect(outcome.snapshotId).toMatch(/^s-/);
    expect(await deployment.outcomeOf(workflowId, input.requestId)).toEqual(outcome);
    const progress = await readProgress(client(), workflowId);
    expect(progress.fraction).toBe(1);
    expect(progress.steps.map((step) => step.step)).toEqual([
      'sources',
      'features',
      'train',
      'validate',
      'prove',
      'register',
      'approval',
      'publish',
      'promote',
    ]);
    expect(progress.steps.every((step) => step.state === 'done' && step.seconds !== null)).toBe(true);
    expect((await readdir(join(deployment.folder, 'runs', input.requestId))).sort()).toEqual([
      'model',
      'proof',
      'snapshot',
      'sources',
      'training-set',
      'validation',
    ]);
    await deployment.record('retrain-promoted', workflowId);
  });

  it('shows the approver the champion beside the candidate', async () => {
    const first = deployment.request();
    const { workflowId, candidate } = await deployment.submitted(first);
    await approveCandidate(client(), { workflowId, actor: 'victor' });
    const second = await deployment.submitted({ ...first, requestId: randomUUID() });
    expect(second.candidate.comparison.champion?.modelHash).toBe(candidate.candidateId);
    await rejectCandidate(client(), { workflowId, actor: 'victor', reason: 'no better' });
  });

  it('refuses its submitter as approver, in any spelling', async () => {
    const { workflowId } = await deployment.submitted(deployment.request());
    for (const actor of ['dora', ' Dora ']) {
      const refusal = approveCandidate(client(), { workflowId, actor, reason: 'mine' });
      await expect(refusal).rejects.toMatchObject({ code: 'DECISION_REFUSED', problems: [{ at: 'actor' }] });
    }
    expect((await readCandidate(client(), workflowId))?.state).toBe('waiting');
    await approveCandidate(client(), { workflowId, actor: 'victor' });
    await expect(approveCandidate(client(), { workflowId, actor: 'victor' })).rejects.toBeInstanceOf(Error);
  });

  it('wants a written reason where a gate failed, and stores it', async () => {
    world.gatesPass = false;
    try {
      const { workflowId, candidate } = await deployment.submitted(deployment.request());
      const silent = approveCandidate(client(), { workflowId, actor: 'victor', reason: '  ' });
      await expect(silent).rejects.toMatchObject({ code: 'DECISION_REFUSED', problems: [{ at: 'reason' }] });
      const reason = 'small test set; agreed by the committee';
      await approveCandidate(client(), { workflowId, actor: 'victor', reason });
      expect(world.decisions.at(-1)).toEqual({
        candidateId: candidate.candidateId,
        kind: 'approve',
        actor: 'victor',
        reason,
      });
    } finally {
      world.gatesPass = true;
    }
  });

  it('of a benchmark-only model is approved by nobody and for no reason; it waits on, and can be rejected', async () => {
    world.benchmarkOnly = true;
    try {
      const { workflowId, candidate } = await deployment.submitted(deployment.request());
      expect(candidate.use).toBe('benchmark-only');
      const decided = world.decisions.length;
      for (const actor of ['victor', 'dora', 'probity']) {
        const refusal = approveCandidate(client(), { workflowId, actor, reason: 'it is very good' });
        await expect(refusal).rejects.toMatchObject({ code: 'BENCHMARK_ONLY' });
      }
      expect(world.decisions).toHaveLength(decided);
      expect((await readCandidate(client(), workflowId))?.state).toBe('waiting');
      const outcome = await rejectCandidate(client(), { workflowId, actor: 'victor', reason: 'a yardstick' });
      expect(outcome.status).toBe('rejected');
    } finally {
      world.benchmarkOnly = false;
    }
  });

  it('ends with nothing promoted where it is rejected', async () => {
    const input = deployment.request();
    const { workflowId } = await deployment.submitted(input);
    const outcome = await rejectCandidate(client(), { workflowId, actor: 'victor', reason: 'overfits' });
    expect(outcome).toMatchObject({ status: 'rejected', reason: 'overfits', snapshotId: null });
    expect(world.champions.get(`main/${input.slot.segment}/12m`)).toBeUndefined();
    await deployment.record('retrain-rejected', workflowId);
  });

  it('expires at the deadline and promotes nothing', async () => {
    const input = deployment.request({ approvalDeadlineMs: 800 });
    const { workflowId, candidate } = await deployment.submitted(input);
    expect(await deployment.outcomeOf(workflowId, input.requestId)).toMatchObject({
      status: 'expired',
      snapshotId: null,
    });
    expect(world.candidates.get(candidate.candidateId)?.state).toBe('expired');
    expect(world.champions.get(`main/${input.slot.segment}/12m`)).toBeUndefined();
    await deployment.record('retrain-expired', workflowId);
  });

  it('that gives the champion’s very model publishes the data, registers no candidate and asks nobody', async () => {
    const input = deployment.request({ seed: 21 });
    const slot = `main/${input.slot.segment}/12m`;
    world.champions.set(slot, sha256('model 21'));
    const registered = world.calls.filter((call) => call === 'register').length;
    const { workflowId } = await submitRetrain(client(), input);
    const outcome = await deployment.outcomeOf(workflowId, input.requestId);
    expect(outcome).toMatchObject({ status: 'unchanged', candidateId: null, modelHash: sha256('model 21') });
    expect(outcome?.snapshotId).toMatch(/^s-/);
    expect(world.champions.get(slot)).toBe(sha256('model 21'));
    expect(world.calls.filter((call) => call === 'register')).toHaveLength(registered);
    const progress = await readProgress(client(), workflowId);
    expect(progress.steps.map((step) => step.step)).toEqual(['sources', 'features', 'train', 'validate', 'publish']);
    await deployment.record('retrain-unchanged', workflowId);
  });

  it('has nothing to decide before a candidate waits', async () => {
    world.trainMs = 3000;
    const input = deployment.request();
    const { workflowId } = await submitRetrain(client(), input);
    const early = approveCandidate(client(), { workflowId, actor: 'victor' });
    await expect(early).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE' });
    world.trainMs = 0;
    await client().workflow.getHandle(workflowId).cancel();
  });
});

describe('a second retraining of the slot', () => {
  it('supersedes a waiting candidate', async () => {
    const first = deployment.request();
    const { workflowId, candidate } = await deployment.submitted(first);
    const { runId } = await client().workflow.getHandle(workflowId).describe();
    const second = { ...first, requestId: randomUUID(), submitter: 'emil', seed: 8 };
    const later = await deployment.submitted(second);
    expect(later.workflowId).toBe(workflowId);
    expect(world.candidates.get(candidate.candidateId)?.state).toBe('superseded');
    expect(await deployment.outcomeOf(workflowId, first.requestId)).toMatchObject({
      status: 'superseded',
      candidateId: candidate.candidateId,
    });
    const outcome = await approveCandidate(client(), { workflowId, actor: 'victor' });
    expect(outcome).toMatchObject({ requestId: second.requestId, status: 'promoted' });
    await deployment.record('retrain-superseded', workflowId, runId);
  });

  it('cancels one that is still training, which leaves no temporary file', async () => {
    world.trainMs = 60_000;
    const first = deployment.request();
    const { workflowId } = await submitRetrain(client(), first);
    await until(async () => ((await readProgress(client(), workflowId)).activity?.message === 'epoch 1' ? true : null));
    world.trainMs = 0;
    const second = { ...first, requestId: randomUUID() };
    const later = await deployment.submitted(second);
    expect(await deployment.outcomeOf(workflowId, first.requestId)).toMatchObject({
      status: 'superseded',
      candidateId: null,
    });
    expect((await readdir(join(deployment.folder, 'runs', first.requestId))).sort()).toEqual([
      'sources',
      'training-set',
    ]);
    await rejectCandidate(client(), { workflowId: later.workflowId, actor: 'victor', reason: 'test' });
  });
});

describe('failure and cancellation', () => {
  it('tries again after an error that may pass, and not after a final one', async () => {
    world.sourceErrors.push(new ProbityError('SERVICE_UNAVAILABLE', 'the source is down'));
    const { workflowId } = await deployment.submitted(deployment.request());
    await rejectCandidate(client(), { workflowId, actor: 'victor', reason: 'test' });

    world.sourceErrors.push(
      new ProbityError('INVALID_SPEC', 'two mistakes', { problems: [{ at: 'name', message: 'is missing' }] }),
    );
    const before = world.calls.filter((call) => call === 'pullSources').length;
    const input = deployment.request();
    const failing = await submitRetrain(client(), input);
    await expect(deployment.outcomeOf(failing.workflowId, input.requestId)).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      problems: [{ at: 'name', message: 'is missing' }],
    });
    expect(world.calls.filter((call) => call === 'pullSources').length).toBe(before + 1);
    await deployment.record('retrain-failed', failing.workflowId);
  });

  it('cleans up a cancelled training', async () => {
    world.trainMs = 60_000;
    const input = deployment.request();
    const { workflowId } = await submitRetrain(client(), input);
    const seen = await until(async () => {
      const progress = await readProgress(client(), workflowId);
      return progress.activity?.message === 'epoch 1' ? progress : null;
    });
    expect(seen.activity?.done).toBe(0.5);
    await client().workflow.getHandle(workflowId).cancel();
    await expect(deployment.outcomeOf(workflowId, input.requestId)).rejects.toBeInstanceOf(ProbityError);
    world.trainMs = 0;
    expect((await readdir(join(deployment.folder, 'runs', input.requestId))).sort()).toEqual([
      'sources',
      'training-set',
    ]);
    await deployment.record('retrain-cancelled', workflowId);
  });

  it('closes the candidate of a cancelled wait', async () => {
    const input = deployment.request();
    const { workflowId, candidate } = await deployment.submitted(input);
    await client().workflow.getHandle(workflowId).cancel();
    await expect(deployment.outcomeOf(workflowId, input.requestId)).rejects.toBeInstanceOf(ProbityError);
    expect(world.candidates.get(candidate.candidateId)?.state).toBe('expired');
  });
});
