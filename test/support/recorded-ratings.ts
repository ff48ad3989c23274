import { contentHash, type Json } from '../../base/index.ts';
import { artefactHash, type Artefact } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { hazardArtefact as hazardOf } from './corpus-artefacts.ts';
import { smallArtefact } from '../serving/world.ts';
import { rateableModel } from '../../rating/model.ts';
import { loadRuleFiles, openRules } from '../../rating/rules/index.ts';
import { defaultStandards } from '../../rating/standards.ts';
import {
  answer1,
  decideInputs1,
  decideInputs2,
  decideInputs3,
  decideInputs4,
  decisionAnswer1,
  decisionAnswer2,
  decisionAnswer3,
  decisionAnswer4,
  decisionEngine2,
  evidencedInputs2,
  evidencedInputs3,
  evidencedTermValues,
  evidencedValues,
  featuresAskedFor,
  decisionEngine1,
  rateInputs1,
  ratingEngine1,
  type DecisionInputs1,
  type LateInputs,
  type TermInputs,
  type Evidence,
  type RatingInputs1,
} from '../../rating/engine/index.ts';

export const standards = defaultStandards();
export const standardsHash = contentHash(standards as unknown as Json);

/** A rating as the first engine recorded it. */
export function rated(
  artefact: Artefact,
  given: { readonly [feature: string]: number | string | null },
  withheld: Pick<RatingInputs1, 'withheld'> = {},
): Evidence {
  const model = rateableModel(compile(artefact), artefactHash(artefact));
  const inputs: RatingInputs1 = {
    request: { customerId: 'c-17', portfolio: 'main' },
    asOf: '2026-11-26T12:00:00.000Z',
    values: evidencedValues(model, given),
    horizonMonths: 12,
    staleSources: [{ source: 'erp', lastKnown: '2026-11-01T00:00:00.000Z', expectedDays: 1 }],
    incompleteSources: [{ source: 'crm', columns: ['sector'] }],
    ...withheld,
    champion: { slot: 'main/*/12m', since: '2026-01-01T00:00:00.000Z', of: 'today', why: 'the only one' },
    snapshot: { snapshotId: 's-1', snapshotAsOf: '2026-11-25T00:00:00.000Z', factsThrough: 3 },
  };
  const basis = {
    engine: ratingEngine1.name,
    inputs: inputs as unknown as Json,
    parts: { model: model.hash, standards: standardsHash },
  };
  return { ...basis, answer: answer1(basis, rateInputs1(model, standards, inputs)) };
}

/** A decision as serving records it. */
export async function decided(
  artefact: Artefact,
  given: { readonly [feature: string]: number | string | null },
): Promise<Evidence> {
  const model = rateableModel(compile(artefact), artefactHash(artefact));
  const rules = await liveRules;
  const inputs: DecisionInputs1 = {
    ...(rated(artefact, given).inputs as unknown as RatingInputs1),
    values: evidencedValues(model, given, featuresAskedFor(rules)),
    decision: {
      request: { amountMinor: 1_200_000, termDays: 30, purpose: 'stock' },
      facts: {
        kind: 'company',
        segment: 'retail',
        age: null,
        sanctionsHit: false,
        documentsMissing: ['annual accounts'],
        existingExposureMinor: 50_000,
        overdueMinor: 0,
        guaranteeOffered: true,
      },
      latePayment: { probability: 0.2, horizonMonths: 3, model: { name: 'late', hash: 'c'.repeat(64) } },
      tables: rules.engine,
    },
  };
  const basis = {
    engine: decisionEngine1.name,
    inputs: inputs as unknown as Json,
    parts: { model: model.hash, rules: rules.set.hash, standards: standardsHash },
  };
  const { rating, decision } = await decideInputs1(model, standards, rules, inputs);
  return { ...basis, answer: decisionAnswer1(basis, rating, decision) };
}

/** A model of late payment. */
export const lateArtefact: Artefact = {
  ...smallArtefact(),
  name: 'late',
  target: { kind: 'late-payment', definition: 'late', horizonMonths: 6 },
};

/** A decision beside a model of late payment, as serving records it. */
async function decidedBeside(
  artefact: Artefact,
  given: { readonly [feature: string]: number | string | null },
): Promise<Evidence> {
  const model = rateableModel(compile(artefact), artefactHash(artefact));
  const lateModel = rateableModel(compile(lateArtefact), artefactHash(lateArtefact));
  const first = (await decided(artefact, given)).inputs as unknown as DecisionInputs1;
  const own: DecisionInputs1 = { ...first, decision: { ...first.decision, latePayment: null } };
  const beside: LateInputs = {
    values: evidencedValues(lateModel, { days_late: 45, sector: 'mining' }),
    lateDays: 30,
    horizonMonths: 6,
    champion: { slot: 'main/*/6m/late-30d', since: '2026-01-01T00:00:00.000Z', of: 'today', why: 'the only one' },
  };
  const rules = await liveRules;
  const basis = {
    engine: decisionEngine2.name,
    inputs: evidencedInputs2(own, beside) as unknown as Json,
    parts: { late: lateModel.hash, model: model.hash, rules: rules.set.hash, standards: standardsHash },
  };
  const made = await decideInputs2(model, lateModel, standards, rules, own, beside);
  return { ...basis, answer: decisionAnswer2(basis, made) };
}

/** A hazard model by age. */
export const hazardArtefact: Artefact = hazardOf();

/** A decision of the engines that may have both beside them, as serving records it. */
async function decidedWith(
  engine: 'probity.decision/3' | 'probity.decision/4',
  artefact: Artefact,
  given: { readonly [feature: string]: number | string | null },
): Promise<Evidence> {
  const model = rateableModel(compile(artefact), artefactHash(artefact));
  const lateModel = rateableModel(compile(lateArtefact), artefactHash(lateArtefact));
  const termModel = rateableModel(compile(hazardArtefact), artefactHash(hazardArtefact));
  const rules = await liveRules;
  const first = (await decided(artefact, given)).inputs as unknown as DecisionInputs1;
  const own: DecisionInputs1 = { ...first, decision: { ...first.decision, latePayment: null } };
  const champion = { since: '2026-01-01T00:00:00.000Z', of: 'today', why: 'the only one' } as const;
  const lateInputs: LateInputs = {
    values: evidencedValues(lateModel, { days_late: 45, sector: 'mining' }),
    lateDays: 30,
    horizonMonths: 6,
    champion: { slot: 'main/*/6m/late-30d', ...champion },
  };
  const termInputs: TermInputs = {
    values: evidencedTermValues(termModel, { days_late: 45, sector: 'mining' }),
    champion: { slot: 'main/*/12m/term-3m', ...champion },
  };
  const beside = { late: { model: lateModel, inputs: lateInputs }, term: { model: termModel, inputs: termInputs } };
  const basis = {
    engine,
    inputs: evidencedInputs3(own, lateInputs, termInputs) as unknown as Json,
    parts: {
      late: lateModel.hash,
      model: model.hash,
      rules: rules.set.hash,
      standards: standardsHash,
      term: termModel.hash,
    },
  };
  const explainedBy4 = async () => {
    const made = await decideInputs4(model, beside, standards, rules, own);
    return { ...made, explanation: made.explained.explanation };
  };
  if (engine === 'probity.decision/3')
    return { ...basis, answer: decisionAnswer3(basis, await decideInputs3(model, beside, standards, rules, own)) };
  return { ...basis, answer: decisionAnswer4(basis, await explainedBy4()) };
}

export const ruleFiles = loadRuleFiles(null);
const liveRules = openRules(ruleFiles, standards.masterScale);
export const engines = [
  { engine: 'probity.rating/1', recorded: async (...of: Parameters<typeof rated>) => rated(...of) },
  { engine: 'probity.decision/1', recorded: decided },
  { engine: 'probity.decision/2', recorded: decidedBeside },
  {
    engine: 'probity.decision/3',
    recorded: (...of: Parameters<typeof decided>) => decidedWith('probity.decision/3', ...of),
  },
  {
    engine: 'probity.decision/4',
    recorded: (...of: Parameters<typeof decided>) => decidedWith('probity.decision/4', ...of),
  },
];

export const loader =
  (artefact: unknown, scales: unknown = standards) =>
  async (role: string): Promise<unknown> =>
    role === 'rules'
      ? ruleFiles
      : JSON.parse(
          JSON.stringify(
            role === 'late' ? lateArtefact : role === 'term' ? hazardArtefact : role === 'model' ? artefact : scales,
          ),
        );
