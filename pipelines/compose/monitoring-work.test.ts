import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock, ProbityError, type Tenant } from '../../base/index.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash, saveArtefact } from '../../models/artefact/index.ts';
import type { MonitoringReport } from '../../models/monitoring/index.ts';
import { parseSlotKey } from '../../models/registry/index.ts';
import { loadActionPolicy, type ActionPolicy } from '../../rating/index.ts';
import { createAppender, storedRecords } from '../../records/audit/index.ts';
import { createMonitoringActions, createMonitoringGaps, createMonitoringReports } from '../../records/reports/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { SYSTEM_ACTOR, type RetrainInput } from '../messages.ts';
import { monitoringWork } from './monitoring-work.ts';

const slot = 'trade/*/12m';
const queues = { training: 't', features: 'f' };
let server: TestDatabase;
let root: string;
const now = '2026-05-01T00:00:00.000Z';
let tenants = 0;
beforeAll(async () => {
  server = await startTestDatabase();
  root = await mkdtemp(join(tmpdir(), 'probity-actions-'));
});
afterAll(async () => {
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

/** A world with a registry that says what it is told. */
function world(policy: ActionPolicy = loadActionPolicy(null)) {
  const tenant = `tenant-${(tenants += 1)}` as Tenant;
  const reports = createMonitoringReports(server.database, tenant);
  const actions = createMonitoringActions(server.database, tenant, createAppender(server.database, tenant), reports);
  const state = {
    waiting: [] as { candidateId: string; modelHash: string }[],
    reigns: [] as { modelHash: string; until: string | null }[],
    standing: [] as string[],
    calls: [] as string[],
    asked: [] as RetrainInput[],
    folder: '',
  };
  const gaps = createMonitoringGaps(server.database, tenant);
  const work = monitoringWork({
    clock: fixedClock(now),
    look: () => Promise.reject(new Error('nobody looks here')),
    reports,
    actions,
    policy: () => policy,
    registry: {
      candidates: async () => state.waiting as never,
      model: async () => ({ artefactRef: state.folder }) as never,
    },
    gaps,
    champions: {
      standing: async () =>
        state.standing.map((slot) => ({ slot: parseSlotKey(slot), modelHash: `m-${slot}` })) as never,
      history: async () => state.reigns as never,
      rollback: async (_, actor, reason) => {
        state.calls.push(`rollback by ${actor}: ${reason}`);
        const [standing, before] = state.reigns;
        state.reigns = [
          { modelHash: before!.modelHash, until: null },
          { modelHash: standing!.modelHash, until: now },
        ];
        return null as never;
      },
    },
    rulesOnly: {
      start: async (_, call) => {
        if (call.modelHash !== (state.reigns.find(({ until }) => until === null)?.modelHash ?? 'm-now'))
          throw new ProbityError('CONFLICT', 'Another model serves the slot by now.');
        state.calls.push(`rules only by ${call.actor}: ${call.reason}`);
        return { from: now } as never;
      },
    },
    shadows: {
      list: async () => [],
      start: async ({ candidateId }, { share }) => {
        state.calls.push(`shadow ${candidateId} ${share}`);
        return { shadowId: 's-1' } as never;
      },
    },
    storage: { materialise: async (ref) => ref },
    seed: 7,
  });
  const report = async (asOf: string, result: 'alarm' | 'quiet', vanished: readonly string[] = []) => {
    const content = {
      format: 'probity.monitoring/2',
      slot,
      model: 'm-now',
      asOf,
      source: { snapshotId: 's', trainingSet: 't', before: null },
      verdict: { result, significant: true, vanished, measures: [], causes: [] },
    } as unknown as MonitoringReport;
    return (await reports.keep(content, null)).reportId;
  };
  const act = async (reportId: string) => {
    const taken: string[] = [];
    for (const action of await work.plan(reportId)) {
      const retrain = { tenant, queues, slot: parseSlotKey(slot), requestId: 'r-1' };
      const { state: ended } = await work.take({ reportId, action, retrain }, async (input) => {
        state.asked.push(input);
        return { workflowId: 'w-1' };
      });
      taken.push(`${action} ${ended}`);
    }
    return taken;
  };
  return { tenant, state, work, gaps, actions, report, act };
}

/** A model that reads one feature, stored in a folder that is named by its hash. */
async function savedReading(name: string): Promise<string> {
  const term = {
    name,
    type: 'number' as const,
    encoding: { kind: 'number' as const, codes: [], edges: [1] },
    shape: [0, -1, 1],
    support: [1, 1, 1],
    band: null,
    monotone: null,
    range: null,
    label: null,
  };
  const artefact = artefactOf({ intercept: -3, terms: [term], pairs: [] });
  const folder = join(root, artefactHash(artefact));
  await mkdir(folder, { recursive: true });
  await saveArtefact(artefact, folder);
  return folder;
}

describe('what follows a look at a model', () => {
  it('is done once for a report, on record in the audit chain, and a retraining waits for a person', async () => {
    const { tenant, state, actions, report, act } = world();
    const reportId = await report('2026-04-30T00:00:00.000Z', 'alarm');
    expect(await act(reportId)).toEqual(['notify done', 'retrain done', 'shadow refused']);
    expect(await act(reportId)).toEqual([]);
    expect(state.asked).toEqual([expect.objectContaining({ submitter: SYSTEM_ACTOR, seed: 7, requestId: 'r-1' })]);
    expect((await actions.of(reportId)).map(({ action, state: ended }) => `${action} ${ended}`)).toEqual([
      'notify done',
      'retrain done',
      'shadow refused',
    ]);
    const kinds: string[] = [];
    for await (const { kind } of storedRecords(server.database, tenant)) kinds.push(kind);
    expect(kinds).toEqual(['monitoring-action', 'monitoring-action', 'monitoring-action']);
    expect(await act(await report('2026-04-30T00:00:00.000Z', 'quiet'))).toEqual([]);
  });

  it('cannot loop: an alarm on the next day finds the limits, and its refusal is on record', async () => {
    const { state, actions, report, act } = world();
    await act(await report('2026-04-29T00:00:00.000Z', 'alarm'));
    state.waiting = [{ candidateId: 'c-1', modelHash: 'm-next' }];
    const second = await report('2026-04-30T00:00:00.000Z', 'alarm');
    // Nothing came of the first shadow, so it did not use up its limit.
    expect(await act(second)).toEqual(['shadow done']);
    expect(state.calls).toEqual(['shadow c-1 1']);
    expect((await actions.of(second)).filter(({ state: ended }) => ended === 'limited')).toHaveLength(2);
    expect(state.asked).toHaveLength(1);
  });

  it('asks for no retraining where a candidate waits, which it would replace', async () => {
    const { state, report, act } = world();
    state.waiting = [{ candidateId: 'c-1', modelHash: 'm-next' }];
    expect(await act(await report('2026-04-30T00:00:00.000Z', 'alarm'))).toEqual([
      'notify done',
      'retrain refused',
      'shadow done',
    ]);
    expect(state.asked).toEqual([]);
  });

  it('falls back on broken inputs alone, to the last model that does not read them', async () => {
    const { state, report, act } = world({ ...loadActionPolicy(null), onBrokenInputs: ['fall-back'] });
    state.folder = await savedReading('sales');
    state.reigns = [
      { modelHash: 'm-now', until: null },
      { modelHash: state.folder.split('/').at(-1)!, until: '2026-01-01' },
    ];
    const alarm = await report('2026-04-28T00:00:00.000Z', 'alarm');
    expect(await act(alarm)).not.toContain('fall-back done');
    const same = await report('2026-04-29T00:00:00.000Z', 'alarm', ['sales']);
    expect(await act(same)).toEqual(['fall-back refused']);
    const other = await report('2026-04-30T00:00:00.000Z', 'alarm', ['dpd']);
    expect(await act(other)).toEqual(['fall-back done']);
    expect(state.calls).toEqual([`rollback by ${SYSTEM_ACTOR}: inputs are broken: report ${other}`]);
  });

  it('lets rules alone rate where no model before can, in whatever order the policy names the two', async () => {
    const { state, actions, report, act } = world({
      ...loadActionPolicy(null),
      onBrokenInputs: ['rules-only', 'fall-back'],
    });
    state.folder = await savedReading('sales');
    state.reigns = [
      { modelHash: 'm-now', until: null },
      { modelHash: state.folder.split('/').at(-1)!, until: '2026-01-01' },
    ];
    expect(await act(await report('2026-04-27T00:00:00.000Z', 'alarm'))).toEqual([
      'notify done',
      'retrain done',
      'shadow refused',
    ]);
    const broken = await report('2026-04-28T00:00:00.000Z', 'alarm', ['sales']);
    expect(await act(broken)).toEqual(['fall-back refused', 'rules-only done']);
    expect(state.calls).toEqual([`rules only by ${SYSTEM_ACTOR}: inputs are broken (sales): report ${broken}`]);
    // The next day's alarm finds the limit, and nothing goes round.
    const next = await report('2026-04-29T00:00:00.000Z', 'alarm', ['sales']);
    expect(await act(next)).toEqual(['fall-back refused']);
    expect((await actions.of(next)).find(({ action }) => action === 'rules-only')).toMatchObject({ state: 'limited' });
  });

  it('leaves ratings to the model before where that could take over', async () => {
    const { state, report, act } = world({ ...loadActionPolicy(null), onBrokenInputs: ['fall-back', 'rules-only'] });
    state.folder = await savedReading('sales');
    state.reigns = [
      { modelHash: 'm-now', until: null },
      { modelHash: state.folder.split('/').at(-1)!, until: '2026-01-01' },
    ];
    const broken = await report('2026-04-28T00:00:00.000Z', 'alarm', ['dpd']);
    expect(await act(broken)).toEqual(['fall-back done', 'rules-only refused']);
  });

  it('does not do to a successor what was meant for the model of the report', async () => {
    const { state, actions, report, act } = world({ ...loadActionPolicy(null), onBrokenInputs: ['fall-back'] });
    state.reigns = [{ modelHash: 'm-next', until: null }];
    const reportId = await report('2026-04-30T00:00:00.000Z', 'alarm', ['dpd']);
    expect(await act(reportId)).toEqual(['fall-back refused']);
    expect(await actions.of(reportId)).toMatchObject([{ detail: 'another model serves by now' }]);
  });
});

describe('which slots are followed', () => {
  const slot = parseSlotKey('main/*/12m');

  it('all that have a champion, by what they tell, of this portfolio alone; not those whose place others take', async () => {
    const { work, state } = world();
    state.standing = [
      'main/*/6m/late-30d',
      'main/*/9m/late-60d',
      'main/farm/12m',
      'main/*/12m',
      'main/*/24m',
      'other/*/12m',
    ];
    const keys = (await work.followed({ slot, only: false })).map(({ slots }) => slots.map(({ key }) => key));
    expect(keys).toEqual([['main/*/12m', 'main/farm/12m'], ['main/*/6m/late-30d'], ['main/*/24m']]);
    const farm = await work.followed({ slot: parseSlotKey('main/farm/12m'), only: true });
    expect(farm.map(({ slots }) => slots.map(({ key }) => key))).toEqual([['main/farm/12m']]);
    const asked = work.followed({ slot: parseSlotKey('main/shop/12m'), only: true });
    await expect(asked).rejects.toMatchObject({
      code: 'NO_CHAMPION',
      message: 'The slot main/shop/12m has no champion to look at.',
    });
  });

  it('what is not followed says why, since when, until it is or has no champion any more', async () => {
    const { work, state, gaps } = world();
    state.standing = ['main/*/6m/late-30d', 'main/*/9m/late-60d', 'main/farm/12m', 'main/*/12m'];
    const failed = { slot: 'main/farm/12m', code: 'NO_REFERENCE', message: 'gone' };
    await work.noteNotFollowed({ notFollowed: [failed], only: false });
    await work.noteNotFollowed({ notFollowed: [failed], only: false });
    const reason = 'No customer’s figures come from this slot: main/*/6m/late-30d go before it.';
    expect(await gaps.list()).toEqual([
      {
        slot: 'main/*/9m/late-60d',
        model: 'm-main/*/9m/late-60d',
        code: 'NO_SCORES',
        message: reason,
        since: now,
        lastSeen: now,
      },
      { ...failed, model: 'm-main/farm/12m', since: now, lastSeen: now },
    ]);
    state.standing = ['main/*/12m'];
    await work.noteNotFollowed({ notFollowed: [], only: false });
    expect(await gaps.list()).toEqual([]);
  });

  it('a look back at an earlier day does not end it', async () => {
    const { work, state, gaps, report } = world();
    const looked = 'trade/*/12m';
    state.standing = [looked];
    await report('2026-06-02T00:00:00.000Z', 'quiet');
    await work.noteNotFollowed({ notFollowed: [{ slot: looked, code: 'NO_REFERENCE', message: 'gone' }], only: false });
    await report('2026-05-01T00:00:00.000Z', 'quiet');
    expect((await gaps.list()).map((gap) => gap.slot)).toEqual([looked]);
    await report('2026-06-03T00:00:00.000Z', 'quiet');
    expect((await gaps.list()).map((gap) => gap.slot)).toEqual([]);
  });
});
