import { fc, it as property } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { LANGUAGES } from '../../base/index.ts';
import { CONTRACTS, DERIVED } from '../../features/contracts/index.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash, type FeatureTerm } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { decide, NO_FACTS, NO_REQUEST } from '../decision/index.ts';
import { rateableModel } from '../model.ts';
import { noticeLetter } from '../notices/index.ts';
import { rate } from '../rate.ts';
import { loadRuleFiles, openRules } from '../rules/index.ts';
import { defaultStandards } from '../standards.ts';
import { customerNotice, explain, explanationOf, JURISDICTIONS, type Explained } from './index.ts';

const standards = defaultStandards();
const AS_OF = '2026-06-01T00:00:00.000Z';
const term = (name: string, label: FeatureTerm['label']): FeatureTerm => ({
  name,
  type: 'number',
  encoding: { kind: 'number', codes: [], edges: [30] },
  shape: [0, -0.5, 0.5],
  support: [5, 60, 20],
  band: null,
  monotone: 'increasing',
  range: [0, 400],
  label,
});
const artefact = artefactOf({
  intercept: -6,
  terms: [
    term('customer_since', { en: 'Months as a customer', 'zh-CN': '合作月数' }),
    term('balance_change_90d', {
      en: 'Change of the mean balance, last 90 days against the 90 before',
      'zh-CN': '近90天平均余额变动',
    }),
    term('no_label', null),
  ],
  pairs: [],
});
const model = rateableModel(compile(artefact), artefactHash(artefact));
const TABLES = CONTRACTS.map(({ name }) => name);

async function explained(tables: readonly string[], incomplete: readonly string[]): Promise<Explained> {
  const rules = await openRules(loadRuleFiles(null), standards.masterScale);
  const rating = rate(model, standards, {
    values: {},
    horizonMonths: 12,
    staleSources: tables.map((table) => ({ source: `erp_2 (${table})`, lastKnown: null, expectedDays: 7 })),
    incompleteSources: incomplete.map((table) => ({ source: `crm (${table})`, columns: ['party_id'] })),
    withheld: tables.map((source) => ({ feature: 'customer_since', source })),
  });
  const facts = { ...NO_FACTS, sanctionsHit: false, age: 40, documentsMissing: [] };
  const input = { rating, values: {}, asOf: AS_OF, request: NO_REQUEST, facts, latePayment: null };
  const decision = await decide(input, { standards, rules });
  const of = { decision, model, values: {}, set: rules.set, standards, input };
  return { ...of, explanation: explanationOf(of) };
}

it('a notice tells missing features by their labels and late sources by what they hold, in the reader’s language', async () => {
  const of = await explained(['payments'], ['payments', 'invoices']);
  expect(of.decision.missing).toEqual({
    features: ['customer_since', 'balance_change_90d', 'no_label'],
    documents: [],
    sources: ['erp_2 (payments)', 'crm (payments)', 'crm (invoices)'],
  });
  expect(customerNotice(of, explain(of), 'other', 'en', AS_OF).reasons).toEqual([
    'Too little is known to decide: 0 of 3 features. Missing: Months as a customer; Change of the mean balance, last 90 days against the 90 before; no label.',
    'Data are late or incomplete: payments; invoices.',
  ]);
  expect(customerNotice(of, explain(of), 'CN', 'zh-CN', AS_OF).reasons).toEqual([
    '已知信息不足以自动决策：3个特征中仅有0个已知。缺少：合作月数；近90天平均余额变动；no label。',
    '数据延迟或不完整：付款记录；发票。',
  ]);
});

property.prop([fc.subarray(TABLES, { minLength: 1 }), fc.subarray(TABLES)], { numRuns: 25 })(
  'no identifier of a feature, table or source stands in a notice or a flag about sources',
  async (late, incomplete) => {
    const of = await explained(late, incomplete);
    for (const language of LANGUAGES) {
      const flags = of.decision.flags.filter(({ code }) => code === 'STALE_SOURCE' || code === 'WITHHELD');
      const texts = [
        ...JURISDICTIONS.map((law) => JSON.stringify(customerNotice(of, explain(of), law, language, AS_OF).reasons)),
        ...flags.map(({ text }) => text[language]),
      ];
      for (const text of texts) expect(text).not.toMatch(/\w_\w|erp|crm|undefined/);
    }
  },
);

it('every table has a name for people in both languages, its own', () => {
  for (const language of LANGUAGES) {
    const labels = [...CONTRACTS, ...DERIVED].map(({ label }) => label[language]);
    expect(new Set(labels).size).toBe(labels.length);
    for (const label of labels) expect(label).toMatch(language === 'en' ? /^[a-z][a-z, ]*$/ : /^[\p{Script=Han}]+$/u);
  }
});

it('a notice told after the decision’s validity says that it has expired and supports no limit, and no notice told before', async () => {
  const of = await explained([], []);
  const { validUntil } = of.decision;
  const before = new Date(Date.parse(validUntil) - 1).toISOString();
  expect(customerNotice(of, explain(of), 'other', 'en', before)).not.toHaveProperty('expired');
  expect(customerNotice(of, explain(of), 'other', 'en', validUntil).expired).toBe(
    'This decision was valid until 2027-06-01. It has expired and supports no limit.',
  );
  const notice = customerNotice(of, explain(of), 'CN', 'zh-CN', validUntil);
  expect(noticeLetter(notice, 'r').text.split('\n')[2]).toBe(
    '本决定有效期至2027-06-01，现已过期，不再支持任何授信额度。',
  );
});
