import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  approveCandidate,
  awaitRetrain,
  monitorPortfolio,
  readCandidate,
  readProgress,
  refreshFeatures,
  rejectCandidate,
  reportRisk,
  rescorePortfolio,
  lookAtSignals,
  retrainWorkflowId,
  shadowScore,
  startTouchedSignals,
  submitRetrain,
} from '../pipelines/client.ts';
import { eraseCustomers } from '../pipelines/erasure.ts';
import { slotKey } from '../models/registry/slot.ts';
import { reconcileCopies } from '../pipelines/reconciliation.ts';
import { applyRetentionRules } from '../pipelines/retention.ts';
import type { RetrainInput } from '../pipelines/messages.ts';
import {
  createSchedule,
  deleteSchedule,
  describeSchedule,
  listSchedules,
  pauseSchedule,
} from '../pipelines/schedules.ts';
import { deploy, queues, type Deployment } from './pipelines-deployment.ts';
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

describe('a refresh', () => {
  it('publishes a snapshot with every fact that was acknowledged', async () => {
    const outcome = await refreshFeatures(client(), { tenant: 'acme', queues });
    expect(outcome).toMatchObject({ imports: { factsThrough: 3 } });
    expect(outcome.snapshotId).toMatch(/^s-/);
    await deployment.record('refresh', 'acme/refresh-features');
  });
});

describe('a look at signals', () => {
  const slot = { portfolio: 'cards', segment: null, horizonMonths: 12 };

  it('takes the portfolio part by part, then the industries, and tells what came up and what is gone', async () => {
    const from = world.calls.length;
    const outcome = await lookAtSignals(client(), { tenant: 'acme', queues, slot, rescore: false, concurrency: 1 });
    expect(outcome).toMatchObject({
      asOf: '2026-01-01T00:00:00.000Z',
      customers: 30,
      raised: 3,
      changed: 0,
      ceased: 1,
    });
    expect(world.calls.slice(from)).toEqual(['look 1 of 3', 'look 2 of 3', 'look 3 of 3', 'look at industries']);
  });

  it('goes on without scores where the portfolio has no champion', async () => {
    const outcome = await lookAtSignals(client(), { tenant: 'acme', queues, slot: { ...slot, portfolio: 'none' } });
    expect(outcome.customers).toBe(30);
  });

  it('scores the portfolio first where any of its slots has a champion', async () => {
    const from = world.calls.length;
    await lookAtSignals(client(), { tenant: 'acme', queues, slot, concurrency: 1 });
    expect(world.calls.slice(from).findLastIndex((call) => call.startsWith('bucket'))).toBe(15);
    await deployment.record('signals-any-champion', `acme/signals/${slotKey(slot)}`);
  });

  it('at customers of new facts is one at a time, and what comes during one is looked at after it', async () => {
    const looks = () => world.calls.filter((call) => call === 'look at touched').length;
    const before = looks();
    let end = (): void => {};
    world.touchedWait = new Promise((resolve) => (end = resolve));
    await startTouchedSignals(client(), { tenant: 'acme', queues });
    await until(() => (looks() === before + 1 ? true : null));
    await Promise.all([1, 2, 3].map(() => startTouchedSignals(client(), { tenant: 'acme', queues })));
    expect(looks()).toBe(before + 1);
    end();
    await client().workflow.getHandle('acme/touched-signals').result();
    expect(looks()).toBe(before + 2);
  });

  it('runs every night, one at a time', async () => {
    await createSchedule(client(), 'cards', { kind: 'signals', input: { tenant: 'acme', queues, slot } });
    const found = await describeSchedule(client(), 'acme', 'cards', 'signals');
    expect(found).toMatchObject({ cron: '30 4 * * *', overlap: 'SKIP', catchupWindowSeconds: 86_400 });
    await deleteSchedule(client(), 'acme', 'cards', 'signals');
  });
});

describe('erasures', () => {
  it('that wait are taken together, each step in its order, and those that came meanwhile follow', async () => {
    world.erasures.push('aa', 'bb', 'cc');
    const from = world.calls.length;
    const outcome = await eraseCustomers(client(), { tenant: 'acme', queues, graceMs: 10 });
    expect(outcome).toMatchObject({ erased: 3, snapshotId: expect.stringMatching(/^s-/) as unknown });
    const round = (subjects: string) => [
      `end workflows of ${subjects}`,
      `erase ${subjects}`,
      'publishSnapshot',
      `erase files of ${subjects}`,
      `finish ${subjects}`,
    ];
    expect(world.calls.slice(from)).toEqual([...round('aa,bb'), ...round('cc')]);
    await deployment.record('erase-customers', 'acme/erase-customers');
    expect(await eraseCustomers(client(), { tenant: 'acme', queues })).toEqual({ erased: 0, snapshotId: null });
  });
});

describe('retention rules', () => {
  it('go through records, facts and scores, and older snapshots go once one without the facts is published', async () => {
    const from = world.calls.length;
    const outcome = await applyRetentionRules(client(), { tenant: 'acme', queues, actor: 'li', graceMs: 10 });
    expect(outcome).toEqual({
      kinds: [
        { kind: 'ratings', due: 2, held: 1 },
        { kind: 'facts/orders', due: 3, held: 0 },
      ],
      snapshots: 4,
    });
    expect(world.calls.slice(from)).toEqual([
      'retain records by li',
      'retain facts',
      'publishSnapshot',
      'remove older snapshots',
      'retain scores',
    ]);
    await deployment.record('retention', 'acme/retention');
  });
});

describe('a reconciliation', () => {
  it('compares facts, then the snapshot, publishes one that is behind and compares it again, and goes on record with what is left', async () => {
    const from = world.calls.length;
    expect(await reconcileCopies(client(), { tenant: 'acme', queues })).toEqual({
      reconciliationId: 'r',
      repaired: 0,
      snapshot: { found: 'behind', now: 'agrees' },
      findings: [{ kind: 'source-stale', source: 'bureau', table: 'bureau_reports', count: 0 }],
    });
    expect(world.calls.slice(from)).toEqual([
      'reconcile facts',
      'reconcile snapshot',
      'publishSnapshot',
      'reconcile snapshot',
      'conclude reconciliation',
    ]);
    await deployment.record('reconcile', 'acme/reconcile');
  });
});

describe('shadow scoring', () => {
  it('reads on batch by batch until the end, and finds nothing the next time', async () => {
    world.unread = 25;
    const outcome = await shadowScore(client(), { tenant: 'acme', queues, most: 10 });
    expect(outcome).toEqual({ read: 25, scored: 25, skipped: 0 });
    expect(world.calls.filter((call) => call === 'shadows 10')).toHaveLength(3);
    await deployment.record('shadow', 'acme/shadow-score');
    expect(await shadowScore(client(), { tenant: 'acme', queues })).toMatchObject({ read: 0 });
  });
});

describe('monitoring', () => {
  it('scores the portfolio, then looks at the model', async () => {
    const { slot } = deployment.request();
    const from = world.calls.length;
    expect(await monitorPortfolio(client(), { tenant: 'acme', queues, slot })).toMatchObject({
      looks: [{ result: 'quiet' }],
      notFollowed: [],
    });
    expect(world.calls.slice(from).filter((call) => call.startsWith('look'))).toEqual([`look ${slotKey(slot)}`]);
    await deployment.record('monitor-every-slot', `acme/monitor/${slotKey(slot)}`);
  });

  it('takes what must follow an alarm, in order', async () => {
    const { slot } = deployment.request();
    world.alarms = true;
    const outcome = await monitorPortfolio(client(), { tenant: 'acme', queues, slot, rescore: false });
    world.alarms = false;
    expect(outcome.looks[0]?.actions.map(({ action, state }) => [action, state])).toEqual([
      ['notify', 'done'],
      ['retrain', 'done'],
    ]);
    expect(world.calls.slice(-3)).toEqual(['take notify', `take retrain ${slotKey(slot)}`, 'not followed ']);
    await deployment.record('monitor-alarm-by-slot', `acme/monitor/${slotKey(slot)}`);
  });

  it('looks at every slot that has a champion; what keeps one from it is on record and keeps no other, and actions are of the slot that alarmed', async () => {
    const { slot } = deployment.request();
    const broken = { ...slot, segment: 'broken' };
    const late = { ...slot, segment: null, lateDays: 30 };
    world.otherSlots = [broken, late];
    world.alarms = true;
    const from = world.calls.length;
    const outcome = await monitorPortfolio(client(), { tenant: 'acme', queues, slot, partitions: 2 });
    expect(outcome.looks.map((look) => look.slot)).toEqual([slotKey(slot), slotKey(late)]);
    expect(outcome.notFollowed).toEqual([
      { slot: slotKey(broken), code: 'NO_REFERENCE', message: 'Nothing to compare with.' },
    ]);
    const calls = world.calls.slice(from);
    expect(calls.filter((call) => /^(look|take retrain|not)/.test(call))).toEqual([
      `look ${slotKey(slot)}`,
      `take retrain ${slotKey(slot)}`,
      `look ${slotKey(broken)}`,
      `look ${slotKey(late)}`,
      `take retrain ${slotKey(late)}`,
      `not followed ${slotKey(broken)} NO_REFERENCE`,
    ]);
    await deployment.record('monitor-slots', `acme/monitor/${slotKey(slot)}`);
    world.otherSlots = [];
    const alone = monitorPortfolio(client(), { tenant: 'acme', queues, slot: broken, rescore: false });
    await expect(alone).rejects.toMatchObject({ code: 'NO_REFERENCE' });
    world.alarms = false;
  });
});

describe('a report on risk', () => {
  it('scores the portfolio, then reports on it, then on each customer who is warned of', async () => {
    const { slot } = deployment.request();
    const from = world.calls.length;
    const outcome = await reportRisk(client(), { tenant: 'acme', queues, slot, partitions: 2, concurrency: 1 });
    expect(outcome).toEqual({ reportId: 'r-1', customers: 3, exposure: 30, expectedLoss: 1 });
    expect(world.calls.slice(from)).toEqual(['bucket 0', 'bucket 1', 'portfolio report', 'customer reports']);
    await deployment.record('risk-report-by-slot', `acme/risk-report/${slotKey(slot)}`);
  });
});

describe('schedules', () => {
  let input: RetrainInput;

  beforeAll(() => {
    input = deployment.request();
  });

  it('are created once, then changed, with policies and next times', async () => {
    const work = { kind: 'retrain', input } as const;
    expect(await createSchedule(client(), 'main', work)).toEqual({ id: 'acme/main/retrain', created: true });
    expect(await createSchedule(client(), 'main', work, '30 5 * * 1')).toMatchObject({ created: false });
    await createSchedule(client(), 'main', { kind: 'refresh', input: { tenant: 'acme', queues } });
    await createSchedule(client(), 'main', { kind: 'shadow', input: { tenant: 'acme', queues } });
    await createSchedule(client(), 'main', { kind: 'retention', input: { tenant: 'acme', queues, actor: 'li' } });
    await createSchedule(client(), 'main', { kind: 'reconcile', input: { tenant: 'acme', queues } });
    const { slot } = input;
    await createSchedule(client(), 'main', { kind: 'report', input: { tenant: 'acme', queues, slot } });
    await createSchedule(client(), 'main', { kind: 'monitor', input: { tenant: 'acme', queues, slot } });
    const [refresh, retrain, shadow, report, monitor, retention, reconcile] = await listSchedules(
      client(),
      'acme',
      'main',
    );
    expect(refresh).toMatchObject({ cron: '0 2 * * *', overlap: 'SKIP', catchupWindowSeconds: 86_400, paused: false });
    expect(shadow).toMatchObject({ overlap: 'SKIP', catchupWindowSeconds: 600, paused: false });
    expect(report).toMatchObject({ cron: '0 6 1 * *', overlap: 'SKIP', catchupWindowSeconds: 7 * 86_400 });
    expect(monitor).toMatchObject({ cron: '0 3 * * *', overlap: 'SKIP', catchupWindowSeconds: 86_400 });
    expect(retention).toMatchObject({ cron: '0 3 2 * *', overlap: 'SKIP', catchupWindowSeconds: 7 * 86_400 });
    expect(reconcile).toMatchObject({ cron: '15 5 * * *', overlap: 'SKIP', catchupWindowSeconds: 86_400 });
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
    await deployment.record('scheduled-retrain', recent[0]?.workflowId ?? '');
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
    const waiting = await deployment.submitted(deployment.request());
    world.trainMs = 4000;
    const training = deployment.request();
    const { workflowId } = await submitRetrain(client(), training);
    await until(async () => ((await readProgress(client(), workflowId)).step === 'train' ? true : null));
    await deployment.server.restart();
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
    const input = deployment.request();
    const from = world.calls.length;
    const outcome = await rescorePortfolio(client(), {
      ...input,
      partitions: 10,
      concurrency: 3,
      partitionsPerRun: 4,
    });
    expect(outcome).toMatchObject({ partitions: 10, rows: 55, snapshotId: 'snapshot', modelHash: 'model' });
    expect(outcome.meanPd).toBeCloseTo(0.1, 12);
    expect(world.mostBucketsAtOnce).toBeGreaterThan(1);
    expect(world.mostBucketsAtOnce).toBeLessThanOrEqual(3);
    expect(world.calls.slice(from).filter((call) => call.startsWith('bucket')).length).toBe(10);
    const files = await readdir(outcome.folder);
    expect(files.filter((file) => file.endsWith('.parquet'))).toHaveLength(10);
    expect(files.filter((file) => file.includes('tmp'))).toEqual([]);
    const workflowId = `acme/rescore/main/${input.slot.segment}/12m`;
    const { runId } = await client().workflow.getHandle(workflowId).describe();
    const first = (await client().workflow.getHandle(workflowId, runId).describe()).raw.workflowExecutionInfo
      ?.firstRunId;
    await deployment.record('rescore-by-slot-continued', workflowId, first ?? undefined);
    await deployment.record('rescore-by-slot', workflowId);
  });

  it('refuses a partition count that is not one', async () => {
    const bad = rescorePortfolio(client(), { ...deployment.request(), partitions: 0 });
    await expect(bad).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
