import { changedInput } from '../decision/changed.ts';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { cell, editedRules } from '../../test/support/rules.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash, type FeatureTerm } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { decide, DecisionFacts, NO_FACTS, NO_REQUEST, type DecisionInput } from '../decision/index.ts';
import { rateableModel, type RateableModel } from '../model.ts';
import { rate } from '../rate.ts';
import { loadRuleFiles, parseRuleSet, prepareRules, type LiveRules } from '../rules/index.ts';
import { defaultStandards } from '../standards.ts';
import { doableAct, type Doable } from './doable.ts';
import { canJoin, optionsOf } from './options.ts';
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

const standards = defaultStandards();
const plain = prepareRules(parseRuleSet(loadRuleFiles(null), standards.masterScale));
/** Rules where acts meet: a criterion and a limit's base on features, and a row that holds grades from both sides. */
const crossed = prepareRules(
  parseRuleSet(
    editedRules({
      'fields.json': {
        features: { utilisation: { type: 'number', min: 0 }, receivables_open: { type: 'number', min: 0 } },
      },
      'score.json': {
        'nodes.2.content.inputs.0.field': 'features.utilisation',
        'nodes.2.content.rules.0.i1': '<= 0.3',
        'nodes.2.content.rules.1.i1': '> 0.3 and <= 0.6',
        'nodes.2.content.rules.2.i1': '> 0.6 and <= 0.9',
        'nodes.2.content.rules.3.i1': '> 0.9',
      },
      'limits.json': { [cell(2, 'o2')]: '"features.receivables_open"', [cell(2, 'o3')]: '0.9' },
      'policy.json': { [cell(4, 'o4')]: '"C1"' },
    }),
    standards.masterScale,
  ),
);

const shape = (length: number) =>
  fc.array(fc.integer({ min: -1024, max: 1536 }), { minLength: length, maxLength: length }).map((steps) => {
    // Mostly rising, not always: advice does not rely on it.
    let at = 0;
    return steps.map((step) => (at += step) / 1024);
  });
const number = (name: string, edges: readonly number[], values: readonly number[]): FeatureTerm => ({
  name,
  type: 'number',
  encoding: { kind: 'number', codes: [], edges: [...edges] },
  shape: [...values],
  support: values.map(() => 1),
  band: null,
  monotone: null,
  range: [0, 10_000],
  label: null,
});
const TERMS = {
  overdue_amount: [1, 400, 1100, 2300],
  overdue_share: [0.1, 0.25, 0.6],
  credit_drawn: [500, 2000, 4000],
  utilisation: [0.2, 0.5, 0.8],
  dpd_current: [1, 30],
} as const;
const modelArbitrary: fc.Arbitrary<RateableModel> = fc
  .record({
    intercept: fc.integer({ min: -6 * 1024, max: -1024 }),
    shapes: fc.tuple(...Object.values(TERMS).map((edges) => shape(edges.length + 2))),
    pair: fc.array(shape(2), { minLength: 2, maxLength: 2 }),
  })
  .map(({ intercept, shapes, pair }) => {
    const terms = Object.entries(TERMS).map(([name, edges], i) => number(name, edges, shapes[i] ?? []));
    const pairs = [{ a: 0, b: 3, rowOf: [0, 0, 0, 1, 1, 1], columnOf: [0, 0, 0, 1, 1], values: pair }];
    const artefact = artefactOf({ intercept: intercept / 1024, terms, pairs });
    return rateableModel(compile(artefact), artefactHash(artefact));
  });

/** The package's acts, in steps so coarse that all sizes can be tried. */
const coarse = (steps: { readonly [id: string]: number }): ActsFile => {
  const file = loadActs(null);
  return {
    ...file,
    acts: file.acts.map((act) =>
      act.size === null ? act : { ...act, size: { ...act.size, step: steps[act.id] ?? act.size.step } },
    ),
  };
};

interface Customer {
  readonly model: RateableModel;
  readonly rules: LiveRules;
  readonly acts: ActsFile;
  readonly overdue: number;
  readonly open: number;
  readonly drawn: number;
  readonly utilisation: number;
  readonly amount: number;
  readonly termDays: number | null;
  readonly existing: number | null;
  readonly documents: number;
}

function ready(customer: Customer): { readonly advisor: Advisor; readonly input: DecisionInput } {
  const { model, rules, acts, overdue, open, drawn, utilisation, amount, termDays, existing, documents } = customer;
  const values = {
    overdue_amount: overdue,
    receivables_open: overdue + open,
    overdue_share: overdue + open === 0 ? null : overdue / (overdue + open),
    dpd_current: overdue > 0 ? 45 : 0,
    credit_drawn: drawn,
    utilisation,
  };
  const rating = rate(model, standards, { values, horizonMonths: 12, staleSources: [], incompleteSources: [] });
  const input: DecisionInput = {
    rating,
    values,
    asOf: '2026-06-01T00:00:00.000Z',
    request: { ...NO_REQUEST, amountMinor: amount * 100, termDays },
    facts: {
      ...NO_FACTS,
      sanctionsHit: false,
      age: 40,
      documentsMissing: Array.from({ length: documents }, (_, i) => `d${i}`),
      overdueMinor: overdue * 100,
      existingExposureMinor: existing === null ? null : existing * 100,
      guaranteeOffered: false,
    },
    latePayment: null,
  };
  return { advisor: prepareAdvisor({ model, standards, rules, acts }), input };
}

const customers: fc.Arbitrary<Customer> = fc.record({
  model: modelArbitrary,
  rules: fc.constantFrom(plain, plain, crossed),
  acts: fc.constantFrom(
    coarse({ 'pay-overdue': 700, 'repay-drawn': 1500, 'ask-for-less': 9000, 'shorten-term': 25 }),
    coarse({ 'pay-overdue': 550, 'repay-drawn': 1100, 'ask-for-less': 14_000, 'shorten-term': 40 }),
  ),
  overdue: fc.constantFrom(0, 350, 1200, 2500.5, 3000),
  open: fc.constantFrom(0, 1000, 20_000),
  drawn: fc.constantFrom(0, 900, 3300, 5000),
  utilisation: fc.constantFrom(0.1, 0.4, 0.7, 1.1),
  amount: fc.constantFrom(5000, 30_000, 85_000),
  termDays: fc.constantFrom(null, 45, 100),
  existing: fc.constantFrom(null, 0, 4000),
  documents: fc.constantFrom(0, 0, 1),
});

/** Every combination of at most three acts that can be joined, in every size, decided by `decide` itself: the least cost, or null. */
async function cheapestByTrying(advisor: Advisor, input: DecisionInput): Promise<number | null> {
  const { parts } = advisor;
  const before = await decide(input, parts);
  const target = nextTarget(before, standards);
  if (target === null) return null;
  const bounds = boundsOf(target, parts.rules.set, standards, input);
  const facts = new DecisionFacts(input, parts.rules.set, standards.masterScale);
  const doables = parts.acts.acts.map((act) => doableAct(act, facts, 2)).filter((each) => each !== null);
  const options = optionsOf(advisor, input);
  let best: number | null = null;
  const tryFrom = async (
    from: number,
    chosen: readonly { readonly o: number; readonly k: number }[],
  ): Promise<void> => {
    for (let o = from; o < doables.length; o++) {
      if (!chosen.every((one) => canJoin(options[one.o]!, options[o]!, advisor))) continue;
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
