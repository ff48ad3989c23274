import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProbityError } from '../base/index.ts';
import {
  approveCandidate,
  awaitRetrain,
  readCandidate,
  readProgress,
  refreshFeatures,
  rejectCandidate,
  rescorePortfolio,
  retrainWorkflowId,
  submitRetrain,
} from '../pipelines/client.ts';
import { recordHistory } from '../pipelines/histories/record.ts';
import type { CandidateView, RetrainInput } from '../pipelines/messages.ts';
import {
  createSchedule,
  deleteSchedule,
  describeSchedule,
  listSchedules,
  pauseSchedule,
} from '../pipelines/schedules.ts';
import { taskQueues } from '../pipelines/task-queues.ts';
import { startWorker, type RunningWorker } from '../pipelines/worker.ts';
import type { Tenant } from '../base/index.ts';
import { testServer, until, type TestServer } from './pipelines-environment.ts';
import { fakeWorld, type FakeWorld } from './pipelines-fakes.ts';

const queues = taskQueues({ tenant: 'acme' as Tenant, portfolio: 'main' });
let server: TestServer;
let worker: RunningWorker;
let world: FakeWorld;
let folder: string;
let slots = 0;

/** A request into a slot of its own, so that tests do not meet. */
function request(more: Partial<RetrainInput> = {}): RetrainInput {
  return {
    tenant: 'acme',
    queues,
    slot: { portfolio: 'main', segment: `s${++slots}`, horizonMonths: 12 },
    requestId: randomUUID(),
    submitter: 'dora',
    seed: 7,
    heartbeatTimeoutMs: 3000,
    ...more,
  };
}

const client = () => server.client.client;

async function submitted(input: RetrainInput): Promise<{ workflowId: string; candidate: CandidateView }> {
  const { workflowId } = await submitRetrain(client(), input);
  const { candidate } = await awaitRetrain(client(), workflowId, {
    requestId: input.requestId,
    pollMs: 50,
    untilCandidate: true,
  });
  if (!candidate) throw new Error('no candidate came');
  return { workflowId, candidate };
}

const outcomeOf = async (workflowId: string, requestId: string) =>
  (await awaitRetrain(client(), workflowId, { requestId, pollMs: 50 })).outcome;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-retrain-'));
  server = await testServer();
  world = fakeWorld(folder);
  const dependencies = {
    ...world.dependencies,
    submitRetrain: (input: RetrainInput) => submitRetrain(client(), input),
  };
  worker = await startWorker({ address: server.address, namespace: 'default', queues, dependencies });
});

/** With PROBITY_RECORD_HISTORIES set, the runs of these tests become the histories that the replay tests use. */
async function record(name: string, workflowId: string, runId?: string): Promise<void> {
  if (process.env['PROBITY_RECORD_HISTORIES']) await recordHistory(client(), workflowId, name, runId);
}

afterAll(async () => {
  await worker.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('a retraining', () => {
  it('waits for a person, then publishes and promotes', async () => {
    const input = request();
    const { workflowId, candidate } = await submitted(input);
    expect(workflowId).toBe(`acme/retrain/main/${input.slot.segment}/12m`);
    expect(world.champions.has(workflowId)).toBe(false);
    expect(candidate.comparison).toMatchObject({ rows: 50, champion: null, note: 'no champion yet' });
    const outcome = await approveCandidate(client(), { workflowId, actor: 'victor' });
    expect(outcome).toMatchObject({ status: 'promoted', decidedBy: 'victor', candidateId: candidate.candidateId });
    expect(outcome.snapshotId).toMatch(/^s-/);
    expect(await outcomeOf(workflowId, input.requestId)).toEqual(outcome);
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
    expect((await readdir(join(folder, 'runs', input.requestId))).sort()).toEqual([
      'model',
      'proof',
      'snapshot',
      'sources',
      'training-set',
      'validation',
    ]);
    await record('retrain-promoted', workflowId);
  });

  it('shows the approver the champion beside the candidate', async () => {
    const first = request();
    const { workflowId, candidate } = await submitted(first);
    await approveCandidate(client(), { workflowId, actor: 'victor' });
    const second = await submitted({ ...first, requestId: randomUUID() });
    expect(second.candidate.comparison.champion?.modelHash).toBe(candidate.candidateId);
    await rejectCandidate(client(), { workflowId, actor: 'victor', reason: 'no better' });
  });

  it('refuses its submitter as approver, in any spelling', async () => {
    const { workflowId } = await submitted(request());
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
      const { workflowId, candidate } = await submitted(request());
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

  it('ends with nothing promoted where it is rejected', async () => {
    const input = request();
    const { workflowId } = await submitted(input);
    const outcome = await rejectCandidate(client(), { workflowId, actor: 'victor', reason: 'overfits' });
    expect(outcome).toMatchObject({ status: 'rejected', reason: 'overfits', snapshotId: null });
    expect(world.champions.get(`main/${input.slot.segment}/12m`)).toBeUndefined();
    await record('retrain-rejected', workflowId);
  });

  it('expires at the deadline and promotes nothing', async () => {
    const input = request({ approvalDeadlineMs: 800 });
    const { workflowId, candidate } = await submitted(input);
    expect(await outcomeOf(workflowId, input.requestId)).toMatchObject({ status: 'expired', snapshotId: null });
    expect(world.candidates.get(candidate.candidateId)?.state).toBe('expired');
    expect(world.champions.get(`main/${input.slot.segment}/12m`)).toBeUndefined();
    await record('retrain-expired', workflowId);
  });

  it('has nothing to decide before a candidate waits', async () => {
    world.trainMs = 3000;
    const input = request();
    const { workflowId } = await submitRetrain(client(), input);
    const early = approveCandidate(client(), { workflowId, actor: 'victor' });
    await expect(early).rejects.toMatchObject({ code: 'NOTHING_TO_DECIDE' });
    world.trainMs = 0;
    await client().workflow.getHandle(workflowId).cancel();
  });
});

describe('a second retraining of the slot', () => {
  it('supersedes a waiting candidate', async () => {
    const first = request();
    const { workflowId, candidate } = await submitted(first);
    const { runId } = await client().workflow.getHandle(workflowId).describe();
    const second = { ...first, requestId: randomUUID(), submitter: 'emil', seed: 8 };
    const later = await submitted(second);
    expect(later.workflowId).toBe(workflowId);
    expect(world.candidates.get(candidate.candidateId)?.state).toBe('superseded');
    expect(await outcomeOf(workflowId, first.requestId)).toMatchObject({
      status: 'superseded',
      candidateId: candidate.candidateId,
    });
    const outcome = await approveCandidate(client(), { workflowId, actor: 'victor' });
    expect(outcome).toMatchObject({ requestId: second.requestId, status: 'promoted' });
    await record('retrain-superseded', workflowId, runId);
  });

  it('cancels one that is still training, which leaves no temporary file', async () => {
    world.trainMs = 60_000;
    const first = request();
    const { workflowId } = await submitRetrain(client(), first);
    await until(async () => ((await readProgress(client(), workflowId)).activity?.message === 'epoch 1' ? true : null));
    world.trainMs = 0;
    const second = { ...first, requestId: randomUUID() };
    const later = await submitted(second);
    expect(await outcomeOf(workflowId, first.requestId)).toMatchObject({ status: 'superseded', candidateId: null });
    expect((await readdir(join(folder, 'runs', first.requestId))).sort()).toEqual(['sources', 'training-set']);
    await rejectCandidate(client(), { workflowId: later.workflowId, actor: 'victor', reason: 'test' });
  });
});

describe('failure and cancellation', () => {
  it('tries again after an error that may pass, and not after a final one', async () => {
    world.sourceErrors.push(new ProbityError('SERVICE_UNAVAILABLE', 'the source is down'));
    const { workflowId } = await submitted(request());
    await rejectCandidate(client(), { workflowId, actor: 'victor', reason: 'test' });

    world.sourceErrors.push(
      new ProbityError('INVALID_SPEC', 'two mistakes', { problems: [{ at: 'name', message: 'is missing' }] }),
    );
    const before = world.calls.filter((call) => call === 'pullSources').length;
    const input = request();
    const failing = await submitRetrain(client(), input);
    await expect(outcomeOf(failing.workflowId, input.requestId)).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      problems: [{ at: 'name', message: 'is missing' }],
    });
    expect(world.calls.filter((call) => call === 'pullSources').length).toBe(before + 1);
    await record('retrain-failed', failing.workflowId);
  });

  it('cleans up a cancelled training', async () => {
    world.trainMs = 60_000;
    const input = request();
    const { workflowId } = await submitRetrain(client(), input);
    const seen = await until(async () => {
      const progress = await readProgress(client(), workflowId);
      return progress.activity?.message === 'epoch 1' ? progress : null;
    });
    expect(seen.activity?.done).toBe(0.5);
    await client().workflow.getHandle(workflowId).cancel();
    await expect(outcomeOf(workflowId, input.requestId)).rejects.toBeInstanceOf(ProbityError);
    world.trainMs = 0;
    expect((await readdir(join(folder, 'runs', input.requestId))).sort()).toEqual(['sources', 'training-set']);
    await record('retrain-cancelled', workflowId);
  });

  it('closes the candidate of a cancelled wait', async () => {
    const input = request();
    const { workflowId, candidate } = await submitted(input);
    await client().workflow.getHandle(workflowId).cancel();
    await expect(outcomeOf(workflowId, input.requestId)).rejects.toBeInstanceOf(ProbityError);
    expect(world.candidates.get(candidate.candidateId)?.state).toBe('expired');
  });
});

describe('a refresh', () => {
  it('publishes a snapshot with every fact that was acknowledged', async () => {
    const outcome = await refreshFeatures(client(), { tenant: 'acme', queues });
    expect(outcome).toMatchObject({ imports: { factsThrough: 3 } });
    expect(outcome.snapshotId).toMatch(/^s-/);
    await record('refresh', 'acme/refresh-features');
  });
});

describe('schedules', () => {
  const input = request();

  it('are created once, then changed, with policies and next times', async () => {
    const work = { kind: 'retrain', input } as const;
    expect(await createSchedule(client(), 'main', work)).toEqual({ id: 'acme/main/retrain', created: true });
    expect(await createSchedule(client(), 'main', work, '30 5 * * 1')).toMatchObject({ created: false });
    await createSchedule(client(), 'main', { kind: 'refresh', input: { tenant: 'acme', queues } });
    const [refresh, retrain] = await listSchedules(client(), 'acme', 'main');
    expect(refresh).toMatchObject({ cron: '0 2 * * *', overlap: 'SKIP', catchupWindowSeconds: 86_400, paused: false });
    expect(retrain).toMatchObject({ cron: '30 5 * * 1', overlap: 'SKIP', catchupWindowSeconds: 7 * 86_400 });
    expect(new Date(retrain?.next[0] ?? '').getUTCDay()).toBe(1);
  });

  it('refuse a cron that is none', async () => {
    const work = { kind: 'refresh', input: { tenant: 'globex', queues } } as const;
    await expect(createSchedule(client(), 'main', work, 'at dawn')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('hand a fresh request to the workflow of the slot', async () => {
    await client().schedule.getHandle('acme/main/retrain').trigger();
    const workflowId = retrainWorkflowId('acme', input.slot);
    const candidate = await until(() => readCandidate(client(), workflowId).catch(() => null));
    expect(candidate.submitter).toBe('dora');
    expect(candidate.candidateId).not.toBe(`c-${input.requestId}`);
    const { recent } = await describeSchedule(client(), 'acme', 'main', 'retrain');
    await record('scheduled-retrain', recent[0]?.workflowId ?? '');
    await rejectCandidate(client(), { workflowId, actor: 'victor', reason: 'test' });
  });

  it('pause with a note, go on, and are deleted', async () => {
    await pauseSchedule(client(), 'acme', 'main', 'refresh', true, 'month end');
    expect(await describeSchedule(client(), 'acme', 'main', 'refresh')).toMatchObject({
      paused: true,
      note: 'month end',
    });
    await pauseSchedule(client(), 'acme', 'main', 'refresh', false, 'done');
    expect((await describeSchedule(client(), 'acme', 'main', 'refresh')).paused).toBe(false);
    await deleteSchedule(client(), 'acme', 'main', 'refresh');
    await expect(describeSchedule(client(), 'acme', 'main', 'refresh')).rejects.toMatchObject({
      code: 'WORKFLOW_NOT_FOUND',
    });
  });
});

describe('the Temporal server', () => {
  it('loses nothing when it is killed: a waiting candidate still waits, a training still ends', async () => {
    const waiting = await submitted(request());
    world.trainMs = 4000;
    const training = request();
    const { workflowId } = await submitRetrain(client(), training);
    await until(async () => ((await readProgress(client(), workflowId)).step === 'train' ? true : null));
    await server.restart();
    world.trainMs = 0;
    expect(await readCandidate(client(), waiting.workflowId)).toEqual(waiting.candidate);
    const trained = await awaitRetrain(client(), workflowId, { requestId: training.requestId, untilCandidate: true });
    expect(trained.candidate?.state).toBe('waiting');
    for (const id of [waiting.workflowId, workflowId]) {
      expect((await approveCandidate(client(), { workflowId: id, actor: 'victor' })).status).toBe('promoted');
    }
  });
});

describe('a rescoring', () => {
  it('scores every bucket once, a bounded number at a time, over runs that continue as new', async () => {
    const input = request();
    const outcome = await rescorePortfolio(client(), {
      ...input,
      partitions: 10,
      concurrency: 3,
      partitionsPerRun: 4,
    });
    expect(outcome).toMatchObject({ partitions: 10, rows: 55, snapshotId: 'snapshot', modelHash: 'model' });
    expect(outcome.meanPd).toBeCloseTo(0.1, 12);
    expect(world.mostBucketsAtOnce).toBe(3);
    expect(world.calls.filter((call) => call.startsWith('bucket')).length).toBe(10);
    const files = await readdir(outcome.folder);
    expect(files.filter((file) => file.endsWith('.parquet'))).toHaveLength(10);
    expect(files.filter((file) => file.includes('tmp'))).toEqual([]);
    const workflowId = `acme/rescore/main/${input.slot.segment}/12m`;
    const { runId } = await client().workflow.getHandle(workflowId).describe();
    const first = (await client().workflow.getHandle(workflowId, runId).describe()).raw.workflowExecutionInfo
      ?.firstRunId;
    await record('rescore-continued', workflowId, first ?? undefined);
    await record('rescore-finished', workflowId);
  });

  it('refuses a partition count that is not one', async () => {
    const bad = rescorePortfolio(client(), { ...request(), partitions: 0 });
    await expect(bad).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
