import { test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import {
  crowded,
  customers,
  LIMIT_ACTS,
  number,
  plain,
  ready,
  standards,
  TERMS,
  type Customer,
} from '../../test/support/advice-customers.ts';
import { changedInput } from '../decision/changed.ts';
import { decide, DecisionFacts, type DecisionInput } from '../decision/index.ts';
import { rateableModel } from '../model.ts';
import { doableAct, type Doable } from './doable.ts';
import { boundsOf, nextTarget, reaches } from './target.ts';
import {
  adviceTexts,
  advise,
  loadActs,
  parseActs,
  prepareAdvisor,
  ratedAnew,
  type ActsFile,
  type Advisor,
} from './index.ts';

/** What a customer is after one act in one size. */
const afterAct = (input: DecisionInput, { writes, valueAt }: Doable, k: number): DecisionInput =>
  changedInput(input, new Map(writes.map((field) => [field, valueAt(field, k)])), 2);

/** Whether acts can be joined: whichever is done first, and in whatever size, the other does the same, and to fields of its own, as far as anything reads them. */
function canBeJoined(a: Doable, b: Doable, input: DecisionInput, { parts, readFields }: Advisor): boolean {
  const readOf = ({ act, writes }: Doable): readonly string[] =>
    writes.filter((field) => readFields.has(field) || act.size?.of.includes(field) === true);
  const doesTheSame = (one: Doable, other: Doable): boolean =>
    [1, one.count].every((k) => {
      const facts = new DecisionFacts(afterAct(input, one, k), parts.rules.set, standards.masterScale);
      const again = doableAct(other.act, facts, 2);
      if (again === null || again.count !== other.count || readOf(again).join() !== readOf(other).join()) return false;
      const sizes = Array.from({ length: other.count }, (_, i) => i + 1);
      return readOf(other).every((field) =>
        sizes.every((size) => again.valueAt(field, size) === other.valueAt(field, size)),
      );
    });
  return !readOf(a).some((field) => readOf(b).includes(field)) && doesTheSame(a, b) && doesTheSame(b, a);
}

/** Every combination of at most three acts that can be joined, in every size, decided by `decide` itself: the least cost, or null. */
async function cheapestByTrying(advisor: Advisor, input: DecisionInput): Promise<number | null> {
  const { parts } = advisor;
  const before = await decide(input, parts);
  const target = nextTarget(before, standards);
  if (target === null) return null;
  const bounds = boundsOf(target, parts.rules.set, standards, input);
  const facts = new DecisionFacts(input, parts.rules.set, standards.masterScale);
  const doables = parts.acts.acts.map((act) => doableAct(act, facts, 2)).filter((each) => each !== null);
  const joins = doables.map((a) => doables.map((b) => a !== b && canBeJoined(a, b, input, advisor)));
  let best: number | null = null;
  const tryFrom = async (
    from: number,
    chosen: readonly { readonly o: number; readonly k: number }[],
  ): Promise<void> => {
    for (let o = from; o < doables.length; o++) {
      if (!chosen.every((one) => joins[one.o]?.[o])) continue;
      for (let k = 1; k <= doables[o]!.count; k++) {
        const all = [...chosen, { o, k }];
        const cost = all.reduce((sum, one) => sum + doables[one.o]!.cost(one.k), 0);
        const changes = new Map(
          all.flatMap((one) => {
            const doable = doables[one.o] as Doable;
            return doable.writes.map((field) => [field, doable.valueAt(field, one.k)] as const);
          }),
        );
        if (best === null || cost < best) {
          const after = await decide(ratedAnew(advisor, changedInput(input, changes, 2)), parts);
          if (reaches(after, bounds)) best = cost;
        }
        if (all.length < 3) await tryFrom(o + 1, all);
      }
    }
  };
  await tryFrom(0, []);
  return best;
}

describe('advice', () => {
  let found = 0;
  let none = 0;
  let joined = 0;
  let shifted = 0;
  test.prop([customers], { numRuns: 200, endOnFailure: true })(
    'is the cheapest combination of all, or says that there is none, and what it promises is what is then decided',
    async (customer) => {
      const { advisor, input } = ready(customer);
      const before = await decide(input, advisor.parts);
      const advice = await advise(advisor, input, before);
      const best = await cheapestByTrying(advisor, input);
      if (best === null) {
        none++;
        expect(advice.found).toBeNull();
        expect(advice.why).not.toBeNull();
        return;
      }
      found++;
      expect(advice.found?.cost).toBeCloseTo(best, 6);
      if ((advice.found?.acts.length ?? 0) > 1) joined++;
      const { features } = advisor.parts.model.scorer;
      if (features.includes('utilisation_change_90d') && advice.found?.acts.some(({ act }) => act.id === 'repay-drawn'))
        shifted++;
      const changes = new Map(
        (advice.found?.acts ?? []).flatMap((act) => act.changes.map(({ field, to }) => [field, to] as const)),
      );
      const after = await decide(ratedAnew(advisor, changedInput(input, changes, 2)), advisor.parts);
      expect(after).toEqual(advice.found?.after);
      const bounds = boundsOf(advice.target!, advisor.parts.rules.set, standards, input);
      expect(reaches(after, bounds)).toBe(true);
    },
  );

  it('was tried on customers of both kinds, and on some who need several acts', () => {
    expect(found).toBeGreaterThan(40);
    expect(none).toBeGreaterThan(10);
    expect(joined).toBeGreaterThan(10);
    expect(shifted).toBeGreaterThan(4);
  });

  const model = (() => {
    const flat = (edges: readonly number[]): number[] => [0, 0, ...edges.map(() => 0)];
    const terms = Object.entries(TERMS).map(([name, edges]) =>
      number(name, edges, name === 'overdue_amount' ? [0, -1, 0, 1, 1.5, 3] : flat(edges)),
    );
    const artefact = artefactOf({ intercept: -3, terms, pairs: [] });
    return rateableModel(compile(artefact), artefactHash(artefact));
  })();
  const late: Customer = {
    model,
    rules: plain,
    acts: loadActs(null),
    overdue: 2400,
    open: 9600,
    drawn: 0,
    utilisation: 0.1,
    amount: 5000,
    termDays: 30,
    existing: null,
    documents: 0,
    turnover: null,
    outside: null,
  };

  it('names the least amount that crosses the boundary, by a day, and what follows by definition', async () => {
    const { advisor, input } = ready({ ...late, rules: plain });
    const before = await decide(input, advisor.parts);
    expect(before.outcome).toBe('decline');
    const advice = await advise(advisor, input, before);
    expect(advice.target).toEqual({ outcome: 'condition', grade: null });
    const [act] = advice.found?.acts ?? [];
    expect(act).toMatchObject({ size: 2100, of: { from: 2400, to: 300 }, due: '2026-06-06' });
    const share = act?.changes.find(({ field }) => field === 'features.overdue_share');
    expect(share?.to).toBeCloseTo(300 / 9900, 12);
    expect(advice.found?.after.outcome).toBe('approve');
    expect(adviceTexts(advice, plain.set, 'en')[0]).toBe('Pay 2,100 CNY of the overdue amount by 2026-06-06.');
    expect(adviceTexts(advice, plain.set, 'zh-CN')[0]).toBe('请在2026-06-06前支付逾期款项中的2,100元。');
  });

  let limits = 0;
  test.prop([crowded], { numRuns: 60, endOnFailure: true })(
    'is the cheapest where several acts change what the limit is worked out from',
    async (customer) => {
      const { advisor, input } = ready(customer);
      const advice = await advise(advisor, input, await decide(input, advisor.parts));
      const best = await cheapestByTrying(advisor, input);
      if (best === null) expect(advice.found).toBeNull();
      else expect(advice.found?.cost).toBeCloseTo(best, 6);
      if ((advice.found?.acts.filter(({ act }) => LIMIT_ACTS.includes(act.id)).length ?? 0) > 1) limits++;
    },
  );

  it('joined several of those for many', () => {
    expect(limits).toBeGreaterThan(8);
  });

  it('joins repaying with asking for less where neither is enough, and says that limits stand in the way only where both are not', async () => {
    const calm = rateableModel(
      compile(artefactOf({ intercept: -3.5, terms: model.artefact.model.terms, pairs: [] })),
      'calm',
    );
    const drawn = { ...late, model: calm, overdue: 0, open: 0, drawn: 40_000, existing: 40_000, termDays: null };
    const { advisor, input } = ready({ ...drawn, amount: 380_000 });
    const before = await decide(input, advisor.parts);
    expect(before.limit).toMatchObject({ totalMinor: 20_000_000, requestedMinor: 38_000_000 });
    const advice = await advise(advisor, input, before);
    expect(advice.found?.acts.map(({ act, size }) => [act.id, size])).toEqual([
      // Repaying costs less a yuan than asking for less: all of it first.
      ['repay-drawn', 40_000],
      ['ask-for-less', 180_000],
    ]);
    expect(advice.found?.after.outcome).toBe('approve');
    const more = ready({ ...drawn, amount: 420_000 });
    const none = await advise(more.advisor, more.input, await decide(more.input, more.advisor.parts));
    expect(none).toMatchObject({ found: null, why: { kind: 'limit' } });
  });

  it('says that a rule decides where no act moves it', async () => {
    const { advisor, input } = ready(late);
    const minor: DecisionInput = { ...input, facts: { ...input.facts, age: 17 } };
    const advice = await advise(advisor, minor, await decide(minor, advisor.parts));
    expect(advice.found).toBeNull();
    expect(advice.why).toMatchObject({ kind: 'rules', codes: ['MINOR'] });
    expect(adviceTexts(advice, plain.set, 'en')).toContain('The customer is under 18.');
  });

  it('never asks for what is not the customer’s to do, more than there is, or sooner than the pace allows', async () => {
    const file = loadActs(null);
    const acts = (change: (act: ActsFile['acts'][number]) => ActsFile['acts'][number]): ActsFile => ({
      ...file,
      acts: file.acts.filter(({ id }) => id === 'pay-overdue').map(change),
    });
    const whyWith = async (given: ActsFile) => {
      const { advisor, input } = ready({ ...late, acts: given });
      return (await advise(advisor, input, await decide(input, advisor.parts))).why;
    };
    expect(await whyWith(acts((act) => act))).toBeNull();
    expect(await whyWith(acts((act) => ({ ...act, actionable: false })))).toEqual({ kind: 'no-act' });
    expect(await whyWith(acts((act) => ({ ...act, size: { ...act.size!, shareAtMost: 0.5 } })))).toEqual({
      kind: 'score',
    });
    const slow = { firstDays: 3, perDay: 100, withinDays: 20 };
    expect(await whyWith(acts((act) => ({ ...act, pace: slow })))).toEqual({ kind: 'score' });
  });

  it('is refused with every problem where acts are not sound', () => {
    const [first] = loadActs(null).acts;
    const broken = {
      name: 'x',
      version: 1,
      atMost: 3,
      acts: [first, { ...first, effects: [{ field: 'features.overdue_share', follows: 'count', of: ['features.a'] }] }],
    };
    expect(() => parseActs(broken)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
    const fine = { ...loadActs(null) };
    const finer = {
      ...fine,
      acts: fine.acts.map((act) => (act.size ? { ...act, size: { ...act.size, step: 0.001 } } : act)),
    };
    expect(() => prepareAdvisor({ model, standards, rules: plain, acts: finer })).toThrow(
      expect.objectContaining({ code: 'INVALID_SPEC' }),
    );
  });
});
