import { fc, it as property } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../base/index.ts';
import { artefactOf, glassBoxArbitrary } from '../../models/artefact/arbitrary.ts';
import { artefactHash, type FeatureValues, type GlassBox } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { cell, editedRules, type RuleEdits } from '../../test/support/rules.ts';
import { GRAIN, toGrid } from '../blend/index.ts';
import { decide, NO_FACTS, NO_REQUEST, type CustomerFacts } from '../decision/index.ts';
import { rateableModel } from '../model.ts';
import { defaultOverridePolicy, type Override } from '../overrides/index.ts';
import { rate } from '../rate.ts';
import { openRules, type LiveRules } from '../rules/index.ts';
import { defaultStandards } from '../standards.ts';
import { customerNotice, decisionReasonText, explain, JURISDICTIONS, type Explained } from './index.ts';

const standards = defaultStandards();
const AS_OF = '2026-06-01T00:00:00.000Z';
const clean: CustomerFacts = { ...NO_FACTS, sanctionsHit: false, age: 40, documentsMissing: [] };

const onGrid = (model: GlassBox): GlassBox => ({
  intercept: toGrid(model.intercept),
  terms: model.terms.map((term) => ({ ...term, shape: term.shape.map(toGrid) })),
  pairs: model.pairs.map((pair) => ({ ...pair, values: pair.values.map((row) => row.map(toGrid)) })),
});
const modelOf = (box: GlassBox) => {
  const artefact = artefactOf(onGrid(box));
  return rateableModel(compile(artefact), artefactHash(artefact));
};

let rules: LiveRules;
const openEdited = (edits: RuleEdits) => openRules(editedRules(edits), standards.masterScale);
beforeAll(async () => {
  rules = await openEdited({});
});

async function explained(
  model: Explained['model'],
  values: FeatureValues,
  facts: CustomerFacts = clean,
  using: LiveRules = rules,
): Promise<Explained> {
  const rating = rate(model, standards, { values, horizonMonths: 12, staleSources: [], incompleteSources: [] });
  const decision = await decide(
    { rating, values, asOf: AS_OF, request: NO_REQUEST, facts, latePayment: null },
    { standards, rules: using },
  );
  return { decision, model, values, set: using.set, standards };
}

/** A random model with values for its features. */
const cases = glassBoxArbitrary.chain((box) =>
  fc.record({
    box: fc.constant(box),
    values: fc
      .tuple(
        ...box.terms.map(({ encoding }) =>
          encoding.kind === 'number'
            ? fc.option(fc.oneof(fc.integer({ min: -60, max: 60 }), fc.constantFrom(...encoding.edges, 0)), {
                nil: null,
              })
            : fc.option(fc.constantFrom(...encoding.codes, ...encoding.levels, 'unseen'), { nil: null }),
        ),
      )
      .map((list) => Object.fromEntries(list.map((value, i) => [box.terms[i]?.name ?? '', value]))),
  }),
);

function* subsets<T>(of: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) yield [];
  else
    for (let i = from; i + size <= of.length; i++)
      for (const rest of subsets(of, size - 1, i + 1)) yield [of[i] as T, ...rest];
}

describe('the reasons of a decision', () => {
  property.prop([cases], { numRuns: 300 })(
    'move the score as said, exactly, each alone and all together',
    async ({ box, values }) => {
      const model = modelOf(box);
      const before = await explained(model, values);
      const explanation = explain(before);
      const right: [string, number | string][] = [];
      for (const reason of explanation.reasons) {
        if (reason.kind !== 'feature') continue;
        right.push([reason.name, reason.remedy.value]);
        const after = await explained(model, { ...values, [reason.name]: reason.remedy.value });
        expect(before.decision.blend.unbounded - after.decision.blend.unbounded).toBe(reason.gain);
      }
      const all = await explained(model, { ...values, ...Object.fromEntries(right) });
      const others = explanation.reasons.reduce((sum, each) => sum + (each.kind === 'criterion' ? each.gain : 0), 0);
      if (explanation.boundary.kind !== 'rule')
        expect(before.decision.blend.unbounded - all.decision.blend.unbounded + others).toBe(explanation.together);
    },
  );

  property.prop([cases, fc.integer({ min: 1, max: 4 })], { numRuns: 1000 })(
    'are a set at least as good as every other set of as many features',
    ({ box, values }, atMost) => {
      const model = modelOf(box);
      const limited = { ...standards, policy: { ...standards.policy, reasons: { atMost, leastPoints: 0 } } };
      const rating = rate(model, standards, { values, horizonMonths: 12, staleSources: [], incompleteSources: [] });
      const decision = { outcome: 'approve', causes: [], criteria: [], policy: [], facts: {}, logOdds: rating.logOdds };
      const blend = { parts: [], logOdds: rating.logOdds, unbounded: rating.logOdds };
      const of = {
        decision: { ...decision, blend, grade: rating.grade },
        model,
        values,
        set: { ...rules.set, score: [] },
      };
      const explanationOf = (most: number) =>
        explain({
          ...of,
          standards: { ...limited, policy: { ...limited.policy, reasons: { atMost: most, leastPoints: 0 } } },
        } as unknown as Explained);
      const named = explanationOf(atMost);
      const candidates = explanationOf(50).reasons.flatMap((each) => (each.kind === 'feature' ? [each] : []));
      const present = model.scorer.score(values).logOdds;
      for (const other of subsets(candidates, Math.min(atMost, candidates.length))) {
        const moved = Object.fromEntries(other.map(({ name, remedy }) => [name, remedy.value]));
        expect(present - model.scorer.score({ ...values, ...moved }).logOdds).toBeLessThanOrEqual(named.together);
      }
    },
  );

  const late = modelOf({
    intercept: -4,
    terms: [
      {
        name: 'days_late',
        type: 'number',
        encoding: { kind: 'number', codes: [], edges: [1, 30, 90] },
        shape: [0, -0.5, 0.5, 2, 5],
        support: [5, 60, 20, 10, 5],
        band: null,
        monotone: 'increasing',
        range: [0, 400],
        label: { en: 'Days late', 'zh-CN': '逾期天数' },
        display: 'whole',
      },
    ],
    pairs: [],
  });

  it('name the cutoff that mattered, and say whether they reach it', async () => {
    const of = await explained(late, { days_late: 200 });
    expect(of.decision.outcome).toBe('decline');
    const explanation = explain(of);
    expect(explanation.boundary.kind).toBe('cutoff');
    expect(explanation.reaches).toBe(true);
    const [reason] = explanation.reasons;
    if (reason?.kind !== 'feature') throw new Error('no feature is named');
    const better = await explained(late, { days_late: reason.remedy.value });
    expect(better.decision.outcome).not.toBe('decline');
    expect(decisionReasonText(reason, of, 'en')).toBe('Days late: 200; good is none.');
    expect(decisionReasonText(reason, of, 'zh-CN')).toContain('逾期天数：200');
    // The boundary is the last step of the grid on the better side.
    if (explanation.boundary.kind === 'cutoff')
      expect(of.decision.logOdds - explanation.distance + GRAIN).toBe(explanation.boundary.logOdds + GRAIN);
  });

  it('are the binding rule alone where a rule decides', async () => {
    const of = await explained(late, { days_late: 200 }, { ...clean, sanctionsHit: true });
    const binding = of.decision.causes.filter((cause) => cause.binding && cause.source !== 'cutoff');
    expect(binding.length).toBeGreaterThan(0);
    const safe = explain(await explained(late, { days_late: 0 }, { ...clean, sanctionsHit: true }));
    expect(safe.boundary.kind).toBe('rule');
    expect(safe.reasons.every(({ kind }) => kind === 'rule')).toBe(true);
    expect(safe.together).toBe(0);
  });

  it('count what criteria gain from the same feature', async () => {
    const using = await openEdited({
      'fields.json': { 'features.days_late': { type: 'number', min: 0 } },
      'score.json': {
        'nodes.1.content.inputs.0.field': 'features.days_late',
        [cell(0, 'i1')]: '< 30',
        [cell(1, 'i1')]: '>= 30',
      },
      'score.about.json': { examples: [{ name: 'nothing is expected', facts: {}, expect: {} }] },
    });
    const of = await explained(late, { days_late: 40 }, clean, using);
    const explanation = explain(of);
    const [reason] = explanation.reasons;
    if (reason?.kind !== 'feature') throw new Error('no feature is named');
    const after = await explained(late, { days_late: reason.remedy.value }, clean, using);
    expect(of.decision.blend.unbounded - after.decision.blend.unbounded).toBe(reason.gain);
    expect(reason.gain).toBeGreaterThan(reason.remedy.gain);
  });

  it('are told with the rights that the law asks for, in every language', async () => {
    const of = await explained(late, { days_late: 200 });
    for (const language of LANGUAGES)
      for (const jurisdiction of JURISDICTIONS) {
        const notice = customerNotice(of, explain(of), jurisdiction, language, AS_OF);
        expect(notice.reasons).toHaveLength(1);
        expect(notice.rights.length).toBeGreaterThan(0);
        expect(notice.opening).not.toContain('{');
      }
    expect(customerNotice(of, explain(of), 'US', 'en', AS_OF).rights[0]).toContain('Equal Credit Opportunity Act');
    expect(customerNotice(of, explain(of), 'CN', 'zh-CN', AS_OF).rights[0]).toContain('第二十四条');
  });

  it('of an overridden decision are the override alone, told by its reason and without who decided', async () => {
    const declined = await explained(late, { days_late: 200 }, clean);
    expect(declined.decision.outcome).toBe('decline');
    const { reasons } = defaultOverridePolicy();
    const reason = reasons.find(({ code }) => code === 'GROUP_SUPPORT')?.text ?? { en: '', 'zh-CN': '' };
    const override = { from: 'decline', to: 'approve', reason, proposedBy: 'li', note: 'letter of 3 May' } as Override;
    const of: Explained = { ...declined, override };
    const explanation = explain(of);
    expect(explanation.reasons).toEqual([{ kind: 'override', override }]);
    expect(explanation.boundary).toEqual({ kind: 'override', from: 'decline', to: 'approve' });
    const notice = customerNotice(of, explanation, 'CN', 'en', AS_OF);
    expect(notice).toMatchObject({ outcome: 'approve', reasons: [reason.en] });
    expect(notice.boundary).toBe('A person decided; by model and rules alone the decision would have been: Decline.');
    for (const language of LANGUAGES) {
      const text = JSON.stringify(customerNotice(of, explanation, 'other', language, AS_OF));
      expect(text).toContain(reason[language]);
      for (const secret of ['"li"', 'letter of']) expect(text).not.toContain(secret);
    }
    expect(explain({ ...declined, override: null })).toEqual(explain(declined));
  });

  it('of what a person lent and a review capped are the review’s first, then the person’s, and the amount told is what is left', async () => {
    const declined = await explained(late, { days_late: 200 }, clean);
    const reason = { en: 'A parent stands behind it.', 'zh-CN': '母公司提供支持。' };
    const verdict = {
      caseId: 'c',
      reasons: [{ code: 'GROUP_SUPPORT', text: reason }],
      conditions: [],
      terms: null,
      limitMinor: 500_000,
      causes: [],
    };
    const review = { reviewId: 'r', conclusion: 'lower', limitMinor: 4000 } as const;
    const lent = { from: 'refer', to: 'approve', reasonCode: 'GROUP_SUPPORT', reason, amountMinor: 500_000, verdict };
    const override = { ...lent, review, expiresAt: '2026-08-01T00:00:00.000Z' } as unknown as Override;
    const decision = { ...declined.decision, request: { ...NO_REQUEST, amountMinor: 500_000 } };
    const of: Explained = { ...declined, decision, override };
    const notice = customerNotice(of, explain(of), 'other', 'en', AS_OF);
    expect(notice).toMatchObject({
      outcome: 'condition',
      reasons: ['A person lowered the limit in a review.', reason.en],
      conditions: ['Up to 40.00 CNY may be drawn, until 2026-08-01.'],
    });
    const { review: _, ...uncapped } = override;
    expect(customerNotice({ ...of, override: uncapped }, explain(of), 'other', 'en', AS_OF)).toMatchObject({
      outcome: 'approve',
      conditions: ['Up to 5000.00 CNY may be drawn, until 2026-08-01.'],
    });
  });
});
