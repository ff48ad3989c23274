import { fc, it as property } from '@fast-check/vitest';
import { beforeAll, describe, expect } from 'vitest';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash, type FeatureValues, type GlassBox } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { REASON_RULES, reasonModels, reasonValues } from '../../test/support/reason-cases.ts';
import {
  changedInput,
  decide,
  NO_FACTS,
  NO_REQUEST,
  OUTCOMES,
  type CustomerFacts,
  type DecisionRequest,
} from '../decision/index.ts';
import { rateableModel, type RateableModel } from '../model.ts';
import { rate } from '../rate.ts';
import { openRecordedRules, type LiveRules, type RuleFiles, type Scalar } from '../rules/index.ts';
import { defaultStandards } from '../standards.ts';
import { candidatesOf } from './candidates.ts';
import { boundaryText, explanationOf, type DecisionReason, type ExplainedInput } from './index.ts';

const standards = defaultStandards();
const clean: CustomerFacts = { ...NO_FACTS, sanctionsHit: false, age: 40, documentsMissing: [] };
const live = new Map<string, LiveRules>();
/** The same rules where industries are never stressed: what a regime put right is. */
const calm = new Map<string, LiveRules>();
beforeAll(async () => {
  for (const [name, files] of Object.entries(REASON_RULES)) {
    live.set(name, await openRecordedRules(files, standards.masterScale));
    const regimes = structuredClone(files['regimes.json']) as { industry: { periods: unknown } };
    regimes.industry.periods = [];
    calm.set(
      name,
      await openRecordedRules({ ...files, 'regimes.json': regimes } as unknown as RuleFiles, standards.masterScale),
    );
  }
});

const models = new WeakMap<GlassBox, RateableModel>();
const modelOf = (box: GlassBox): RateableModel => {
  const artefact = artefactOf(box);
  const model = models.get(box) ?? rateableModel(compile(artefact), artefactHash(artefact));
  models.set(box, model);
  return model;
};

interface Case {
  readonly box: GlassBox;
  readonly values: FeatureValues;
  readonly rules: string;
  readonly request: DecisionRequest;
  readonly facts: CustomerFacts;
  readonly stale: boolean;
  readonly latePd: number | null;
  readonly atMost?: number;
}

const own = { atMost: 4, leastPoints: 0 };

async function explained(of: Case, rules = live.get(of.rules)): Promise<ExplainedInput> {
  if (rules === undefined) throw new Error(of.rules);
  const using = { ...standards, policy: { ...standards.policy, reasons: { ...own, atMost: of.atMost ?? 4 } } };
  const { values, request, facts } = of;
  const model = modelOf(of.box);
  const staleSources = of.stale ? [{ source: 'erp', lastKnown: null, expectedDays: 1 }] : [];
  const rating = rate(model, using, { values, horizonMonths: 12, staleSources, incompleteSources: [] });
  const latePayment =
    of.latePd === null ? null : { probability: of.latePd, horizonMonths: 3, model: { name: 'late', hash: '' } };
  const input = { rating, values, asOf: '2026-06-01T00:00:00.000Z', request, facts, latePayment };
  const decision = await decide(input, { standards: using, rules });
  return { decision, model, values, set: rules.set, standards: using, input };
}

/** The case with facts put right, rated and decided as a whole. */
async function putRight(of: Case, fields: ReadonlyMap<string, Scalar>): Promise<ExplainedInput> {
  const after = changedInput(of, fields, 2);
  const latePd = fields.get('late.pd');
  return explained(
    {
      ...after,
      stale: fields.get('data.stale') === false ? false : of.stale,
      latePd: typeof latePd === 'number' ? latePd : of.latePd,
    },
    (fields.has('regime.industry') ? calm : live).get(of.rules),
  );
}

const fieldsOf = (reason: DecisionReason): ReadonlyMap<string, Scalar> | null =>
  reason.kind === 'feature'
    ? new Map([[`features.${reason.name}`, reason.remedy.value]])
    : reason.kind === 'criterion'
      ? (reason.facts ?? null)
      : null;
const joined = (all: readonly ReadonlyMap<string, Scalar>[]) => new Map(all.flatMap((fields) => [...fields]));

const cases = (onGrid: boolean): fc.Arbitrary<Case> =>
  fc.record({
    box: reasonModels(onGrid),
    values: reasonValues,
    rules: fc.constantFrom(...Object.keys(REASON_RULES)),
    request: fc.record({
      amountMinor: fc.constantFrom(null, 1_000_000, 400_000_000),
      termDays: fc.constantFrom(null, 20, 75, 400),
      purpose: fc.constant(null),
    }),
    facts: fc
      .record({
        sanctionsHit: fc.constantFrom(false, false, false, true, null),
        age: fc.constantFrom(40, 40, 20, 17),
        documentsMissing: fc.constantFrom([], [], ['accounts']),
        overdueMinor: fc.constantFrom(0, 0, 5_000),
        guaranteeOffered: fc.constantFrom(null, true, false),
      })
      .map((some) => ({ ...clean, ...some })),
    stale: fc.constantFrom(false, false, false, true),
    latePd: fc.constantFrom(null, 0.1, 0.6),
  });

const plain = { request: NO_REQUEST, facts: clean, stale: false, latePd: null } as const;

function* subsets<T>(of: readonly T[], most: number, from = 0): Generator<T[]> {
  yield [];
  if (most > 0)
    for (let i = from; i < of.length; i++) for (const rest of subsets(of, most - 1, i + 1)) yield [of[i] as T, ...rest];
}

describe.each([true, false])('the reasons of a decision (contributions on the grid: %s)', (onGrid) => {
  property.prop([cases(onGrid)], { numRuns: 400 })(
    'say what the final score gains when each is put right, and when all are, to the last bit',
    async (of) => {
      const before = await explained(of);
      const explanation = explanationOf(before);
      const fields = explanation.reasons.flatMap((reason) => {
        const found = fieldsOf(reason);
        return found === null || !('gain' in reason) ? [] : [{ found, gain: reason.gain }];
      });
      for (const { found, gain } of fields) {
        const after = await putRight(of, found);
        expect(before.decision.logOdds - after.decision.logOdds).toBe(gain);
      }
      const all = await putRight(of, joined(fields.map(({ found }) => found)));
      expect(before.decision.logOdds - all.decision.logOdds).toBe(explanation.together);
      // No fact is put right twice.
      const names = fields.flatMap(({ found }) => [...found.keys()]);
      expect(new Set(names).size).toBe(names.length);
    },
  );
});

describe('the reasons of a decision', () => {
  property.prop([cases(true), fc.integer({ min: 1, max: 4 })], { numRuns: 1000 })(
    'are a set at least as good as every other set of as many, as deciding anew finds, or rules alone',
    async (drawn, atMost) => {
      const of = { ...drawn, atMost };
      const before = await explained(of);
      const explanation = explanationOf(before);
      if (explanation.boundary.kind === 'rule') return;
      const { all } = candidatesOf(before);
      const { causes, outcome } = before.decision;
      const rules = causes.filter(({ binding, source }) => outcome !== 'approve' && binding && source !== 'cutoff');
      const room = Math.max(0, atMost - rules.length);
      for (const other of subsets(all, room)) {
        const after = await putRight(of, joined(other.map(({ fields }) => fields)));
        expect(before.decision.logOdds - after.decision.logOdds).toBeLessThanOrEqual(explanation.together);
      }
    },
    120_000,
  );

  property.prop([cases(true)], { numRuns: 1000 })(
    'name the rules that bind first, whatever else binds; and reach the boundary only where deciding anew comes to another decision',
    async (of) => {
      const before = await explained(of);
      const { decision } = before;
      const explanation = explanationOf(before);
      const { reasons, reaches, boundary } = explanation;
      const binding = decision.outcome === 'approve' ? [] : decision.causes.filter((cause) => cause.binding);
      const rules = binding.filter(({ source }) => source !== 'cutoff').slice(0, 4);
      expect(reasons.slice(0, rules.length)).toEqual(rules.map((cause) => ({ kind: 'rule', cause })));
      if (decision.outcome !== 'approve') expect(reasons.length).toBeGreaterThan(0);
      expect(reasons.length).toBeLessThanOrEqual(4);
      const fields = joined(reasons.flatMap((reason) => fieldsOf(reason) ?? []));
      const after = (await putRight(of, fields)).decision;
      const isAnother =
        decision.outcome === 'approve'
          ? before.standards.masterScale.grades.findIndex(({ code }) => code === after.grade.code) <
            before.standards.masterScale.grades.findIndex(({ code }) => code === decision.grade.code)
          : OUTCOMES.indexOf(after.outcome) < OUTCOMES.indexOf(decision.outcome);
      expect(reaches).toBe(isAnother && boundary.kind !== 'rule');
      expect(boundaryText(explanation, 1, 'en').includes('which is enough')).toBe(reaches);
    },
  );

  property.prop([cases(true), fc.constantFrom(...Object.keys(REASON_RULES))], { numRuns: 50 })(
    'are features and criteria alone where no rule binds',
    async ({ box, values }, rules) => {
      const { reasons } = explanationOf(await explained({ ...plain, box, values, rules }));
      for (const { kind } of reasons) expect(['feature', 'criterion', 'rule', 'bound']).toContain(kind);
    },
  );
});
