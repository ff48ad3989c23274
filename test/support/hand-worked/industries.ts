import { exposure, fact, score, story, type Fact, type Story, type Values } from './story.ts';

/** Customers of an industry, with default probabilities by days ago. */
const members = (
  industry: string,
  count: number,
  pds: Readonly<Record<number, number>>,
  name = industry,
): readonly Fact[] =>
  Array.from({ length: count }, (_, i) => `${name}-${i}`).flatMap((party_id): readonly Fact[] => [
    fact('parties', 400, { party_id, kind: 'company', industry }),
    exposure(party_id, 10),
    ...Object.entries(pds).map(([days, pd]): Fact => {
      const [table, values] = score(Number(days), 500, 3, pd);
      return [table, { ...values, party_id }];
    }),
  ]);
const series = (published: number, period: string, value: number, more: Values = {}): Fact => [
  'market_series',
  {
    ...fact('market_series', published, {})[1],
    party_id: null,
    indicator: 'insolvency_rate',
    region: '*',
    period,
    value,
    ...more,
  },
];
const months = (industry: string, more: Values = {}): readonly Fact[] => [
  series(400, '2024-05-01', 2, { industry, ...more }),
  series(20, '2025-05-01', 2.6, { industry, ...more }),
];

export const INDUSTRIES: readonly Story[] = [
  story(
    'worse',
    'twenty customers from 2 % (60 days ago; 1 % 121 days ago is too long) to 3 % (44 days ago); insolvencies from 2.0 to 2.6 in twelve months',
    [...members('worse', 20, { 44: 0.03, 60: 0.02, 121: 0.01 }), ...months('worse')],
    { industry_customers: 20, industry_exposure: 200, industry_pd_rise_90d: 1.5, insolvency_rise_365d: 1.3 },
  ),
  story(
    'small',
    'nineteen scored at both times are too few; a twentieth is scored since lately',
    [
      ...members('small', 19, { 44: 0.03, 60: 0.02 }),
      ...members('small', 1, { 10: 0.5 }, 'small-late'),
      series(20, '2025-05-01', 2.6, { industry: 'small' }),
      series(400, '2024-04-01', 1, { industry: 'small' }),
    ],
    { industry_customers: 20, industry_exposure: 200, industry_pd_rise_90d: null, insolvency_rise_365d: null },
  ),
  story(
    'grows',
    'look-alike: new customers of high risk move nobody; the series of a region, or of another indicator, says nothing of the industry',
    [
      ...members('grows', 20, { 10: 0.02, 90: 0.02 }),
      ...members('grows', 20, { 10: 0.5 }, 'grows-new'),
      ...months('grows', { region: 'north' }),
      ...months('grows', { indicator: 'confidence' }),
    ],
    { industry_customers: 40, industry_exposure: 400, industry_pd_rise_90d: 1, insolvency_rise_365d: null },
  ),
  story('old', 'a score of 45 days is not of today', members('old', 20, { 45: 0.03, 90: 0.02 }), {
    industry_customers: null,
    industry_pd_rise_90d: null,
  }),
];
