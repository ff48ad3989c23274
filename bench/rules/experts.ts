import type { Json } from '../../base/index.ts';
import { loadRuleFiles, type RuleFiles } from '../../rating/index.ts';

/** A criterion as a credit officer writes it: a field, and points by cell; more points are safer. */
export interface ExpertCriterion {
  /** Of the table and of the feature that it asks for: letters, digits and _. */
  readonly name: string;
  /** The column of the portfolio. */
  readonly field: string;
  readonly type: 'number' | 'category';
  readonly rows: readonly (readonly [cell: string, points: number])[];
}

const category = (name: string, points: Readonly<Record<string, number>>): ExpertCriterion => {
  const levels = Object.keys(points).map((level) => `"${level}"`);
  const rows = Object.entries(points).map(([level, worth]) => [`"${level}"`, worth] as const);
  return { name, field: name, type: 'category', rows: [...rows, [`not in [${levels.join(', ')}]`, 0]] };
};

/** Points for numbers up to each bound, for numbers above the last, and 0 where missing. */
const number = (field: string, upTo: readonly (readonly [number, number])[], above: number): ExpertCriterion => ({
  name: field.toLowerCase(),
  field,
  type: 'number',
  rows: [
    ...upTo.map(([bound, points], i): readonly [string, number] => {
      const before = upTo[i - 1]?.[0];
      return [before === undefined ? `<= ${bound}` : `(${before}..${bound}]`, points];
    }),
    [`> ${upTo.at(-1)?.[0] ?? 0}`, above],
    ['null', 0],
  ],
});

/** Points for never, once, and more often. */
const arrears = (
  field: string,
  name: string,
  [never, once]: readonly [number, number],
  more: number,
): ExpertCriterion => ({
  ...number(
    field,
    [
      [0, never],
      [1, once],
    ],
    more,
  ),
  name,
});

/**
 * Expert criteria by portfolio, written from a credit officer's practice and the data's code books and not fitted to their outcomes: a stranger's rules
 * of thumb. German's own surprises (no account and a critical history pay better than they sound) are left as a stranger would have them. 20 points
 * double the odds.
 *
 * `gmsc`: arrears weigh by how late and how recent they say somebody can be; use of lines, burden and income follow. A debt ratio above 1 is mostly an
 * amount, as no income is known: no points. Age and dependents are read by no credit officer who must answer for it.
 * `lendingclub`: what the borrower can carry (burden, income, term), conduct (inquiries, arrears, public records, use of lines), standing (employment,
 * home, length of history), and the purpose, of which a small business is the riskiest. The state is left: it says nothing that one could tell a borrower.
 */
export const EXPERTS: Readonly<Record<string, readonly ExpertCriterion[]>> = {
  german: [
    category('checking', { A11: -20, A12: -8, A13: 6, A14: 0 }),
    category('history', { A30: 0, A31: 6, A32: 4, A33: -12, A34: -16 }),
    category('savings', { A61: -6, A62: 0, A63: 4, A64: 8, A65: 0 }),
    category('employment', { A71: -12, A72: -6, A73: 0, A74: 4, A75: 8 }),
    category('property', { A121: 8, A122: 4, A123: 0, A124: -6 }),
    category('debtors', { A101: 0, A102: -2, A103: 8 }),
    number(
      'duration',
      [
        [12, 8],
        [24, 0],
        [36, -6],
      ],
      -12,
    ),
    number(
      'amount',
      [
        [4000, 4],
        [8000, -2],
      ],
      -10,
    ),
  ],
  taiwan: [
    number(
      'PAY_0',
      [
        [0, 8],
        [1, -10],
        [2, -25],
      ],
      -35,
    ),
    number(
      'PAY_2',
      [
        [0, 3],
        [2, -8],
      ],
      -12,
    ),
    number(
      'LIMIT_BAL',
      [
        [50_000, -6],
        [200_000, 0],
      ],
      6,
    ),
    number(
      'PAY_AMT1',
      [
        [1000, -4],
        [10_000, 0],
      ],
      5,
    ),
  ],
  gmsc: [
    arrears('NumberOfTimes90DaysLate', 'late_90', [4, -25], -35),
    arrears('NumberOfTime60-89DaysPastDueNotWorse', 'late_60', [2, -15], -22),
    arrears('NumberOfTime30-59DaysPastDueNotWorse', 'late_30', [4, -8], -15),
    number(
      'RevolvingUtilizationOfUnsecuredLines',
      [
        [0.3, 10],
        [0.6, 3],
        [0.9, -6],
        [1, -12],
      ],
      -16,
    ),
    number(
      'DebtRatio',
      [
        [0.35, 4],
        [0.5, 0],
        [1, -6],
      ],
      0,
    ),
    number(
      'MonthlyIncome',
      [
        [2500, -6],
        [5000, -2],
        [8000, 2],
      ],
      5,
    ),
    number(
      'NumberOfOpenCreditLinesAndLoans',
      [
        [2, -4],
        [12, 2],
      ],
      -2,
    ),
    number(
      'NumberRealEstateLoansOrLines',
      [
        [0, 0],
        [2, 3],
      ],
      -4,
    ),
  ],
  lendingclub: [
    number('term', [[36, 4]], -10),
    number(
      'dti',
      [
        [10, 5],
        [20, 0],
        [25, -4],
      ],
      -8,
    ),
    number(
      'annual_inc',
      [
        [30_000, -6],
        [50_000, -2],
        [80_000, 2],
      ],
      6,
    ),
    number(
      'revol_util',
      [
        [0.3, 6],
        [0.6, 0],
        [0.8, -4],
      ],
      -8,
    ),
    number(
      'inq_last_6mths',
      [
        [0, 5],
        [1, 0],
        [3, -6],
      ],
      -12,
    ),
    arrears('delinq_2yrs', 'delinq_2yrs', [2, -6], -12),
    number('pub_rec', [[0, 2]], -10),
    category('emp_length', { '< 1 year': -4, '1 year': -2, '10+ years': 4 }),
    category('home_ownership', { OWN: 4, MORTGAGE: 3, RENT: -2, OTHER: -4, NONE: -4 }),
    category('purpose', {
      small_business: -15,
      educational: -5,
      medical: -4,
      moving: -3,
      vacation: -2,
      credit_card: 3,
      car: 4,
      major_purchase: 3,
      wedding: 3,
      home_improvement: 3,
    }),
    number(
      'months_of_credit_history',
      [
        [36, -6],
        [60, -3],
        [120, 0],
      ],
      4,
    ),
  ],
};

/** The package's rule set with these criteria as its score, each with the points at which it is neutral. */
export function expertRules(criteria: readonly ExpertCriterion[], references: readonly number[]): RuleFiles {
  const position = { x: 0, y: 0 };
  const tables = criteria.map(({ name, rows }) => ({
    id: name,
    name,
    type: 'decisionTableNode',
    position,
    content: {
      hitPolicy: 'first',
      inputs: [{ id: 'i', name, field: `features.${name}` }],
      outputs: [{ id: 'o', name: 'points', field: 'points' }],
      rules: rows.map(([cell, points], r) => ({ _id: `r${r}`, i: cell, o: String(points) })),
    },
  }));
  const wires = criteria.flatMap(({ name }) => [
    { id: `to_${name}`, sourceId: 'facts', targetId: name, type: 'edge' },
    { id: `from_${name}`, sourceId: name, targetId: 'answer', type: 'edge' },
  ]);
  const ends = [
    { id: 'facts', name: 'facts', type: 'inputNode', position },
    { id: 'answer', name: 'answer', type: 'outputNode', position },
  ];
  const about: Json = {
    version: 1,
    title: { en: 'Expert criteria', 'zh-CN': '专家评分' },
    tables: Object.fromEntries(criteria.map(({ name }, i) => [name, { reference: references[i] ?? 0 }])),
    examples: criteria.slice(0, 1).map(({ name, rows }) => ({
      name: 'missing',
      facts: {},
      expect: { [name]: [{ points: rows.at(-1)?.[1] ?? 0 }] },
    })),
  };
  return {
    ...loadRuleFiles(null),
    'fields.json': { features: Object.fromEntries(criteria.map(({ name, type }) => [name, { type }])) },
    'score.json': { contentType: 'application/vnd.gorules.decision', nodes: [...ends, ...tables], edges: wires },
    'score.about.json': about,
  };
}
