import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { engines, loader } from '../../test/support/recorded-ratings.ts';
import { cell, editedRules, scoredBy, type RuleEdits } from '../../test/support/rules.ts';
import { smallArtefact } from '../../test/serving/world.ts';
import { replay } from '../engine/index.ts';
import { customerNotice, decisionReasonText, explain } from '../explanation/index.ts';
import { labelInModel, rateableModel, type RateableModel } from '../model.ts';
import { rate } from '../rate.ts';
import { openRules, type LiveRules } from '../rules/index.ts';
import { defaultStandards } from '../standards.ts';
import { decide, missingFacts, type CustomerFacts, type DecisionRequest } from './index.ts';

const AS_OF = '2026-06-01T00:00:00.000Z';
const standards = defaultStandards();
const model = rateableModel(compile(modelOf()), artefactHash(modelOf()));

function modelOf() {
  return artefactOf({
    intercept: -4,
    terms: [
      {
        name: 'days_late',
        type: 'number',
        encoding: { kind: 'number', codes: [], edges: [30] },
        shape: [0, -0.5, 2],
        support: [5, 60, 20],
        band: null,
        monotone: 'increasing',
        range: [0, 400],
        label: { en: 'Days late', 'zh-CN': '逾期天数' },
      },
    ],
    pairs: [],
  });
}

/** Every row of the limits is a share of a feature. */
function baseOf(feature: string, label?: { readonly en: string; readonly 'zh-CN': string }): RuleEdits {
  const shares = [0, 1, 2, 3, 4].flatMap((row) => [
    [cell(row, 'o2'), `"features.${feature}"`],
    [cell(row, 'o3'), '0.2'],
  ]);
  return {
    'limits.json': Object.fromEntries(shares),
    'fields.json': { [`features.${feature}`]: { type: 'number', min: 0, ...(label ? { label } : {}) } },
    'limits.about.json': {
      examples: [{ name: 'share', facts: { 'final.pd': 0.3 }, expect: { limits: [{ cap: 0, share: 0.2 }] } }],
    },
  };
}

const known: CustomerFacts = {
  kind: 'company',
  segment: 'retail',
  age: 40,
  sanctionsHit: false,
  documentsMissing: [],
  existingExposureMinor: 0,
  overdueMinor: 0,
  guaranteeOffered: false,
};
const request: DecisionRequest = { amountMinor: 100_000, termDays: 30, purpose: 'stock' };

const open = (edits: RuleEdits): Promise<LiveRules> => openRules(editedRules(edits), standards.masterScale);

async function explained(
  rules: LiveRules,
  more: {
    readonly values?: { readonly [name: string]: number | null };
    readonly facts?: Partial<CustomerFacts>;
    readonly request?: DecisionRequest;
    readonly of?: RateableModel;
  } = {},
) {
  const { values = { days_late: 0 }, of = model } = more;
  const rating = rate(of, standards, { values, horizonMonths: 12, staleSources: [], incompleteSources: [] });
  const facts = { ...known, ...more.facts };
  const given = { rating, values, asOf: AS_OF, facts, latePayment: null };
  const decision = await decide({ ...given, request: more.request ?? request }, { standards, rules });
  return { decision, model: of, values, set: rules.set, standards };
}

type Explained = Awaited<ReturnType<typeof explained>>;
const missingOf = ({ decision, values, set, model: of }: Explained) =>
  missingFacts(decision, values, set, (feature) => labelInModel(of, feature));
const namesOf = (of: Explained): string[] => missingOf(of).map(({ field }) => field);

let plain: LiveRules;
beforeAll(async () => {
  plain = await open({});
});

describe('facts that the rules read and did not find', () => {
  it('are named where a limit is a share of one, with the reason why nothing is granted, in both languages', async () => {
    const label = { en: 'Annual revenue', 'zh-CN': '年营业收入' };
    const of = await explained(await open(baseOf('annual_revenue', label)));
    expect(of.decision).toMatchObject({ outcome: 'refer', missing: { features: [] } });
    expect(missingOf(of)).toContainEqual({
      field: 'features.annual_revenue',
      label,
      readBy: [{ kind: 'limits', table: 'limits' }],
    });
    const cause = of.decision.causes.find(({ binding }) => binding);
    expect(cause).toMatchObject({ code: 'LIMIT_NOTHING', missing: [] });
    expect(cause?.text.en).toContain('not known, so nothing can be granted: Annual revenue.');
    expect(cause?.text['zh-CN']).toContain('年营业收入');
    const explanation = explain(of);
    for (const language of ['en', 'zh-CN'] as const) {
      const told = customerNotice(of, explanation, 'other', language, AS_OF).reasons.join(' ');
      expect(told).toContain(label[language]);
    }
  });

  it('are not blamed where the base is known and what it leaves is drawn already', async () => {
    const rules = await open(baseOf('annual_revenue'));
    const of = await explained(rules, { values: { days_late: 0, annual_revenue: 10 } });
    expect(of.decision.causes[0]).toMatchObject({
      code: 'LIMIT_NOTHING',
      text: { en: 'The limit leaves nothing to draw.' },
    });
    expect(namesOf(of)).not.toContain('features.annual_revenue');
  });

  it('have the model’s label where the rules give none, and stand apart from what the model lacks', async () => {
    const of = await explained(await open(baseOf('days_late')), { values: { days_late: null } });
    expect(of.decision.missing.features).toEqual(['days_late']);
    expect(missingOf(of).find(({ field }) => field === 'features.days_late')?.label.en).toBe('Days late');
    expect(of.decision.causes.find(({ code }) => code === 'LIMIT_NOTHING')?.text.en).toContain('Days late');
    const thin = explain(of).reasons.map((reason) => decisionReasonText(reason, of, 'en'));
    expect(thin.join(' ')).toContain('Missing: Days late.');
  });

  it('are named where a criterion reads a feature that no model has, and only while it is unknown', async () => {
    const rules = await open(scoredBy('years_in_business'));
    expect(missingOf(await explained(rules))).toContainEqual({
      field: 'features.years_in_business',
      label: { en: 'years in business', 'zh-CN': 'years in business' },
      readBy: [{ kind: 'score', table: 'guarantee' }],
    });
    expect(namesOf(await explained(rules, { values: { days_late: 0, years_in_business: 7 } }))).toEqual([]);
  });

  it('are named by the reason where a row of policy took a fact without knowing it', async () => {
    const of = await explained(plain, { facts: { sanctionsHit: null } });
    expect(of.decision.outcome).toBe('condition');
    const [reason] = explain(of).reasons;
    if (reason === undefined) throw new Error('no reason');
    expect(decisionReasonText(reason, of, 'en')).toMatch(/before any payout\. Not known: On a sanctions list\.$/);
    expect(decisionReasonText(reason, of, 'zh-CN')).toMatch(/未知：命中制裁名单。$/);
  });

  it('are named where cutoffs, losses and industries’ regimes read them', async () => {
    const rules = await open({
      'decision.json': { 'cutoffs.segments.retail': { approveBelow: 0.05, declineFrom: 0.2 } },
      'loss.json': { 'segments.retail': { lgd: 0.6, lgdGuaranteed: 0.5, exposureAtDefault: 1 } },
      'regimes.json': { 'industry.feature': 'sector' },
    });
    const of = await explained(rules, { facts: { segment: null, guaranteeOffered: null } });
    const readBy = new Map(missingOf(of).map(({ field, readBy: by }) => [field, by.map(({ kind }) => kind)]));
    expect(readBy.get('customer.segment')).toEqual(['cutoffs', 'loss']);
    expect(readBy.get('guarantee.offered')).toEqual(['score', 'loss']);
    expect(readBy.get('features.sector')).toEqual(['policy', 'score']);
  });

  test.prop([fc.subarray(Object.keys(known) as (keyof CustomerFacts)[])])(
    'are just those that a rule reads, whatever is known of the customer',
    async (unknown) => {
      const facts = Object.fromEntries(unknown.map((name) => [name, null]));
      const read: { readonly [fact in keyof CustomerFacts]?: string } = {
        age: 'customer.age',
        sanctionsHit: 'customer.sanctionsHit',
        documentsMissing: 'customer.documentsMissing',
        existingExposureMinor: 'customer.existingExposure',
        overdueMinor: 'customer.overdueAmount',
        guaranteeOffered: 'guarantee.offered',
      };
      const expected = unknown.flatMap((name) => read[name] ?? []);
      expect(namesOf(await explained(plain, { facts })).sort()).toEqual(expected.sort());
    },
  );

  it('ask for nothing where a column is empty in every row', async () => {
    const rows = [0, 1, 2, 3, 4, 5].map((row) => [cell(row, 'i4'), '']);
    const rules = await open({
      'policy.json': { ...Object.fromEntries(rows), [cell(4, 'i3')]: '> 9' },
      'policy.about.json': { examples: [{ name: 'none', facts: {}, expect: {} }] },
    });
    const of = await explained(rules, { facts: { overdueMinor: null } });
    // The early warnings still read it.
    expect(missingOf(of).find(({ field }) => field === 'customer.overdueAmount')?.readBy).toEqual([
      { kind: 'warnings', table: 'warnings' },
    ]);
  });
});

describe.each(engines)('replay by $engine', ({ recorded }) => {
  it('finds the same facts missing at any later reading', async () => {
    const evidence = await recorded(smallArtefact(), { days_late: 45, sector: 'mining', customer_since: '2025-01-01' });
    const lists = await Promise.all(
      [evidence, structuredClone(evidence)].map(async (each) => {
        const { explained: of } = await replay(each, loader(smallArtefact()));
        return of === null
          ? null
          : missingFacts(of.decision, of.values, of.set, (name) => labelInModel(of.model, name));
      }),
    );
    expect(lists[0]).toEqual(lists[1]);
    if (lists[0] !== null) expect(lists[0]?.map(({ field }) => field)).toContain('customer.age');
  });
});
