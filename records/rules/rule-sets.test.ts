import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, ProbityError, type Tenant } from '../../base/index.ts';
import { defaultStandards, parseRuleSet } from '../../rating/index.ts';
import { noDecisionsFor } from '../../test/serving/no-rule-sets.ts';
import { editedRules } from '../../test/support/rules.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createRuleSets, type RuleSets, type SoundRules } from './index.ts';

const scale = defaultStandards().masterScale;
const version = (n: number): SoundRules => parseRuleSet(editedRules({ 'decision.json': { version: n } }), scale);

let test: TestDatabase;
let tenant = 0;
beforeAll(async () => {
  test = await startTestDatabase();
});
afterAll(() => test.stop());

/** A registry of a tenant of its own. */
const fresh = (): RuleSets => createRuleSets(test.database, `t${++tenant}` as Tenant);
const inForce = async (sets: RuleSets, n: number, effectiveFrom: string | null = null) => {
  const { proposalId, rulesHash } = await sets.draft(version(n), 'ann');
  await sets.submit(proposalId, 'ann', noDecisionsFor(rulesHash));
  return sets.approve(proposalId, 'bob', { effectiveFrom: effectiveFrom === null ? null : instant(effectiveFrom) });
};

describe('rule sets', () => {
  it('go from draft to submitted to approved, by two people, and read back as they were', async () => {
    const sets = fresh();
    const draft = await sets.draft(version(2), 'ann', 'stricter');
    expect(draft).toMatchObject({ state: 'draft', author: 'ann', note: 'stricter', version: 2, events: [] });
    await expect(sets.approve(draft.proposalId, 'bob')).rejects.toThrow(/is draft/);
    await expect(sets.submit(draft.proposalId, 'cat', noDecisionsFor('0'.repeat(64)))).rejects.toThrow(
      /cannot be taken/,
    );
    await sets.submit(draft.proposalId, 'cat', noDecisionsFor(draft.rulesHash));
    for (const maker of ['ann', ' Ann ', 'CAT']) {
      const refused = sets.approve(draft.proposalId, maker);
      await expect(refused).rejects.toMatchObject({ code: 'DECISION_REFUSED' });
    }
    expect(await sets.standing()).toBeNull();
    // An effect that the approver brings is of this very set, or it is none.
    const onTable = { decisions: 3, after: { rules: { hash: draft.rulesHash } } };
    for (const effect of [{ decided: 3 }, 'fine', { decisions: 3, after: { rules: { hash: 'f'.repeat(64) } } }]) {
      const refused = sets.approve(draft.proposalId, 'bob', { effect });
      await expect(refused).rejects.toMatchObject({ problems: [{ at: 'effect' }] });
    }
    const reign = await sets.approve(draft.proposalId, 'bob', { reason: 'fine', effect: onTable });
    expect(reign).toMatchObject({ rulesHash: draft.rulesHash, how: 'approve', actor: 'bob' });
    expect((await sets.standing())?.rulesHash).toBe(draft.rulesHash);
    expect(parseRuleSet(await sets.load(draft.rulesHash), scale).hash).toBe(draft.rulesHash);
    const { events, state } = await sets.proposal(draft.proposalId.slice(0, 13));
    expect(state).toBe('approved');
    expect(events.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['submit', 'cat'],
      ['approve', 'bob'],
    ]);
    expect(events[1]?.effect).toEqual(onTable);
    expect(events[0]?.effect).toEqual(noDecisionsFor(draft.rulesHash));
    await expect(sets.approve(draft.proposalId, 'bob')).rejects.toThrow(/is approved/);
  });

  it('are in force from the instant that the approval names, never from a past one', async () => {
    const sets = fresh();
    const first = await inForce(sets, 1);
    const later = await inForce(sets, 2, '2999-01-01');
    expect((await sets.standing())?.rulesHash).toBe(first.rulesHash);
    expect((await sets.at(instant('2998-12-31')))?.rulesHash).toBe(first.rulesHash);
    expect((await sets.at(instant('2999-01-01')))?.rulesHash).toBe(later.rulesHash);
    expect(await sets.at(instant('2000-01-01'))).toBeNull();
    await expect(inForce(sets, 3, '2020-01-01')).rejects.toThrow(/in the past/);
    await expect(inForce(sets, 3, '2999-01-01')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await sets.proposals({ state: 'submitted' })).length).toBe(2);
  });

  it('roll back to what was in force before, which cancels what has not begun, and leaves history as it was', async () => {
    const sets = fresh();
    await expect(sets.rollback('ann', 'why')).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
    const first = await inForce(sets, 1);
    const second = await inForce(sets, 2);
    await inForce(sets, 3, '2999-01-01');
    await expect(sets.rollback('ann', ' ')).rejects.toMatchObject({ code: 'DECISION_REFUSED' });
    const lawless = async (): Promise<void> => {
      throw new ProbityError('PROTECTED_ATTRIBUTE', 'It reads what rules may not.');
    };
    const before = await sets.standing();
    await expect(sets.rollback('ann', 'too strict', lawless)).rejects.toMatchObject({ code: 'PROTECTED_ATTRIBUTE' });
    expect(await sets.standing()).toEqual(before);
    const again = await sets.rollback('ann', 'too strict');
    expect(again).toMatchObject({ rulesHash: first.rulesHash, how: 'rollback', reason: 'too strict' });
    expect((await sets.at(instant('2999-06-01')))?.rulesHash).toBe(first.rulesHash);
    expect((await sets.at(second.from))?.rulesHash).toBe(second.rulesHash);
    expect((await sets.history()).map(({ how }) => how)).toEqual(['rollback', 'approve', 'approve']);
    expect((await sets.rollback('ann', 'it was fine')).rulesHash).toBe(second.rulesHash);
  });

  it('rejected need a reason, and tenants do not see each other', async () => {
    const sets = fresh();
    const { proposalId, rulesHash } = await sets.draft(version(1), 'ann');
    await sets.submit(proposalId, 'ann', noDecisionsFor(rulesHash));
    await expect(sets.reject(proposalId, 'bob', '')).rejects.toMatchObject({ code: 'DECISION_REFUSED' });
    expect((await sets.reject(proposalId, 'bob', 'no')).state).toBe('rejected');
    await expect(fresh().proposal(proposalId)).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
  });

  it('are not approved where no effect of theirs came with the submission: absent, or of another set', async () => {
    const sets = fresh();
    const name = `t${tenant}`;
    for (const [n, effect] of [
      [1, null],
      [2, { ...noDecisionsFor('e'.repeat(64)) }],
    ] as const) {
      const { proposalId, rulesHash } = await sets.draft(version(n), 'ann');
      await sets.submit(proposalId, 'ann', noDecisionsFor(rulesHash));
      // As an earlier version, or another hand, left it.
      await test.database.db
        .updateTable('rule_events')
        .set({ effect: JSON.stringify(effect) })
        .where('tenant', '=', name)
        .where('proposal_id', '=', proposalId)
        .execute();
      await expect(sets.approve(proposalId, 'bob')).rejects.toMatchObject({
        code: 'DECISION_REFUSED',
        problems: [{ at: 'effect', fix: expect.stringContaining('propose the set anew') as unknown }],
      });
    }
    expect(await sets.standing()).toBeNull();
  });

  it('approved twenty at once are in force one after the other', async () => {
    const sets = fresh();
    const reigns = await Promise.all(Array.from({ length: 20 }, (_, i) => inForce(sets, i + 1)));
    expect(new Set(reigns.map(({ from }) => from)).size).toBe(20);
    const newest = reigns.reduce((a, b) => (a.from > b.from ? a : b));
    expect((await sets.standing())?.rulesHash).toBe(newest.rulesHash);
  });
});
