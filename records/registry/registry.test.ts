import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { migrate, type Database } from '../database/index.ts';
import { createChampions, createRulesOnlySlots, createRegistry, createSnapshots, type NewCandidate } from './index.ts';

const tenant = 'acme' as Tenant;
const slot = { portfolio: 'demo', segment: null, horizonMonths: 12 } as const;
const hashOf = (letter: string) => letter.repeat(64);

function submission(runId: string, letter: string): NewCandidate {
  return {
    runId,
    slot,
    modelHash: hashOf(letter),
    name: 'demo',
    artefactRef: `artefacts/${hashOf(letter)}`,
    trainingSetHash: hashOf('e'),
    featureViews: { profile: hashOf('f') },
    golden: { proven: true },
    submitter: 'dana',
  };
}

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await startTestDatabase();
  ({ database } = server);
});

afterAll(() => server?.stop());

describe('migrations', () => {
  it('run once, however many start together', async () => {
    const ran = await Promise.all([migrate(database), migrate(database)]);
    expect(ran.flat()).toEqual([]);
  });
});

describe('the registry', () => {
  it('registers a run once, however often it is asked', async () => {
    const registry = createRegistry(database, tenant);
    const [first, second] = await Promise.all([
      registry.registerCandidate(submission('run-once', 'a')),
      registry.registerCandidate(submission('run-once', 'a')),
    ]);
    expect(second).toEqual(first);
    await expect(registry.registerCandidate(submission('run-once', 'b'))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('refuses a model whose engines were not proven equal', async () => {
    const registry = createRegistry(database, tenant);
    const unproven = { ...submission('run-unproven', 'a'), golden: { proven: false } };
    await expect(registry.registerCandidate(unproven)).rejects.toMatchObject({ code: 'GOLDEN_NOT_PROVEN' });
  });

  it('lets a second person approve, never the submitter, and a failed gate only with a reason', async () => {
    const registry = createRegistry(database, tenant);
    const { candidateId } = await registry.registerCandidate(submission('run-eyes', 'a'));
    const approve = (actor: string, reason: string | null) =>
      registry.decide(candidateId, { kind: 'approve', actor, reason });
    await expect(approve('lee', null)).rejects.toMatchObject({ code: 'DECISION_REFUSED' });
    await registry.recordValidation(candidateId, { auc: 0.7 }, false);
    await expect(approve(' DANA ', 'fine')).rejects.toMatchObject({ code: 'DECISION_REFUSED' });
    await expect(approve('lee', '  ')).rejects.toMatchObject({ code: 'DECISION_REFUSED' });
    const approved = await approve('lee', 'accepted for the pilot');
    expect(approved).toMatchObject({ state: 'approved', decision: { actor: 'lee', reason: 'accepted for the pilot' } });
    expect(await approve('lee', 'accepted for the pilot')).toEqual(approved);
    await expect(registry.decide(candidateId, { kind: 'reject', actor: 'kim', reason: 'no' })).rejects.toMatchObject({
      code: 'CANDIDATE_DECIDED',
    });
  });

  it('supersedes the earlier waiting candidates of the same slot', async () => {
    const registry = createRegistry(database, 'superseding' as Tenant);
    const first = await registry.registerCandidate(submission('run-1', 'a'));
    const second = await registry.registerCandidate(submission('run-2', 'b'));
    expect(await registry.supersedeOthers(second.candidateId, 'retrain')).toEqual([first.candidateId]);
    expect((await registry.candidate(first.candidateId)).state).toBe('superseded');
    expect(await registry.supersedeOthers(second.candidateId, 'retrain')).toEqual([]);
  });

  it('keeps tenants apart', async () => {
    const mine = await createRegistry(database, tenant).registerCandidate(submission('run-apart', 'a'));
    const other = createRegistry(database, 'other' as Tenant);
    await expect(other.candidate(mine.candidateId)).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
    expect(await other.candidates()).toEqual([]);
  });
});

describe('champions', () => {
  const approved = async (name: string, letter: string, at: Tenant) => {
    const registry = createRegistry(database, at);
    const { candidateId } = await registry.registerCandidate(submission(name, letter));
    await registry.recordValidation(candidateId, { auc: 0.8 }, true);
    await registry.decide(candidateId, { kind: 'approve', actor: 'lee', reason: null });
    return candidateId;
  };

  it('answer which model was in production at any instant', async () => {
    const at = 'reigns' as Tenant;
    const champions = createChampions(database, at);
    const first = await champions.promote(await approved('run-1', 'a', at), 'lee');
    const second = await champions.promote(await approved('run-2', 'b', at), 'lee');
    const back = await champions.rollback(slot, 'lee', 'b drifts');
    expect(await champions.championAt(slot, instant('2000-01-01'))).toBeNull();
    expect((await champions.championAt(slot, first.from))?.modelHash).toBe(hashOf('a'));
    expect((await champions.championAt(slot, second.from))?.modelHash).toBe(hashOf('b'));
    expect((await champions.championAt(slot, back.from))?.modelHash).toBe(hashOf('a'));
    expect((await champions.standing()).map((reign) => reign.modelHash)).toEqual([hashOf('a')]);
    expect((await champions.history(slot)).map((reign) => reign.how)).toEqual(['rollback', 'promote', 'promote']);
  });

  it('keep their seat while rules alone rate, until a person ends it or another model is seated', async () => {
    const at = 'rules-only' as Tenant;
    const champions = createChampions(database, at);
    const slots = createRulesOnlySlots(database, at);
    const call = { actor: 'probity', reason: 'inputs are broken', reportId: null, modelHash: hashOf('a') };
    await expect(slots.start(slot, call)).rejects.toMatchObject({ code: 'NO_CHAMPION' });
    const first = await champions.promote(await approved('run-1', 'a', at), 'lee');
    expect((await champions.standing())[0]?.rulesOnly).toBeUndefined();
    await expect(slots.start(slot, { ...call, modelHash: hashOf('b') })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(slots.start(slot, { ...call, reason: ' ' })).rejects.toMatchObject({ code: 'DECISION_REFUSED' });
    const begun = await slots.start(slot, call);
    expect(await slots.start(slot, call)).toEqual(begun);
    expect(await champions.standing()).toEqual([{ ...first, rulesOnly: begun }]);
    const ended = await slots.end(slot, 'lee', 'the feed is back');
    expect(ended).toMatchObject({ endedBy: 'lee', endReason: 'the feed is back' });
    await expect(slots.end(slot, 'lee', 'again')).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
    expect(await champions.standing()).toEqual([first]);
    expect((await champions.championAt(slot, begun.from))?.rulesOnly).toEqual(ended);
    expect((await champions.championAt(slot, ended.until!))?.rulesOnly).toBeUndefined();
    await slots.start(slot, { ...call, modelHash: null });
    await champions.promote(await approved('run-2', 'b', at), 'lee');
    expect((await champions.standing()).map(({ modelHash, rulesOnly }) => [modelHash, rulesOnly])).toEqual([
      [hashOf('b'), undefined],
    ]);
    await expect(slots.end(slot, 'lee', 'late')).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
    await slots.start(slot, { ...call, modelHash: hashOf('b') });
    expect((await slots.list()).map(({ endedBy }) => endedBy)).toEqual([null, 'probity', 'lee']);
  });

  it('of late payment sits beside that of default, and neither touches the other', async () => {
    const at = 'two-targets' as Tenant;
    const champions = createChampions(database, at);
    const registry = createRegistry(database, at);
    const first = await champions.promote(await approved('run-1', 'a', at), 'lee');
    const lateSlot = { ...slot, horizonMonths: 6, lateDays: 30 };
    const late = { ...submission('run-late', 'b'), slot: lateSlot };
    const { candidateId } = await registry.registerCandidate(late);
    await registry.recordValidation(candidateId, { auc: 0.8 }, true);
    await registry.decide(candidateId, { kind: 'approve', actor: 'lee', reason: null });
    expect((await champions.promote(candidateId, 'lee')).slot).toEqual(lateSlot);
    expect((await champions.standing()).map((reign) => [reign.slot, reign.modelHash])).toEqual([
      [slot, hashOf('a')],
      [lateSlot, hashOf('b')],
    ]);
    expect(await champions.history(slot)).toEqual([first]);
    await expect(champions.rollback(lateSlot, 'lee', 'why')).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
    expect(await champions.championAt(slot, first.from)).toEqual(first);
  });

  it('are seated once per candidate and only when approved', async () => {
    const at = 'seats' as Tenant;
    const champions = createChampions(database, at);
    const waiting = await createRegistry(database, at).registerCandidate(submission('run-waiting', 'c'));
    await expect(champions.promote(waiting.candidateId, 'lee')).rejects.toMatchObject({ code: 'DECISION_REFUSED' });
    const candidateId = await approved('run-1', 'a', at);
    const seats = await Promise.all([champions.promote(candidateId, 'lee'), champions.promote(candidateId, 'lee')]);
    expect(seats[1]).toEqual(seats[0]);
    expect(await champions.history(slot)).toHaveLength(1);
    await expect(champions.rollback(slot, 'lee', 'why')).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
  });
});

describe('a benchmark-only model', () => {
  const at = 'yardsticks' as Tenant;

  it('is not approved, whoever asks and whatever the reason, and takes no seat past the registry either', async () => {
    const registry = createRegistry(database, at);
    const champions = createChampions(database, at);
    const yardstick = { ...submission('run-yard', 'd'), use: 'benchmark-only' } as const;
    const { candidateId, use } = await registry.registerCandidate(yardstick);
    expect(use).toBe('benchmark-only');
    await registry.recordValidation(candidateId, { auc: 0.9 }, true);
    for (const actor of ['lee', 'dana', 'probity']) {
      const approval = registry.decide(candidateId, { kind: 'approve', actor, reason: 'it is very good' });
      await expect(approval).rejects.toMatchObject({ code: 'BENCHMARK_ONLY' });
    }
    const { db } = database;
    const own = db.updateTable('candidates').where('candidate_id', '=', candidateId);
    await own.set({ state: 'approved' }).execute();
    await expect(champions.promote(candidateId, 'lee')).rejects.toMatchObject({ code: 'BENCHMARK_ONLY' });
    expect(await champions.standing()).toEqual([]);
    await own.set({ state: 'waiting' }).execute();
    const rejected = await registry.decide(candidateId, { kind: 'reject', actor: 'lee', reason: 'a yardstick' });
    expect(rejected.state).toBe('rejected');
  });

  it('is refused by the database itself, as a past champion to roll back to, and cannot be relabelled', async () => {
    const { db } = database;
    const seat = (from: string, until: string | null, hash: string) =>
      db
        .insertInto('champions')
        .values({
          tenant: at,
          slot: 'demo/*/12m',
          model_hash: hash,
          valid_from: from,
          valid_until: until,
          how: 'promote',
          candidate_id: null,
          actor: 'lee',
          reason: null,
        })
        .execute();
    await expect(seat('2020-01-01', '2021-01-01', hashOf('d'))).rejects.toThrow(/benchmark-only/);
    const relabel = db.updateTable('models').set({ use: 'decisions' }).where('tenant', '=', at).execute();
    await expect(relabel).rejects.toThrow(/never changes/);
    // Another model in the seat: a rollback finds no yardstick behind it.
    await createRegistry(database, at).registerCandidate(submission('run-real', 'a'));
    await seat('2022-01-01', null, hashOf('a'));
    await expect(createChampions(database, at).rollback(slot, 'lee', 'why')).rejects.toMatchObject({
      code: 'NOT_REGISTERED',
    });
  });
});

describe('a deep challenger', () => {
  const at = 'challengers' as Tenant;

  it('is registered and rejected like any model, and takes no seat: by approval, promotion, rollback or statement', async () => {
    const { db } = database;
    const registry = createRegistry(database, at);
    const champions = createChampions(database, at);
    const deep = { ...submission('run-deep', 'd'), use: 'challenger-only' } as const;
    const { candidateId, use } = await registry.registerCandidate(deep);
    expect(use).toBe('challenger-only');
    await registry.recordValidation(candidateId, { auc: 0.9 }, true);
    for (const actor of ['lee', 'dana', 'probity']) {
      const approval = registry.decide(candidateId, { kind: 'approve', actor, reason: 'it is very good' });
      await expect(approval).rejects.toMatchObject({ code: 'CHALLENGER_CANNOT_DECIDE' });
    }
    const own = db.updateTable('candidates').where('tenant', '=', at).where('candidate_id', '=', candidateId);
    await own.set({ state: 'approved' }).execute();
    await expect(champions.promote(candidateId, 'lee')).rejects.toMatchObject({ code: 'CHALLENGER_CANNOT_DECIDE' });
    const seat = (from: string, until: string | null, hash: string) =>
      db
        .insertInto('champions')
        .values({
          tenant: at,
          slot: 'demo/*/12m',
          model_hash: hash,
          valid_from: from,
          valid_until: until,
          how: 'promote',
          candidate_id: null,
          actor: 'somebody',
          reason: null,
        })
        .execute();
    await expect(seat('2020-01-01', '2021-01-01', hashOf('d'))).rejects.toThrow(/challenger-only/);
    // As if an earlier version had seated it: a rollback does not bring it back.
    await registry.registerCandidate(submission('run-real', 'a'));
    await sql`alter table champions disable trigger champions_decide`.execute(db);
    await seat('2020-01-01', '2021-01-01', hashOf('d'));
    await sql`alter table champions enable trigger champions_decide`.execute(db);
    await seat('2022-01-01', null, hashOf('a'));
    await expect(champions.rollback(slot, 'lee', 'why')).rejects.toMatchObject({ code: 'CHALLENGER_CANNOT_DECIDE' });
    expect((await champions.standing()).map(({ modelHash }) => modelHash)).toEqual([hashOf('a')]);
    const relabel = db.updateTable('models').set({ use: 'decisions' }).where('tenant', '=', at).execute();
    await expect(relabel).rejects.toThrow(/never changes/);
    await own.set({ state: 'waiting' }).execute();
    const rejected = await registry.decide(candidateId, { kind: 'reject', actor: 'lee', reason: 'only compared' });
    expect(rejected.state).toBe('rejected');
  });
});

describe('snapshots', () => {
  it('are read by the one announced last, be it new or announced again', async () => {
    const snapshots = createSnapshots(database, tenant);
    expect(await snapshots.newest()).toBeNull();
    const one = {
      snapshotId: 's1',
      ref: 'snapshots/s1',
      asOf: instant('2026-01-31'),
      factsThrough: 4,
      featureViews: {},
    };
    const announced = await snapshots.announce(one);
    expect(await snapshots.announce(one)).toEqual(announced);
    await snapshots.announce({ ...one, snapshotId: 's2', ref: 'snapshots/s2' });
    expect((await snapshots.newest())?.snapshotId).toBe('s2');
    expect((await snapshots.announce(one)).publishedAt > announced.publishedAt).toBe(true);
    expect((await snapshots.newest())?.snapshotId).toBe('s1');
  });
});
