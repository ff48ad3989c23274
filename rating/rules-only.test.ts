import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, contentHash, type Json } from '../base/index.ts';
import { artefactHash, validateArtefact, type FeatureValues } from '../models/artefact/index.ts';
import { artefactArbitrary } from '../models/artefact/arbitrary.ts';
import { compile } from '../models/scoring/index.ts';
import { smallArtefact } from '../test/serving/world.ts';
import { editedRules } from '../test/support/rules.ts';
import { decide, NO_FACTS, NO_REQUEST, type CustomerFacts, type DecisionRequest } from './decision/index.ts';
import {
  decideInputs1,
  decideInputs4,
  decisionAnswer1,
  decisionAnswer4,
  evidencedRulesOnly,
  evidencedValues,
  featuresAskedFor,
  PRESENT_RULES_ONLY,
  replay,
  rulesOnlyEngine1,
  type DecisionInputs1,
} from './engine/index.ts';
import { gradeRank } from './decision/facts.ts';
import { rateableModel } from './model.ts';
import { rate } from './rate.ts';
import { loadRuleFiles, openRules, type LiveRules } from './rules/index.ts';
import { populationPd, rulesOnlyModel } from './rules-only.ts';
import { defaultStandards } from './standards.ts';

const standards = defaultStandards();
const files = loadRuleFiles(null);
const small = smallArtefact();
const model = rateableModel(compile(small), artefactHash(small));
const alone = rulesOnlyModel(model);
const values = fc.record({
  days_late: fc.option(fc.integer({ min: 0, max: 400 })),
  sector: fc.constantFrom(null, 'retail', 'mining', 'unheard of'),
  customer_since: fc.constantFrom(null, '1990-01-01', '2025-01-01'),
});
const facts = fc.record({
  kind: fc.constantFrom<CustomerFacts['kind'][]>(null, 'person', 'company'),
  age: fc.option(fc.integer({ min: 15, max: 90 })),
  sanctionsHit: fc.constantFrom(null, true, false),
  guaranteeOffered: fc.constantFrom(null, true, false),
  overdueMinor: fc.option(fc.integer({ min: 0, max: 10_000_000 })),
});
const requests = fc.record({
  amountMinor: fc.option(fc.integer({ min: 1, max: 100_000_000 })),
  termDays: fc.option(fc.integer({ min: 1, max: 400 })),
});

const answered = ({ rating, decision }: Awaited<ReturnType<typeof decideInputs1>>) => [rating, decision] as const;

let rules: LiveRules;
beforeAll(async () => {
  rules = await openRules(files, standards.masterScale);
});

const rated = (given: FeatureValues) =>
  rate(alone, standards, { values: given, horizonMonths: 12, staleSources: [], incompleteSources: [] });
const decided = (
  given: FeatureValues,
  more: { readonly facts?: Partial<CustomerFacts>; readonly request?: Partial<DecisionRequest> } = {},
  by = rules,
) =>
  decide(
    {
      rating: rated(given),
      values: given,
      asOf: '2026-06-01T00:00:00.000Z',
      request: { ...NO_REQUEST, ...more.request },
      facts: { ...NO_FACTS, ...more.facts },
      latePayment: null,
    },
    { standards, rules: by },
  );

describe('a rating by rules alone', () => {
  test.prop([artefactArbitrary])(
    'starts from the population’s PD, whatever the model, as a sound artefact of its own',
    (artefact) => {
      const of = rulesOnlyModel(rateableModel(compile(artefact), artefactHash(artefact)));
      expect(() => validateArtefact(structuredClone(of.artefact))).not.toThrow();
      expect(of.hash).not.toBe(artefactHash(artefact));
      const { centralTendency } = artefact.calibration;
      const { bads, rows } = artefact.provenance;
      const pd = of.scorer.score({}).pd;
      expect(pd).toBeCloseTo(populationPd(artefact), 12);
      if (centralTendency) expect(populationPd(artefact)).toBe(centralTendency.target);
      else expect(Math.abs(populationPd(artefact) - bads / rows)).toBeLessThanOrEqual(1 / rows);
    },
  );

  test.prop([values, values])(
    'is the same for everyone before rules, says that no model rated, and reads no feature',
    (one, other) => {
      expect({ ...rated(one) }).toEqual({ ...rated(other) });
      const { flags, contributions, reasons, missing, pd } = rated(one);
      expect(flags.map(({ code }) => code)).toEqual(['RULES_ONLY']);
      expect([contributions, reasons, missing]).toEqual([[], [], []]);
      expect(pd).toBeCloseTo(populationPd(small), 12);
    },
  );

  test.prop([values, facts, requests])(
    'refers or is declined by a rule, never approved and never declined by the average’s PD; no grade is better than the cap; nothing is granted',
    async (given, own, request) => {
      const decision = await decided(given, { facts: own, request });
      expect(['refer', 'decline']).toContain(decision.outcome);
      expect(decision.causes.some(({ code }) => code === 'RULES_ONLY')).toBe(true);
      for (const { code, outcome } of decision.causes)
        if (outcome === 'decline') expect(rules.set.texts.has(code)).toBe(true);
      expect(decision.grade.class).not.toBe('high');
      expect(decision.limit.grantedMinor ?? 0).toBe(0);
      expect(decision.blend.parts.reduce((sum, { logOdds }) => sum + logOdds, 0)).toBe(decision.logOdds);
    },
  );

  it('a PD beyond the highest cutoff is referred, not declined', async () => {
    const strict = editedRules({
      'decision.json': { cutoffs: { approveBelow: 0.0001, declineFrom: 0.0002, segments: {} } },
    });
    const by = await openRules(strict, standards.masterScale);
    const { outcome, causes } = await decided({}, {}, by);
    expect(outcome).toBe('refer');
    expect(causes.find(({ code }) => code === 'PD_ABOVE_CUTOFF')).toMatchObject({ outcome: 'refer' });
  });

  test.prop([
    fc.constantFrom('refer', 'condition', 'note'),
    fc.constantFrom(...standards.masterScale.grades.map(({ code }) => code)),
  ])('decides as its rules’ data say, within their cap', async (outcome, noBetterThan) => {
    const own = editedRules({ 'decision.json': { rulesOnly: { outcome, noBetterThan } } });
    const decision = await decided({}, {}, await openRules(own, standards.masterScale));
    const { masterScale } = standards;
    expect(gradeRank(decision.grade.code, masterScale)).toBeGreaterThanOrEqual(gradeRank(noBetterThan, masterScale));
    expect(decision.causes.some(({ code }) => code === 'RULES_ONLY')).toBe(outcome !== 'note');
  });

  it('is evidence: replayed to the same bytes from the model whose population it took, and failing where anything is altered', async () => {
    const given = { days_late: 45, sector: 'retail' };
    const inputs: DecisionInputs1 = {
      request: { customerId: 'c-17' },
      asOf: '2026-06-01T00:00:00.000Z',
      values: evidencedValues(alone, given, featuresAskedFor(rules)),
      horizonMonths: 12,
      staleSources: [],
      incompleteSources: [],
      champion: { slot: 'main/*/12m', since: '2026-05-01T00:00:00.000Z', of: 'today', why: 'it is the only slot' },
      snapshot: null,
      decision: { request: NO_REQUEST, facts: NO_FACTS, latePayment: null, tables: 'zen' },
    };
    expect(Object.keys(inputs.values)).not.toContain('days_late');
    const standing = { since: '2026-05-20T00:00:00.000Z', reportId: 'r-1' };
    const parts: Readonly<Record<string, unknown>> = { model: small, rules: files, standards };
    const load = async (role: string) => parts[role];
    const basis = (engine: string) => ({
      engine,
      inputs: evidencedRulesOnly(inputs, standing) as unknown as Json,
      parts: { model: model.hash, rules: rules.set.hash, standards: contentHash(standards as unknown as Json) },
    });
    const old = basis(rulesOnlyEngine1.name);
    const oldAnswer = decisionAnswer1(old, ...answered(await decideInputs1(alone, standards, rules, inputs)));
    const present = basis(PRESENT_RULES_ONLY.name);
    const decided4 = await decideInputs4(alone, { late: null, term: null }, standards, rules, inputs);
    const answer = decisionAnswer4(present, { ...decided4, explanation: decided4.explained.explanation });
    for (const [each, said] of [
      [old, oldAnswer],
      [present, answer],
    ] as const) {
      const again = await replay({ ...each, answer: said }, load);
      expect(again.bytes).toBe(canonicalJson(said));
      expect([again.rulesOnly?.of.hash, again.rulesOnly?.standing]).toEqual([model.hash, standing]);
    }
    const evidence = { ...present, answer };
    const altered = [
      { ...evidence, inputs: inputs as unknown as Json },
      {
        ...evidence,
        inputs: { ...(evidence.inputs as object), rulesOnly: { ...standing, reportId: null } } as unknown as Json,
      },
      { ...evidence, parts: { ...evidence.parts, model: alone.hash } },
      { ...evidence, engine: 'probity.decision/1' },
      { ...evidence, engine: rulesOnlyEngine1.name },
      { ...evidence, answer: { ...(evidence.answer as object), pd: 0.01 } as Json },
    ];
    for (const one of altered) await expect(replay(one, load)).rejects.toMatchObject({ code: 'EVIDENCE_ALTERED' });
  });
});
