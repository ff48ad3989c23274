import { expect, it } from 'vitest';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import {
  decide,
  defaultStandards,
  explain,
  loadRuleFiles,
  NO_FACTS,
  NO_REQUEST,
  openRules,
  rate,
  rateableModel,
} from '../../rating/index.ts';
import { decisionAnswer } from './decision-answer.ts';

it.each([
  ['no edge', [], null, null],
  ['an edge', [3], [-5, 100] as const, 3],
] as const)('tells no value that nobody could have: %s', async (_what, edges, range, goodValue) => {
  const bins = 2 + edges.length;
  const artefact = artefactOf({
    intercept: 0,
    terms: [
      {
        name: 'turnover',
        type: 'number',
        encoding: { kind: 'number', codes: [], edges: [...edges] },
        // Good in the last bin alone, which nothing bounds above; the customer's turnover is missing.
        shape: Array.from({ length: bins }, (_, bin) => (bin === bins - 1 ? -1 : 2)),
        support: Array.from({ length: bins }, () => 10),
        band: null,
        monotone: null,
        range: range === null ? null : [...range],
        label: null,
      },
    ],
    pairs: [],
  });
  const model = rateableModel(compile(artefact), artefactHash(artefact));
  const standards = defaultStandards();
  const rules = await openRules(loadRuleFiles(null), standards.masterScale);
  const values = { turnover: null };
  const rating = rate(model, standards, { values, horizonMonths: 12, staleSources: [], incompleteSources: [] });
  const facts = { ...NO_FACTS, sanctionsHit: false, age: 40, documentsMissing: [] };
  const asOf = '2026-06-01T00:00:00.000Z';
  const input = { rating, values, asOf, request: NO_REQUEST, facts, latePayment: null };
  const decision = await decide(input, { standards, rules });
  const explained = { decision, model, values, set: rules.set, standards };
  const { reasons } = decisionAnswer(explained, explain(explained), 'en', asOf);
  expect(reasons.find(({ about }) => about === 'turnover')).toMatchObject({ kind: 'feature', goodValue });
});
