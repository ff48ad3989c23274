import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from '../../base/index.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { rateableModel } from '../model.ts';
import { rate } from '../rate.ts';
import { cell, editedRules } from '../../test/support/rules.ts';
import { loadRuleFiles, openRules, type LiveRules } from '../rules/index.ts';
import { defaultStandards } from '../standards.ts';
import {
  amountText,
  decide,
  NO_FACTS,
  NO_REQUEST,
  OUTCOMES,
  parseAmount,
  roundedProduct,
  type CustomerFacts,
  type DecisionInput,
  type DecisionRequest,
} from './index.ts';

const standards = defaultStandards();
const files = loadRuleFiles(null);
const artefact = artefactOf({
  intercept: -4,
  terms: [
    {
      name: 'days_late',
      type: 'number',
      encoding: { kind: 'number', codes: [], edges: [1, 30, 90] },
      shape: [0, -0.5, 0.5, 2, 5],
      support: [5, 60, 20, 10, 5],
      band: null,
      monotone: 'increasing',
      range: [0, 400],
      label: { en: 'Days late', 'zh-CN': '逾期天数' },
    },
  ],
  pairs: [],
});
const model = rateableModel(compile(artefact), artefactHash(artefact));
const clean: CustomerFacts = { ...NO_FACTS, sanctionsHit: false, age: 40, documentsMissing: [] };

function input(
  daysLate: number | null,
  more: {
    readonly request?: Partial<DecisionRequest>;
    readonly facts?: Partial<CustomerFacts>;
    readonly stale?: boolean;
  } = {},
): DecisionInput {
  const values = { days_late: daysLate };
  const staleSources = more.stale === true ? [{ source: 'invoices', lastKnown: null, expectedDays: 7 }] : [];
  const rating = rate(model, standards, { values, horizonMonths: 12, staleSources, incompleteSources: [] });
  return {
    rating,
    values,
    asOf: '2026-06-01T00:00:00.000Z',
    request: { ...NO_REQUEST, ...more.request },
    facts: { ...clean, ...more.facts },
    latePayment: null,
  };
}

let rules: LiveRules;
beforeAll(async () => {
  rules = await openRules(files, standards.masterScale);
});
const decided = (given: DecisionInput) => decide(given, { standards, rules });

describe('a decision', () => {
  it('approves a safe customer within limit and terms', async () => {
    const decision = await decided(input(0, { request: { amountMinor: 5_000_000, termDays: 30 } }));
    expect(decision.outcome).toBe('approve');
    expect(decision.causes.filter(({ binding }) => binding).map(({ code }) => code)).toEqual(['PD_BELOW_CUTOFF']);
    expect(decision.limit).toMatchObject({ requestedMinor: 5_000_000, grantedMinor: 5_000_000, existingMinor: 0 });
    expect(decision.validUntil).toBe('2027-06-01T00:00:00.000Z');
    expect(decision.criteria.find(({ name }) => name === 'term')).toMatchObject({ row: 'short', points: 5 });
  });

  it('tells every cause and is the worst of them', async () => {
    const facts = { sanctionsHit: true, age: 17, documentsMissing: ['balance sheet', 'licence'] };
    const decision = await decided(input(0, { facts, request: { amountMinor: 100_000, termDays: 400 } }));
    expect(decision.outcome).toBe('decline');
    expect(decision.causes.map(({ code, outcome, binding }) => [code, outcome, binding])).toEqual([
      ['SANCTIONS_HIT', 'decline', true],
      ['MINOR', 'decline', true],
      ['DOCUMENTS_MISSING', 'refer', false],
      ['TERM_SHORTER', 'condition', false],
      ['PD_BELOW_CUTOFF', 'approve', false],
    ]);
    expect(decision.causes[2]?.missing).toEqual(['balance sheet', 'licence']);
    expect(decision.missing.documents).toEqual(['balance sheet', 'licence']);
    expect(decision.limit).toMatchObject({ totalMinor: 0, grantedMinor: 0 });
  });

  it('refers thin and late data, and names what is missing', async () => {
    const thin = await decided(input(null));
    expect(thin.outcome).toBe('refer');
    expect(thin.causes.find(({ code }) => code === 'THIN_DATA')?.missing).toEqual(['days_late']);
    const late = await decided(input(0, { stale: true }));
    expect(late.causes.find(({ binding }) => binding)).toMatchObject({ code: 'STALE_DATA', missing: ['invoices'] });
    expect(late.warnings.map(({ code }) => code)).toEqual(['DATA_STALE']);
  });

  it('refers and declines by the cutoffs, and names the log-odds that they stand for', async () => {
    const referred = await decided(input(45));
    expect(referred.pd).toBeGreaterThanOrEqual(0.08);
    expect(referred.outcome).toBe('refer');
    const cutoff = referred.causes.find(({ source }) => source === 'cutoff')?.cutoff;
    expect(cutoff?.pd).toBe(0.08);
    expect(cutoff?.logOdds).toBeCloseTo(Math.log(0.08 / 0.92), 9);
    expect((await decided(input(200))).outcome).toBe('decline');
  });

  it('lets no grade of the high class pass a customer who is overdue with us, and says by how much', async () => {
    const facts = { overdueMinor: 1, guaranteeOffered: true };
    const decision = await decided(input(0, { facts, request: { termDays: 10, amountMinor: null } }));
    const bound = decision.blend.parts.find(({ kind }) => kind === 'bound');
    expect(decision.blend.unbounded).toBeLessThan(decision.logOdds);
    expect(bound).toMatchObject({ bound: 'no-better', grade: 'B1' });
    expect(decision.grade.code).toBe('B1');
    expect(decision.logOdds).toBe(decision.gradeLogOdds.from);
  });

  it('grants what the limit leaves, exactly to the minor unit', async () => {
    const facts = { existingExposureMinor: 19_999_901 };
    const decision = await decided(input(0, { facts, request: { amountMinor: 5_000_000 } }));
    expect(decision.limit.availableMinor).toBe(decision.limit.totalMinor - 19_999_901);
    expect(decision.outcome).toBe('refer');
    expect(decision.causes[0]?.code).toBe('LIMIT_NOTHING');
    const partly = await decided(
      input(0, { facts: { existingExposureMinor: 15_000_000 }, request: { amountMinor: 9_000_000 } }),
    );
    expect(partly.outcome).toBe('condition');
    expect(partly.limit.grantedMinor).toBe(5_000_000);
    expect(partly.causes[0]?.text.en).toContain('50000.00 CNY');
  });

  it('takes a limit as the smaller of cap and share of a base, rounded down to the step', async () => {
    const shares = [0, 1, 2, 3, 4].flatMap((row) => [
      [cell(row, 'o2'), '"features.days_late"'],
      [cell(row, 'o3'), '0.29'],
    ]);
    const own = await openRules(
      editedRules({
        'limits.json': Object.fromEntries(shares),
        'fields.json': { 'features.days_late': { type: 'number', min: 0 } },
        'limits.about.json': {
          examples: [{ name: 'x', facts: { 'final.pd': 0.3 }, expect: { limits: [{ cap: 0, share: 0.29 }] } }],
        },
      }),
      standards.masterScale,
    );
    const decision = await decide(input(29.999), { standards, rules: own });
    expect(decision.limit).toMatchObject({ base: { field: 'features.days_late', value: 29.999 }, totalMinor: 0 });
    const big = await decide({ ...input(0), values: { days_late: 10_000 } }, { standards, rules: own });
    expect(big.limit.totalMinor).toBe(290_000);
  });

  it('prices the expected loss: PD × LGD × EAD, up to the next minor unit', async () => {
    const plain = await decided(input(0, { request: { amountMinor: 1_000_000 } }));
    expect(plain.priceFloor.expectedLossMinor).toBe(Math.ceil(plain.pd * 0.45 * 1_000_000));
    const backed = await decided(input(0, { facts: { guaranteeOffered: true }, request: { amountMinor: 1_000_000 } }));
    expect(backed.priceFloor.lgd).toBe(0.25);
    expect(backed.priceFloor.ratePerYear).toBeCloseTo(backed.pd * 0.25, 5);
  });

  it('takes LGD, EAD and cutoffs of the customer’s segment', async () => {
    const own = await openRules(
      editedRules({
        'loss.json': { 'segments.retail': { lgd: 0.6, lgdGuaranteed: 0.5, exposureAtDefault: 1.2 } },
        'decision.json': { 'cutoffs.segments.retail': { approveBelow: 0.001, declineFrom: 0.005 } },
      }),
      standards.masterScale,
    );
    const given = input(0, { facts: { segment: 'retail' }, request: { amountMinor: 100_000 } });
    const decision = await decide(given, { standards, rules: own });
    expect(decision.priceFloor).toMatchObject({ segment: 'retail', lgd: 0.6, eadMinor: 120_000 });
    expect(decision.outcome).toBe('decline');
  });

  it('follows the regime of its instant', async () => {
    const own = await openRules(
      editedRules({
        'regimes.json': {
          'macro.periods': [
            { from: '2026-05-01', value: 'downturn' },
            { from: '2026-07-01', value: 'normal' },
          ],
        },
      }),
      standards.masterScale,
    );
    const inJune = await decide(input(0), { standards, rules: own });
    const inJuly = await decide({ ...input(0), asOf: '2026-07-01T00:00:00.000Z' }, { standards, rules: own });
    expect(inJune.criteria.find(({ name }) => name === 'macro')?.points).toBe(-10);
    expect(inJuly.criteria.find(({ name }) => name === 'macro')?.points).toBe(0);
    expect(inJune.pd).toBeGreaterThan(inJuly.pd);
    expect(inJune.evidence.regimes.macro).toBe('downturn');
  });

  it('survives numbers that zen’s decimals cannot hold', async () => {
    const request = { amountMinor: Number.MAX_SAFE_INTEGER, termDays: 36_600 };
    const decision = await decided(input(1e300, { request, facts: { age: 5e-324 } }));
    expect(decision.outcome).toBe('decline');
  });

  test.prop(
    [
      fc.constantFrom(null, 0, 5, 45, 200),
      fc.option(fc.nat(100_000_000), { nil: null }),
      fc.option(fc.nat(400), { nil: null }),
      fc.record({
        sanctionsHit: fc.option(fc.boolean(), { nil: null }),
        age: fc.option(fc.integer({ min: 0, max: 120 }), { nil: null }),
        overdueMinor: fc.option(fc.nat(1000), { nil: null }),
        existingExposureMinor: fc.option(fc.nat(50_000_000), { nil: null }),
        guaranteeOffered: fc.option(fc.boolean(), { nil: null }),
      }),
    ],
    { numRuns: 60 },
  )(
    'is the same to the byte each time, is the worst of its causes, and grants no more than asked and available',
    async (late, amountMinor, termDays, facts) => {
      const given = input(late, { request: { amountMinor, termDays }, facts });
      const decision = await decided(given);
      const fresh = await decide(structuredClone(given), {
        standards,
        rules: await openRules(files, standards.masterScale),
      });
      expect(canonicalJson(fresh as unknown as Json)).toBe(canonicalJson(decision as unknown as Json));
      const worst = Math.max(...decision.causes.map(({ outcome }) => OUTCOMES.indexOf(outcome)));
      expect(OUTCOMES[worst]).toBe(decision.outcome);
      expect(decision.causes.filter(({ binding }) => binding).length).toBeGreaterThan(0);
      const { grantedMinor, availableMinor, totalMinor, existingMinor } = decision.limit;
      if (grantedMinor !== null) {
        expect(grantedMinor).toBeLessThanOrEqual(Math.min(amountMinor ?? 0, availableMinor));
        if (decision.outcome === 'approve') expect(grantedMinor).toBe(amountMinor);
      }
      expect(availableMinor).toBe(Math.max(0, totalMinor - existingMinor));
    },
  );
});

describe('amounts', () => {
  test.prop([fc.nat(Number.MAX_SAFE_INTEGER), fc.integer({ min: 0, max: 4 })])(
    'are read back as written',
    (minor, digits) => {
      expect(parseAmount(amountText(minor, digits), digits)).toBe(minor);
    },
  );

  it('are products of decimals, rounded once', () => {
    expect(roundedProduct([100, 0.29], 'down')).toBe(29);
    expect(roundedProduct([100, 0.29], 'up')).toBe(29);
    expect(roundedProduct([100, 0.291], 'up')).toBe(30);
    expect(roundedProduct([3, 1e-9], 'up')).toBe(1);
    expect(roundedProduct([12_345, 1], 'down', 100)).toBe(12_300);
    expect(parseAmount('1.005', 2)).toBeNull();
    expect(parseAmount('1.500', 2)).toBe(150);
    expect(amountText(-5, 2)).toBe('-0.05');
  });
});
