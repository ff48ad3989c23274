import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, contentHash, packageRoot, ProbityError, sha256, type Json } from '../base/index.ts';
import { artefactHash, type Artefact, type FeatureValues } from '../models/artefact/index.ts';
import { artefactArbitrary } from '../models/artefact/arbitrary.ts';
import { compile } from '../models/scoring/index.ts';
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
  decisionEngine3,
  defaultStandards,
  ENGINES,
  evidencedInputs2,
  evidencedInputs3,
  evidencedRulesOnly,
  evidencedTermValues,
  evidencedValues,
  evidenceText,
  featuresAskedFor,
  loadRuleFiles,
  NO_FACTS,
  NO_REQUEST,
  openRules,
  parseEvidence,
  decisionEngine1,
  rateableModel,
  rateInputs1,
  ratingEngine1,
  replay,
  rulesOnlyEngine1,
  rulesOnlyEngine2,
  rulesOnlyModel,
  type DecisionInputs1,
  type LateInputs,
  type RateableModel,
  type RatingInputs1,
} from '../rating/index.ts';
import { smallArtefact } from './serving/world.ts';
import { calibratedArtefact, hazardArtefact, lateArtefact } from './support/corpus-artefacts.ts';
import { addDecisions } from './support/corpus-decisions.ts';

const corpus = join(packageRoot(), 'test', 'ratings-corpus');
const ratings = join(corpus, 'ratings');
const parts = join(corpus, 'parts');

/** Values of a model's features: edges, codes and levels that it knows, and what it never saw. */
function valuesOf({ model }: Artefact): fc.Arbitrary<FeatureValues> {
  const known = model.terms.map(({ name, encoding }): [string, fc.Arbitrary<number | string | null>] => {
    const values: readonly (number | string)[] =
      encoding.kind === 'number' ? [...encoding.codes, ...encoding.edges] : [...encoding.codes, ...encoding.levels];
    const strange = encoding.kind === 'number' ? fc.double() : fc.string({ maxLength: 6 });
    return [name, fc.oneof(fc.constantFrom(null, ...values), strange)];
  });
  return fc.record(Object.fromEntries(known));
}

const read = new Map<string, Promise<unknown>>();
function part(_role: string, hash: string): Promise<unknown> {
  const known =
    read.get(hash) ?? readFile(join(parts, `${hash}.json`), 'utf8').then((text) => JSON.parse(text) as unknown);
  read.set(hash, known);
  return known;
}

/**
 * Old ratings, each with the artefact and standards of its time. Files here are never changed and never removed: a test that fails
 * because of a change in the code means that the change needs an engine of its own, with a new name.
 */
it('every rating of the corpus is recomputed to the same bytes', async () => {
  const names = (await readdir(ratings)).sort();
  expect(names.length).toBeGreaterThanOrEqual(150);
  const engines = new Set<string>();
  for (const name of names) {
    const text = await readFile(join(ratings, name), 'utf8');
    const evidence = parseEvidence(text);
    engines.add(evidence.engine);
    const { bytes } = await replay(evidence, part);
    expect([name, bytes]).toEqual([name, canonicalJson(evidence.answer)]);
    expect(evidenceText(evidence)).toBe(text);
    expect(name).toBe(`${sha256(text).slice(0, 16)}.json`);
  }
  // An engine that is no longer here, or has no old rating to show for itself, is missing.
  expect([...engines].sort()).toEqual([...ENGINES.keys()].sort());
});

it('every part of the corpus has the hash that names it', async () => {
  for (const name of await readdir(parts)) {
    const content = JSON.parse(await readFile(join(parts, name), 'utf8')) as Json;
    expect(`${contentHash(content)}.json`).toBe(name);
  }
});

/** `PROBITY_WRITE_CORPUS=1 npx vitest run test/ratings-corpus.test.ts` adds ratings of the present engine; nothing is overwritten. */
it.runIf(process.env['PROBITY_WRITE_CORPUS'] === '1')('writes more ratings', async () => {
  await mkdir(ratings, { recursive: true });
  await mkdir(parts, { recursive: true });
  const add = async (folder: string, name: string, text: string) => {
    const path = join(folder, `${name}.json`);
    if (!existsSync(path)) await writeFile(path, text, { flag: 'wx' });
  };
  const folders = { parts, ratings };
  await addDecisions((folder, name, text) => add(folders[folder], name, text), {
    late: lateArtefact(),
    hazard: hazardArtefact(),
  });
  const standards = defaultStandards();
  const standardsHash = contentHash(standards as unknown as Json);
  await add(parts, standardsHash, canonicalJson(standards as unknown as Json));
  let asked = 0;
  const tables = 'zen';
  const askedFor: readonly DecisionInputs1['decision'][] = [
    { request: NO_REQUEST, facts: NO_FACTS, latePayment: null, tables },
    {
      request: { amountMinor: 1_250_000, termDays: 60, purpose: 'stock' },
      facts: { ...NO_FACTS, kind: 'company', segment: 'retail', sanctionsHit: false, documentsMissing: [] },
      latePayment: { probability: 0.25, horizonMonths: 3, model: { name: 'late', hash: 'c'.repeat(64) } },
      tables,
    },
    {
      request: { amountMinor: 90_000_000, termDays: null, purpose: null },
      facts: { ...NO_FACTS, kind: 'person', age: 17, documentsMissing: ['身份证'], overdueMinor: 12_345 },
      latePayment: null,
      tables,
    },
    {
      request: { amountMinor: 1, termDays: 400, purpose: '设备' },
      facts: { ...NO_FACTS, sanctionsHit: true, existingExposureMinor: 5_000_000, guaranteeOffered: true },
      latePayment: null,
      tables,
    },
  ];
  const rate = async (artefact: Artefact, values: FeatureValues, more: Partial<RatingInputs1> = {}) => {
    const hash = artefactHash(artefact);
    await add(parts, hash, canonicalJson(artefact as unknown as Json));
    const model = rateableModel(compile(artefact), hash);
    const inputs: RatingInputs1 = {
      request: { customerId: 'c-17' },
      asOf: '2026-11-26T12:00:00.000Z',
      values: evidencedValues(model, values),
      horizonMonths: 12,
      staleSources: [],
      incompleteSources: [],
      champion: { slot: 'main/*/12m', since: '2026-11-01T00:00:00.000Z', of: 'today', why: 'it is the only slot' },
      snapshot: { snapshotId: 'a'.repeat(64), snapshotAsOf: '2026-11-26T00:00:00.000Z', factsThrough: 12 },
      ...more,
    };
    const basis = {
      engine: ratingEngine1.name,
      inputs: inputs as unknown as Json,
      parts: { model: hash, standards: standardsHash },
    };
    const text = evidenceText({ ...basis, answer: answer1(basis, rateInputs1(model, standards, inputs)) });
    await add(ratings, sha256(text).slice(0, 16), text);
    await decide(model, { ...inputs, decision: askedFor[asked++ % askedFor.length] as DecisionInputs1['decision'] });
  };
  const files = loadRuleFiles(null);
  const rules = await openRules(files, standards.masterScale);
  await add(parts, rules.set.hash, canonicalJson(files));
  const decide = async (model: RateableModel, inputs: DecisionInputs1) => {
    const basis = {
      engine: decisionEngine1.name,
      inputs: inputs as unknown as Json,
      parts: { model: model.hash, standards: standardsHash, rules: rules.set.hash },
    };
    const { rating, decision } = await decideInputs1(model, standards, rules, inputs);
    const decided = evidenceText({ ...basis, answer: decisionAnswer1(basis, rating, decision) });
    await add(ratings, sha256(decided).slice(0, 16), decided);
  };
  /** The engine of the champion beside a model of late payment. */
  const late = lateArtefact();
  const lateHash = artefactHash(late);
  await add(parts, lateHash, canonicalJson(late as unknown as Json));
  const lateModel = rateableModel(compile(late), lateHash);
  const decideBeside = async (values: FeatureValues, decision: DecisionInputs1['decision']) => {
    const hash = artefactHash(smallArtefact());
    const model = rateableModel(compile(smallArtefact()), hash);
    const champion = { since: '2026-11-01T00:00:00.000Z', of: 'today', why: 'it is the only slot' } as const;
    const given: DecisionInputs1 = {
      request: { customerId: 'c-17' },
      asOf: '2026-11-26T12:00:00.000Z',
      values: evidencedValues(model, values),
      horizonMonths: 12,
      staleSources: [],
      incompleteSources: [],
      champion: { slot: 'main/*/12m', ...champion },
      snapshot: null,
      decision,
    };
    const beside: LateInputs = {
      values: evidencedValues(lateModel, values),
      lateDays: 30,
      horizonMonths: 6,
      champion: { slot: 'main/*/6m/late-30d', ...champion },
    };
    const decided = await decideInputs2(model, lateModel, standards, rules, given, beside);
    const basis = {
      engine: decisionEngine2.name,
      inputs: evidencedInputs2(given, beside) as unknown as Json,
      parts: { model: hash, standards: standardsHash, rules: rules.set.hash, late: lateHash },
    };
    const text = evidenceText({ ...basis, answer: decisionAnswer2(basis, decided) });
    await add(ratings, sha256(text).slice(0, 16), text);
  };
  /** The engine of the champion beside a hazard model, with a model of late payment and without. */
  const hazard = hazardArtefact();
  const termHash = artefactHash(hazard);
  await add(parts, termHash, canonicalJson(hazard as unknown as Json));
  const termModel = rateableModel(compile(hazard), termHash);
  const decideWithTerm = async (
    values: FeatureValues,
    decision: DecisionInputs1['decision'],
    lateInputs: LateInputs | null,
  ) => {
    const hash = artefactHash(smallArtefact());
    const model = rateableModel(compile(smallArtefact()), hash);
    const champion = { since: '2026-11-01T00:00:00.000Z', of: 'today', why: 'it is the only slot' } as const;
    const given: DecisionInputs1 = {
      request: { customerId: 'c-17' },
      asOf: '2026-11-27T12:00:00.000Z',
      values: evidencedValues(model, values),
      horizonMonths: 12,
      staleSources: [],
      incompleteSources: [],
      champion: { slot: 'main/*/12m', ...champion },
      snapshot: null,
      decision,
    };
    const termInputs = {
      values: evidencedTermValues(termModel, values),
      champion: { slot: 'main/*/12m/term-3m', ...champion },
    };
    const term = { model: termModel, inputs: termInputs };
    const beside = lateInputs && { model: lateModel, inputs: lateInputs };
    const decided = await decideInputs3(model, { late: beside, term }, standards, rules, given);
    const basis = {
      engine: decisionEngine3.name,
      inputs: evidencedInputs3(given, lateInputs, termInputs) as unknown as Json,
      parts: {
        model: hash,
        standards: standardsHash,
        rules: rules.set.hash,
        term: termHash,
        ...(lateInputs === null ? {} : { late: lateHash }),
      },
    };
    const text = evidenceText({ ...basis, answer: decisionAnswer3(basis, decided) });
    await add(ratings, sha256(text).slice(0, 16), text);
  };
  for (const [i, decision] of askedFor.entries()) {
    const own = { ...decision, latePayment: null };
    const values = { days_late: 45 * i, sector: 'mining', customer_since: '2025-01-01', invoices: 3 - i };
    const champion = { since: '2026-11-01T00:00:00.000Z', of: 'today', why: 'it is the only slot' } as const;
    const lateInputs: LateInputs = {
      values: evidencedValues(lateModel, values),
      lateDays: 30,
      horizonMonths: 6,
      champion: { slot: 'main/*/6m/late-30d', ...champion },
    };
    await decideWithTerm(values, own, null);
    await decideWithTerm(values, own, lateInputs);
    await decideWithTerm({ days_late: null, sector: '矿业', invoices: Number.NEGATIVE_INFINITY }, decision, null);
  }
  /** The engine of rules alone. */
  const decideAlone = async (artefact: Artefact, values: FeatureValues, decision: DecisionInputs1['decision']) => {
    const hash = artefactHash(artefact);
    await add(parts, hash, canonicalJson(artefact as unknown as Json));
    const model = rulesOnlyModel(rateableModel(compile(artefact), hash));
    const inputs: DecisionInputs1 = {
      request: { customerId: 'c-17' },
      asOf: '2026-11-27T12:00:00.000Z',
      values: evidencedValues(model, values, featuresAskedFor(rules)),
      horizonMonths: 12,
      staleSources: [],
      incompleteSources: [],
      champion: { slot: 'main/*/12m', since: '2026-11-01T00:00:00.000Z', of: 'today', why: 'it is the only slot' },
      snapshot: { snapshotId: 'a'.repeat(64), snapshotAsOf: '2026-11-27T00:00:00.000Z', factsThrough: 12 },
      decision: { ...decision, latePayment: null },
    };
    const standing = { since: '2026-11-26T03:00:00.000Z', reportId: decision.request.amountMinor === 1 ? null : 'r-1' };
    const basis = (engine: string) => ({
      engine,
      inputs: evidencedRulesOnly(inputs, standing) as unknown as Json,
      parts: { model: hash, standards: standardsHash, rules: rules.set.hash },
    });
    const old = basis(rulesOnlyEngine1.name);
    const { rating, decision: made } = await decideInputs1(model, standards, rules, inputs);
    const present = basis(rulesOnlyEngine2.name);
    const decided = await decideInputs4(model, { late: null, term: null }, standards, rules, inputs);
    const { explanation } = decided.explained;
    for (const evidence of [
      { ...old, answer: decisionAnswer1(old, rating, made) },
      { ...present, answer: decisionAnswer4(present, { ...decided, explanation }) },
    ]) {
      const text = evidenceText(evidence);
      await add(ratings, sha256(text).slice(0, 16), text);
    }
  };
  for (const decision of askedFor) {
    await decideAlone(smallArtefact(), { days_late: 45, sector: 'mining' }, decision);
    await decideAlone(calibratedArtefact(), {}, decision);
  }
  for (const [i, decision] of askedFor.entries()) {
    const own = { ...decision, latePayment: null };
    await decideBeside({ days_late: 45 * i, sector: 'mining', customer_since: '2025-01-01', invoices: 3 - i }, own);
    await decideBeside({ days_late: null, sector: '矿业', customer_since: 'never', invoices: null }, own);
  }
  const small = smallArtefact();
  await rate(small, { days_late: 45, sector: 'mining', customer_since: '2025-01-01' });
  await rate(small, { days_late: 0, sector: 'retail', customer_since: '1990-01-01' });
  await rate(small, {}, { snapshot: null, request: {} });
  await rate(small, { days_late: -1, sector: '矿业', customer_since: '2030-01-01T08:00:00+08:00' });
  await rate(small, { days_late: Number.POSITIVE_INFINITY, sector: '', customer_since: 'never' });
  await rate(small, { days_late: Number.NaN, sector: 7, customer_since: -1e9 });
  const source = 'erp (invoices)';
  await rate(
    small,
    { days_late: 0.1 + 0.2, sector: 'mining' },
    {
      staleSources: [{ source, lastKnown: null, expectedDays: 1.5 }],
      incompleteSources: [{ source, columns: ['amount', 'due_on'] }],
    },
  );
  const drawn = fc.sample(
    artefactArbitrary.chain((artefact) =>
      fc.array(valuesOf(artefact), { minLength: 4, maxLength: 4 }).map((rows) => ({ artefact, rows })),
    ),
    { numRuns: 10, seed: 20_261_126 },
  );
  for (const { artefact, rows } of drawn)
    for (const values of rows) {
      const horizonMonths = artefact.target.horizonMonths ?? 12;
      if (horizonMonths !== standards.masterScale.horizonMonths) continue;
      await rate(artefact, values, { horizonMonths }).catch((error: unknown) => {
        if (!(error instanceof ProbityError)) throw error;
      });
    }
});
