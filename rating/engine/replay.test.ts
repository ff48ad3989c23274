import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { canonicalJson, contentHash, type Json } from '../../base/index.ts';
import { artefactArbitrary } from '../../models/artefact/arbitrary.ts';
import { artefactHash, type Artefact } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { hazardArtefact as hazardOf } from '../../test/support/corpus-artefacts.ts';
import { smallArtefact } from '../../test/serving/world.ts';
import { rateableModel } from '../model.ts';
import { loadRuleFiles, openRules } from '../rules/index.ts';
import { defaultStandards } from '../standards.ts';
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
  ENGINES,
  evidencedInputs2,
  evidencedInputs3,
  evidencedTermValues,
  evidencedValues,
  evidenceText,
  featuresAskedFor,
  parseEvidence,
  decisionEngine1,
  rateInputs1,
  ratingEngine1,
  replay,
  type DecisionInputs1,
  type LateInputs,
  type TermInputs,
  type Evidence,
  type RatingInputs1,
} from './index.ts';

const standards = defaultStandards();
const standardsHash = contentHash(standards as unknown as Json);

/** A rating as the first engine recorded it. */
function rated(
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
async function decided(
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
const lateArtefact: Artefact = {
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
const hazardArtefact: Artefact = hazardOf();

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

const ruleFiles = loadRuleFiles(null);
const liveRules = openRules(ruleFiles, standards.masterScale);
const engines = [
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

const loader =
  (artefact: unknown, scales: unknown = standards) =>
  async (role: string): Promise<unknown> =>
    role === 'rules'
      ? ruleFiles
      : JSON.parse(
          JSON.stringify(
            role === 'late' ? lateArtefact : role === 'term' ? hazardArtefact : role === 'model' ? artefact : scales,
          ),
        );

const late = { days_late: 45, sector: 'mining', customer_since: '2025-01-01' };

/** Every single place in a JSON value, as a copy of the whole in which it alone is different. */
function changed(value: Json): { readonly at: string; readonly value: Json }[] {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    return [
      ...items.flatMap((item, i) =>
        changed(item).map((one) => ({
          at: `[${i}]${one.at}`,
          value: items.map((old, k) => (k === i ? one.value : old)),
        })),
      ),
      { at: '[+]', value: [...items, 'more'] },
    ];
  }
  if (typeof value === 'object' && value !== null) {
    const object = value as { readonly [key: string]: Json };
    const entries = Object.entries(object);
    return [
      ...entries.flatMap(([key, item]) =>
        changed(item).map((one) => ({ at: `.${key}${one.at}`, value: { ...object, [key]: one.value } })),
      ),
      ...entries.map(([key]) => ({
        at: `.${key} removed`,
        value: Object.fromEntries(entries.filter(([other]) => other !== key)),
      })),
    ];
  }
  if (typeof value === 'number') return [{ at: '', value: value + 1 }];
  if (typeof value === 'boolean') return [{ at: '', value: !value }];
  return [{ at: '', value: value === null ? 'something' : `${value}x` }];
}

/** The same with the keys of every object sorted. */
function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => inOrder(item));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as { readonly [key: string]: Json };
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, inOrder(object[key] ?? null)]),
  );
}

describe.each(engines)('replay by $engine', ({ engine: name, recorded }) => {
  it('finds the keys of answers in the order of canonical JSON as they are made: sorting them would cost as much as a rating', async () => {
    const { answer } = await recorded(smallArtefact(), late);
    expect(JSON.stringify(answer)).toBe(JSON.stringify(inOrder(answer)));
  });

  test.prop([artefactArbitrary.filter(({ model }) => model.terms.length > 0), fc.array(fc.double()), fc.string()])(
    'gives the same bytes for any model and values',
    async (artefact, numbers, text) => {
      const values = Object.fromEntries(
        artefact.model.terms.map(({ name }, i) => [name, i % 3 === 2 ? text : (numbers[i] ?? null)]),
      );
      const given = await recorded(artefact, values);
      const evidence = parseEvidence(evidenceText(given));
      expect(evidenceText(given)).toBe(canonicalJson({ format: 'probity.evidence/1', ...given }));
      const { bytes } = await replay(evidence, loader(artefact));
      expect(bytes).toBe(canonicalJson(evidence.answer));
    },
  );

  it('fails when any single one of the inputs is altered, features among them', async () => {
    const evidence = await recorded(smallArtefact(), late);
    const alterations = changed(evidence.inputs);
    expect(alterations.length).toBeGreaterThan(40);
    expect(alterations.map(({ at }) => at)).toContain('.values.days_late');
    for (const { at, value } of alterations) {
      const outcome = await replay({ ...evidence, inputs: value }, loader(smallArtefact())).then(
        () => 'replayed',
        (error: { code?: string }) => error.code,
      );
      expect([at, outcome]).toEqual([at, at === '.horizonMonths' ? 'HORIZON_MISMATCH' : 'EVIDENCE_ALTERED']);
    }
  });

  it('fails when any single part of the answer was altered, and names it', async () => {
    const evidence = await recorded(smallArtefact(), late);
    for (const { at, value } of changed(evidence.answer)) {
      const failed = await replay({ ...evidence, answer: value }, loader(smallArtefact())).catch((e: unknown) => e);
      expect([at, (failed as { code?: string }).code]).toEqual([at, 'EVIDENCE_ALTERED']);
      const problems = (failed as { problems: { at: string }[] }).problems.map((problem) => problem.at);
      expect(problems).toEqual([/^\.(\w+)/.exec(at)?.[1]]);
    }
  });

  it('fails when the artefact or the standards are not those that rated, whatever they would answer', async () => {
    const evidence = await recorded(smallArtefact(), late);
    const altered = { code: 'EVIDENCE_ALTERED' };
    await expect(replay(evidence, loader(smallArtefact(1)))).rejects.toMatchObject(altered);
    // The same figures, but another name or another provenance: still not the artefact that rated.
    await expect(replay(evidence, loader({ ...smallArtefact(), name: 'renamed' }))).rejects.toMatchObject(altered);
    const scales = { ...standards, points: { ...standards.points, baseScore: 601 } };
    await expect(replay(evidence, loader(smallArtefact(), scales))).rejects.toMatchObject(altered);
    const other = { ...evidence.parts, model: artefactHash(smallArtefact(1)) };
    await expect(replay({ ...evidence, parts: other }, loader(smallArtefact(1)))).rejects.toMatchObject(altered);
    const rescaled = { ...evidence.parts, standards: contentHash(scales as unknown as Json) };
    await expect(replay({ ...evidence, parts: rescaled }, loader(smallArtefact(), scales))).rejects.toMatchObject(
      altered,
    );
    await expect(
      replay({ ...evidence, parts: { model: evidence.parts['model'] ?? '' } }, loader(smallArtefact())),
    ).rejects.toMatchObject(altered);
  });

  it('fails when a model that stands beside is another', async () => {
    const evidence = await recorded(smallArtefact(), late);
    for (const role of ['late', 'term']) {
      if (evidence.parts[role] === undefined) continue;
      const renamed = { ...(role === 'late' ? lateArtefact : hazardArtefact), name: 'renamed' };
      const load = async (asked: string) => (asked === role ? renamed : loader(smallArtefact())(asked));
      const altered = { code: 'EVIDENCE_ALTERED' };
      await expect(replay(evidence, load)).rejects.toMatchObject(altered);
      const parts = { ...evidence.parts, [role]: artefactHash(renamed) };
      await expect(replay({ ...evidence, parts }, load)).rejects.toMatchObject(altered);
      const { [role]: _, ...fewer } = evidence.parts;
      await expect(replay({ ...evidence, parts: fewer }, loader(smallArtefact()))).rejects.toMatchObject(altered);
    }
  });

  it('fails when another engine that is known is named', async () => {
    const evidence = await recorded(smallArtefact(), late);
    for (const engine of ENGINES.keys()) {
      if (engine === name) continue;
      const failed = await replay({ ...evidence, engine }, loader(smallArtefact())).catch((e: unknown) => e);
      expect([engine, (failed as { code?: string }).code]).toEqual([engine, 'EVIDENCE_ALTERED']);
      const { basis } = evidence.answer as { basis: object };
      const answer = { ...(evidence.answer as object), basis: { ...basis, engine } } as unknown as Json;
      const both = await replay({ ...evidence, engine, answer }, loader(smallArtefact())).catch((e: unknown) => e);
      expect([engine, (both as { code?: string }).code]).toEqual([engine, 'EVIDENCE_ALTERED']);
    }
  });

  it('fails when the engine is another, known or not', async () => {
    const evidence = await recorded(smallArtefact(), late);
    await expect(replay({ ...evidence, engine: 'probity.rating/0' }, loader(smallArtefact()))).rejects.toMatchObject({
      code: 'ENGINE_UNKNOWN',
    });
    const stolen = evidence.answer as { basis: { engine: string } };
    const answer = { ...stolen, basis: { ...stolen.basis, engine: 'probity.rating/0' } };
    await expect(replay({ ...evidence, answer }, loader(smallArtefact()))).rejects.toMatchObject({
      code: 'EVIDENCE_ALTERED',
    });
  });

  it('computes before it reads the stored answer', async () => {
    const { engine, inputs, parts } = await recorded(smallArtefact(), late);
    expect(engine).toBe(name);
    const order: string[] = [];
    const watched: Evidence = {
      engine,
      inputs,
      parts,
      get answer(): Json {
        order.push('answer read');
        return null;
      },
    };
    const load = async (role: string) => {
      order.push(`${role} loaded`);
      return loader(smallArtefact())(role);
    };
    await expect(replay(watched, load)).rejects.toMatchObject({ code: 'EVIDENCE_ALTERED' });
    const loaded = Object.keys(parts).map((role) => `${role} loaded`);
    expect(order.slice(0, loaded.length).sort()).toEqual(loaded.sort());
    expect(order[loaded.length]).toBe('answer read');
  });

  it('reads only what is evidence', () => {
    for (const text of ['', '{}', 'null', '{"format":"probity.evidence/2"}'])
      expect(() => parseEvidence(text)).toThrow(expect.objectContaining({ code: 'EVIDENCE_ALTERED' }));
  });
});

it('fails when the rules are not those that decided, whatever they would answer', async () => {
  const evidence = await decided(smallArtefact(), late);
  const text = JSON.stringify(ruleFiles);
  const loosened = JSON.parse(text.replace('"approveBelow":', '"approveBelow": 0.011, "was":')) as unknown;
  expect(JSON.stringify(loosened)).not.toBe(text);
  const load = async (role: string): Promise<unknown> => (role === 'rules' ? loosened : loader(smallArtefact())(role));
  await expect(replay(evidence, load)).rejects.toMatchObject({
    code: expect.stringMatching(/EVIDENCE_ALTERED|INVALID_RULES/) as string,
  });
  const parts = { ...evidence.parts, rules: 'd'.repeat(64) };
  await expect(replay({ ...evidence, parts }, loader(smallArtefact()))).rejects.toMatchObject({
    code: 'EVIDENCE_ALTERED',
  });
});

describe('a rating without features that had no legal basis', () => {
  const withheld = [{ feature: 'days_late', source: 'invoices' }];
  const known = { sector: 'mining', customer_since: 5_000 };

  it('gives the same bytes, says what was withheld, and cannot be told from evidence that says otherwise', async () => {
    const evidence = rated(smallArtefact(), known, { withheld });
    expect(evidence.answer).toMatchObject({
      withheld,
      missing: ['days_late'],
      flags: expect.arrayContaining([{ code: 'WITHHELD', about: null, features: ['days_late'] }]),
    });
    const { bytes } = await replay(parseEvidence(evidenceText(evidence)), loader(smallArtefact()));
    expect(bytes).toBe(canonicalJson(evidence.answer));
    const { withheld: _, ...inputs } = evidence.inputs as { readonly [key: string]: Json };
    const altered = replay({ ...evidence, inputs }, loader(smallArtefact()));
    await expect(altered).rejects.toMatchObject({ code: 'EVIDENCE_ALTERED' });
  });

  it('is, without any, the evidence that it always was', () => {
    expect(evidenceText(rated(smallArtefact(), known))).not.toContain('withheld');
  });
});
