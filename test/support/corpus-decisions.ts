import * as fc from 'fast-check';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash, type Artefact } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { canonicalJson, contentHash, sha256, type Json } from '../../base/index.ts';
import {
  decideInputs1,
  decideInputs4,
  decisionAnswer1,
  decisionAnswer4,
  decisionEngine1,
  defaultStandards,
  evidencedInputs4,
  evidencedTermValues,
  evidencedValues,
  evidenceText,
  featuresAskedFor,
  NO_FACTS,
  NO_REQUEST,
  openRecordedRules,
  PRESENT_ENGINE,
  rateableModel,
  type DecisionInputs1,
  type RuleFiles,
} from '../../rating/index.ts';
import { REASON_RULES, reasonModels, reasonValues } from './reason-cases.ts';

/** Adds a file to a folder of the corpus, where it is not there. */
export type AddToCorpus = (folder: 'parts' | 'ratings', name: string, text: string) => Promise<void>;

/** Cutoffs and losses of a segment of its own. */
function segmented(files: RuleFiles): RuleFiles {
  const decision = structuredClone(files['decision.json']) as { cutoffs: { segments: Json } };
  decision.cutoffs.segments = { retail: { approveBelow: 0.2, declineFrom: 0.6 } };
  const loss = structuredClone(files['loss.json']) as { segments: Json };
  loss.segments = { retail: { lgd: 0.7, lgdGuaranteed: 0.3, exposureAtDefault: 1.2 } };
  return { ...files, 'decision.json': decision, 'loss.json': loss };
}

/** Decisions under rule sets whose bounds move, with segments, regimes and withheld features, by the first decision engine and by the present one, beside late payment and term structure. */
export async function addDecisions(
  add: AddToCorpus,
  { late, hazard }: { readonly late: Artefact; readonly hazard: Artefact },
): Promise<void> {
  const standards = defaultStandards();
  const standardsHash = contentHash(standards as unknown as Json);
  await add('parts', standardsHash, canonicalJson(standards as unknown as Json));
  const modelOf = async (artefact: Artefact) => {
    const hash = artefactHash(artefact);
    await add('parts', hash, canonicalJson(artefact as unknown as Json));
    return rateableModel(compile(artefact), hash);
  };
  const lateModel = await modelOf(late);
  const termModel = await modelOf(hazard);
  const sets = ['the package’s', 'bounds that features move', 'an industry’s regime', 'everything', 'a floor', 'a cap'];
  // The shapes are drawn, so they keep no direction.
  const models = fc.sample(reasonModels(false), { numRuns: 4, seed: 20_261_127 }).map((box) => ({
    ...box,
    terms: box.terms.map((term) => ({ ...term, monotone: null })),
  }));
  const rows = fc.sample(reasonValues, { numRuns: 48, seed: 20_261_127 });
  const since = '2026-11-01T00:00:00.000Z';
  const champion = { since, of: 'today', why: 'it is the only slot' } as const;
  let row = 0;
  for (const [s, name] of sets.entries()) {
    const plain = REASON_RULES[name];
    if (plain === undefined) throw new Error(name);
    const files = s % 2 === 0 ? plain : segmented(plain);
    const rules = await openRecordedRules(files, standards.masterScale);
    await add('parts', rules.set.hash, canonicalJson(files));
    for (const box of models) {
      const model = await modelOf(artefactOf(box));
      const drawn = rows[row++ % rows.length] ?? {};
      const withheld = row % 3 === 0 ? [{ feature: 'c', source: 'invoices' }] : [];
      const values = withheld.length === 0 ? drawn : { ...drawn, c: null };
      const given: DecisionInputs1 = {
        request: { customerId: `c-${row}` },
        asOf: '2026-11-27T12:00:00.000Z',
        values: evidencedValues(model, values, featuresAskedFor(rules)),
        horizonMonths: 12,
        staleSources: row % 5 === 0 ? [{ source: 'erp', lastKnown: null, expectedDays: 2 }] : [],
        incompleteSources: [],
        ...(withheld.length === 0 ? {} : { withheld }),
        champion: { slot: 'main/*/12m', ...champion },
        snapshot: null,
        decision: {
          request:
            row % 4 === 0 ? NO_REQUEST : { amountMinor: 2_500_000 * row, termDays: 30 * (row % 5), purpose: 'stock' },
          facts: {
            ...NO_FACTS,
            kind: 'company',
            segment: row % 2 === 0 ? 'retail' : 'trade',
            age: 40,
            sanctionsHit: row % 7 === 0,
            documentsMissing: row % 6 === 0 ? ['accounts'] : [],
            guaranteeOffered: row % 2 === 0,
          },
          latePayment: null,
          tables: 'zen',
        },
      };
      const parts = { model: model.hash, rules: rules.set.hash, standards: standardsHash };
      const record = async (text: string): Promise<void> => add('ratings', sha256(text).slice(0, 16), text);
      const first = { engine: decisionEngine1.name, inputs: given as unknown as Json, parts };
      const { rating, decision } = await decideInputs1(model, standards, rules, given);
      await record(evidenceText({ ...first, answer: decisionAnswer1(first, rating, decision) }));
      const lateBeside =
        row % 2 === 0
          ? {
              model: lateModel,
              inputs: {
                values: evidencedValues(lateModel, { days_late: row }),
                lateDays: 30,
                horizonMonths: 6,
                champion: { slot: 'main/*/6m/late-30d', ...champion },
              },
            }
          : null;
      const termBeside =
        row % 3 === 0
          ? {
              model: termModel,
              inputs: {
                values: evidencedTermValues(termModel, { days_late: row }),
                champion: { slot: 'main/*/12m/term-3m', ...champion },
              },
            }
          : null;
      const beside = { late: lateBeside, term: termBeside };
      const decided = await decideInputs4(model, beside, standards, rules, given);
      const basis = {
        engine: PRESENT_ENGINE.name,
        inputs: evidencedInputs4(given, lateBeside?.inputs ?? null, termBeside?.inputs ?? null) as unknown as Json,
        parts: {
          ...parts,
          ...(lateBeside === null ? {} : { late: lateModel.hash }),
          ...(termBeside === null ? {} : { term: termModel.hash }),
        },
      };
      await record(
        evidenceText({
          ...basis,
          answer: decisionAnswer4(basis, { ...decided, explanation: decided.explained.explanation }),
        }),
      );
    }
  }
}
