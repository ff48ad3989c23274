import type { TableContract } from './contract.ts';

/**
 * Tables that no source fills: computed from facts, with the clocks of what they were computed from. Signals may read them; features of a
 * model may not, as a model would feed on itself.
 */
export const DERIVED: readonly TableContract[] = [
  {
    name: 'scores',
    label: { en: 'scores', 'zh-CN': '评分结果' },
    meaning:
      'Scores of the portfolio by its present champion; happened_at and known_from are the instant whose facts were scored.',
    key: ['party_id', 'happened_at'],
    entity: 'party_id',
    columns: [
      { name: 'party_id', type: 'text', required: true, meaning: 'the customer' },
      { name: 'pd', type: 'number', required: true, min: 0, max: 1, meaning: 'default probability' },
      { name: 'points', type: 'money', required: true, meaning: 'score in points, higher is safer' },
      { name: 'grade_rank', type: 'integer', required: true, min: 1, meaning: 'place of the grade, 1 the safest' },
    ],
  },
  {
    name: 'exposures',
    label: { en: 'exposure', 'zh-CN': '风险敞口' },
    meaning: 'Exposure of each customer; the row of party_id `*` is that of the portfolio.',
    key: ['party_id'],
    entity: 'party_id',
    columns: [
      { name: 'party_id', type: 'text', required: true, meaning: 'the customer, or `*`' },
      { name: 'amount', type: 'money', required: true, meaning: 'credit drawn and receivables open' },
    ],
  },
];
