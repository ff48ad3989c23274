import { fc } from '@fast-check/vitest';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash, type FeatureTerm } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import {
  defaultStandards,
  loadActs,
  loadRuleFiles,
  NO_FACTS,
  NO_REQUEST,
  parseRuleSet,
  prepareAdvisor,
  prepareRules,
  rate,
  rateableModel,
  type ActsFile,
  type Advisor,
  type DecisionInput,
  type LiveRules,
  type RateableModel,
} from '../../rating/index.ts';
import { cell, editedRules } from './rules.ts';

/** Customers, rules and acts for which every combination of acts can be tried: what the search for advice is compared with. */
export const standards = defaultStandards();
export const plain = prepareRules(parseRuleSet(loadRuleFiles(null), standards.masterScale));
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
export const number = (name: string, edges: readonly number[], values: readonly number[]): FeatureTerm => ({
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
/** Rules whose limits are shares of what an act can raise, beside what is asked for and what is drawn. */
const byTurnover = prepareRules(
  parseRuleSet(
    editedRules({
      'fields.json': { features: { turnover: { type: 'number', min: 0 } } },
      'limits.json': {
        [cell(1, 'o2')]: '"features.turnover"',
        [cell(1, 'o3')]: '0.31',
        [cell(2, 'o2')]: '"features.turnover"',
        [cell(2, 'o3')]: '0.17',
      },
      'decision.json': { 'limits.partly': 'refer' },
    }),
    standards.masterScale,
  ),
);

export const TERMS = {
  overdue_amount: [1, 400, 1100, 2300],
  overdue_share: [0.1, 0.25, 0.6],
  credit_drawn: [500, 2000, 4000],
  utilisation: [0.2, 0.5, 0.8],
  dpd_current: [1, 30],
} as const;
/** What follows from those by a further definition, read by some models only: acts that both change it are joined by the others. */
const FURTHER = { utilisation_change_90d: [-0.3, 0.1, 0.4], collateral_coverage: [0.3, 0.8, 2] } as const;
type Further = readonly (keyof typeof FURTHER)[];
const modelArbitrary: fc.Arbitrary<RateableModel> = fc
  .record({
    intercept: fc.integer({ min: -6 * 1024, max: -1024 }),
    shapes: fc.tuple(...Object.values(TERMS).map((edges) => shape(edges.length + 2))),
    pair: fc.array(shape(2), { minLength: 2, maxLength: 2 }),
    further: fc.constantFrom<Further>(
      [],
      ['utilisation_change_90d'],
      ['utilisation_change_90d'],
      ['utilisation_change_90d', 'collateral_coverage'],
    ),
    more: fc.tuple(shape(5), shape(5)),
  })
  .map(({ intercept, shapes, pair, further, more }) => {
    const terms = [
      ...Object.entries(TERMS).map(([name, edges], i) => number(name, edges, shapes[i] ?? [])),
      ...further.map((name, i): FeatureTerm => ({
        ...number(name, FURTHER[name], more[i] ?? []),
        range: [-2, 10_000],
      })),
    ];
    const pairs = [{ a: 0, b: 3, rowOf: [0, 0, 0, 1, 1, 1], columnOf: [0, 0, 0, 1, 1], values: pair }];
    const artefact = artefactOf({ intercept: intercept / 1024, terms, pairs });
    return rateableModel(compile(artefact), artefactHash(artefact));
  });

/** Brings turnover over to us: what limits are shares of rises with it. */
const bringTurnover: ActsFile['acts'][number] = {
  id: 'bring-turnover',
  actionable: true,
  size: {
    of: ['features.turnover'],
    direction: 'raise',
    unit: 'money',
    step: 1700,
    bound: 500_000,
    shareAtMost: 0.1,
  },
  pace: { firstDays: 3, perDay: null, withinDays: 90 },
  cost: { fixed: 3, perUnit: 0.004 },
  effects: [{ field: 'features.turnover', follows: 'size' }],
  texts: {
    en: 'Bring {size} {currency} of turnover by {date}.',
    'zh-CN': '请在{date}前增加{size}{currency}的交易额。',
  },
};

/** The package's acts, in steps so coarse that all sizes can be tried, and one more. */
export const coarse = (steps: { readonly [id: string]: number }): ActsFile => {
  const file = loadActs(null);
  return {
    ...file,
    acts: [...file.acts, bringTurnover].map((act) =>
      act.size === null ? act : { ...act, size: { ...act.size, step: steps[act.id] ?? act.size.step } },
    ),
  };
};

/** Acts that change what a limit is worked out from. */
export const LIMIT_ACTS = ['repay-drawn', 'ask-for-less', 'bring-turnover'];

export interface Customer {
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
  readonly turnover: number | null;
  /** Debts to others, beside what is drawn. */
  readonly outside: number | null;
}

export function ready(customer: Customer): { readonly advisor: Advisor; readonly input: DecisionInput } {
  const { model, rules, acts, overdue, open, drawn, utilisation, amount, termDays, existing, documents } = customer;
  const { turnover, outside } = customer;
  const values = {
    overdue_amount: overdue,
    receivables_open: overdue + open,
    overdue_share: overdue + open === 0 ? null : overdue / (overdue + open),
    dpd_current: overdue > 0 ? 45 : 0,
    credit_drawn: drawn,
    utilisation,
    utilisation_change_90d: utilisation - 0.3,
    collateral_coverage: drawn + overdue + open === 0 ? null : 2500 / (drawn + overdue + open),
    turnover,
    ...(outside === null
      ? {}
      : { debt_own: drawn, debt_outside: outside, debt_to_income: (drawn + outside) / 1000, creditors_outside: 1 }),
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

export const customers: fc.Arbitrary<Customer> = fc.record({
  model: modelArbitrary,
  rules: fc.constantFrom(plain, crossed, byTurnover),
  acts: fc.constantFrom(
    coarse({
      'pay-overdue': 900,
      'repay-drawn': 1100,
      'ask-for-less': 14_000,
      'bring-turnover': 5300,
      'shorten-term': 45,
    }),
    coarse({
      'pay-overdue': 700,
      'repay-drawn': 700,
      'ask-for-less': 3100,
      'bring-turnover': 4100,
      'shorten-term': 60,
    }),
  ),
  overdue: fc.constantFrom(0, 350, 1200, 2500.5, 3000),
  open: fc.constantFrom(0, 1000, 20_000),
  drawn: fc.constantFrom(0, 900, 3300, 5000),
  turnover: fc.constantFrom(null, 30_000, 130_000),
  outside: fc.constantFrom(null, null, 2000),
  utilisation: fc.constantFrom(0.1, 0.4, 0.7, 1.1),
  amount: fc.constantFrom(5000, 30_000, 85_000),
  termDays: fc.constantFrom(null, 45, 100),
  existing: fc.constantFrom(null, 0, 4000),
  documents: fc.constantFrom(0, 0, 1),
});

/** Customers of whom limits alone ask for more, by a little. */
export const crowded: fc.Arbitrary<Customer> = fc
  .record({
    intercept: fc.integer({ min: -4 * 1024, max: -2764 }).map((steps) => steps / 1024),
    utilisation: shape(5).map((values) => values.map((value) => value / 8)),
    rules: fc.constantFrom(plain, crossed, byTurnover, byTurnover),
    steps: fc.record({
      'repay-drawn': fc.constantFrom(300, 700, 1000),
      'ask-for-less': fc.constantFrom(700, 1000, 1300),
      'bring-turnover': fc.constantFrom(2100, 6000),
    }),
    amount: fc.constantFrom(78_000, 81_000, 83_500, 86_000),
    drawn: fc.constantFrom(0, 2200, 5000),
    existing: fc.constantFrom(null, 2500, 5000),
    turnover: fc.constantFrom(null, 255_000, 470_000, 490_000),
    overdue: fc.constantFrom(0, 0, 1200),
  })
  .map(({ intercept, utilisation, steps, ...customer }): Customer => {
    const terms = [number('utilisation', TERMS.utilisation, utilisation)];
    const artefact = artefactOf({ intercept, terms, pairs: [] });
    const acts = coarse(steps);
    return {
      ...customer,
      model: rateableModel(compile(artefact), artefactHash(artefact)),
      acts: { ...acts, acts: acts.acts.filter(({ id }) => [...LIMIT_ACTS, 'pay-overdue'].includes(id)) },
      open: 95_000,
      utilisation: 0.7,
      termDays: null,
      documents: 0,
      outside: null,
    };
  });
