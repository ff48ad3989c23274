import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, contentHash, seededRandom, type Json } from '../../base/index.ts';
import { artefactHash, type Artefact } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { smallArtefact } from '../../test/serving/world.ts';
import { cell, editedRules } from '../../test/support/rules.ts';
import { NO_FACTS, type Decision } from '../decision/index.ts';
import {
  decideInputs1,
  decisionAnswer1,
  evidencedValues,
  evidenceText,
  featuresAskedFor,
  parseEvidence,
  decisionEngine1,
  type DecisionInputs1,
  type Evidence,
} from '../engine/index.ts';
import { rateableModel } from '../model.ts';
import { loadRuleFiles, openRules, type LiveRules } from '../rules/index.ts';
import { defaultStandards } from '../standards.ts';
import {
  parseCutoffs,
  retaker,
  simulationReport,
  standingOf,
  wasGranted,
  type Alternative,
  type PairedDecision,
} from './index.ts';

const standards = defaultStandards();
const standardsHash = contentHash(standards as unknown as Json);
const files = loadRuleFiles(null);
const artefact = smallArtefact();
const modelOf = (of: Artefact) => rateableModel(compile(of), artefactHash(of));
const model = modelOf(artefact);
const PARTS = new Map<string, unknown>([
  [model.hash, artefact],
  [standardsHash, standards],
]);
const load = async (_: string, hash: string): Promise<unknown> => PARTS.get(hash);
const nothing: Alternative = { rules: null, model: null, cutoffs: null };

let rules: LiveRules;
const past: { readonly evidence: Evidence; readonly customer: string }[] = [];

/** Evidence as serving records it, read from its text as it is read from the records. */
async function decided(i: number): Promise<Evidence> {
  const random = seededRandom(`past ${i}`);
  const given = {
    days_late: random.uniform() < 0.1 ? null : random.integer(60),
    sector: random.uniform() < 0.5 ? 'retail' : 'mining',
    customer_since: random.uniform() < 0.5 ? '1990-01-01' : '2025-01-01',
  };
  const inputs: DecisionInputs1 = {
    request: { customerId: `c-${i % 40}` },
    asOf: '2026-01-15T00:00:00.000Z',
    values: evidencedValues(model, given, featuresAskedFor(rules)),
    horizonMonths: 12,
    staleSources: [],
    incompleteSources: [],
    champion: { slot: 'main/*/12m', since: '2026-01-01T00:00:00.000Z', of: 'today', why: 'the only one' },
    snapshot: null,
    decision: {
      request: { amountMinor: 100_000 * (1 + random.integer(50)), termDays: 30, purpose: null },
      facts: { ...NO_FACTS, sanctionsHit: false, age: 40, documentsMissing: [], guaranteeOffered: true },
      latePayment: null,
      tables: rules.engine,
    },
  };
  const basis = {
    engine: decisionEngine1.name,
    inputs: inputs as unknown as Json,
    parts: { model: model.hash, standards: standardsHash, rules: rules.set.hash },
  };
  const { rating, decision } = await decideInputs1(model, standards, rules, inputs);
  return parseEvidence(evidenceText({ ...basis, answer: decisionAnswer1(basis, rating, decision) }));
}

beforeAll(async () => {
  rules = await openRules(files, standards.masterScale);
  PARTS.set(rules.set.hash, files);
  for (let i = 0; i < 80; i++) past.push({ evidence: await decided(i), customer: `c-${i % 40}` });
});

/** The past under an alternative; outcomes are known of what was granted. */
async function pairsUnder(alternative: Alternative): Promise<PairedDecision[]> {
  const { take } = retaker(alternative, load);
  const pairs: PairedDecision[] = [];
  for (const [i, { evidence, customer }] of past.entries()) {
    const taken = await take(evidence);
    if (taken.kind !== 'retaken') throw new Error(taken.kind);
    const { was, is } = taken;
    const granted = wasGranted(was, null, null);
    pairs.push({ customer, was, is, granted, bad: granted && i % 3 > 0 ? i % 9 === 1 : null });
  }
  return pairs;
}
const report = async (alternative: Alternative) => simulationReport(await pairsUnder(alternative), { draws: 100 });

describe('past decisions taken again', () => {
  it.each([
    ['by nothing else', nothing],
    ['under the same rules', { ...nothing, rules: files }],
    ['by the same model', { ...nothing, model }],
    ['with the cutoffs that the rules have', { ...nothing, cutoffs: { approveBelow: 0.08, declineFrom: 0.3 } }],
  ])('%s swap nobody, and every difference is 0', async (_, alternative) => {
    const found = await report(alternative);
    expect(found.decisions).toBe(80);
    expect(found.customers).toBe(40);
    expect(found.swaps.every(({ from, to }) => from === to)).toBe(true);
    expect(found.swaps.length).toBeGreaterThan(1);
    expect(found.effect.shifts).toEqual([]);
    expect(found.effect.after).toEqual(found.effect.before);
    const none = { value: 0, low: 0, high: 0 };
    for (const { before, after, difference } of [
      found.approvalRate,
      found.expectedLossMinor,
      found.profitMinor.byPdBefore,
      found.profitMinor.byPdAfter,
    ]) {
      expect(difference).toEqual(none);
      expect(after).toEqual(before);
    }
    expect(found.realisedProfitMinor).toEqual({ lowest: none, highest: none, known: 0, unknown: 0 });
    expect(found.unknown).toMatchObject({ neverLent: 0, newlyReferred: 0 });
  });

  it('under lower cutoffs approve a part of those whom higher ones approve, and lend and risk no more', async () => {
    const cutoffs = [0.02, 0.05, 0.08, 0.2, 1];
    let before = new Set<number>();
    let [lent, loss] = [0, 0];
    const counts: number[] = [];
    for (const approveBelow of cutoffs) {
      const pairs = await pairsUnder({ ...nothing, cutoffs: { approveBelow, declineFrom: null } });
      const approved = new Set(pairs.flatMap(({ is }, i) => (standingOf(is) === 'approved' ? [i] : [])));
      expect([...before].every((i) => approved.has(i))).toBe(true);
      const found = await simulationReport(pairs, { draws: 100 });
      expect(found.effect.after.expectedLossMinor).toBeGreaterThanOrEqual(loss);
      expect(found.effect.after.grantedMinor).toBeGreaterThanOrEqual(lent);
      expect(found.expectedLossMinor.after.value).toBe(found.effect.after.expectedLossMinor);
      ({ grantedMinor: lent, expectedLossMinor: loss } = found.effect.after);
      before = approved;
      counts.push(approved.size);
    }
    expect(new Set(counts).size).toBeGreaterThan(3);
  });

  it('tell every swap once, with those whose outcome nobody can know', async () => {
    const pairs = await pairsUnder({ ...nothing, cutoffs: { approveBelow: 0.2, declineFrom: 0.3 } });
    const found = await simulationReport(pairs, { draws: 100 });
    const swapIns = pairs.filter(({ was, is }) => standingOf(was) !== 'approved' && standingOf(is) === 'approved');
    expect(swapIns.length).toBeGreaterThan(0);
    expect(found.swaps.reduce((sum, { count }) => sum + count, 0)).toBe(80);
    expect(found.swaps.find(({ from, to }) => from === 'referred' && to === 'approved')).toMatchObject({
      count: swapIns.length,
      lentBeforeMinor: 0,
      realised: null,
    });
    expect(found.unknown.neverLent).toBe(swapIns.length);
    const { lowest, highest, unknown, known } = found.realisedProfitMinor ?? { lowest: null, highest: null };
    expect([known, unknown]).toEqual([0, swapIns.length]);
    // What they could cost and bring at most is what is lent to them at LGD, and its margin.
    const lentTo = swapIns.reduce((sum, { is }) => sum + (is.limit.grantedMinor ?? 0), 0);
    expect(highest?.value).toBeCloseTo(0.1 * lentTo, 4);
    expect(lowest?.value).toBeCloseTo(-(swapIns[0]?.is.priceFloor.lgd ?? 0) * lentTo, 4);
  });

  it('by a model of other features are left out by name, and never taken with a value missing', async () => {
    const other: Artefact = {
      ...artefact,
      model: {
        ...artefact.model,
        terms: artefact.model.terms.map((term, i) => (i === 1 ? { ...term, name: 'region' } : term)),
      },
    };
    const { take } = retaker({ ...nothing, model: modelOf(other) }, load);
    expect(await take(past[0]?.evidence as Evidence)).toEqual({ kind: 'features-lacking', features: ['region'] });
  });

  it('by a riskier model expect more loss of the same loans, and value both sides by either PD', async () => {
    const found = await report({ ...nothing, model: modelOf(smallArtefact(0.2)) });
    const { effect, profitMinor } = found;
    expect(effect.after.meanPd).toBeGreaterThan(effect.before.meanPd);
    expect(profitMinor.byPdAfter.before.value).toBeLessThan(profitMinor.byPdBefore.before.value);
    expect(effect.grades.better).toBe(0);
  });

  it('from altered evidence are refused', async () => {
    const evidence = past[0]?.evidence as Evidence;
    const text = canonicalJson(evidence.answer).replace('"outcome":"', '"outcome":"x');
    const altered = { ...evidence, answer: JSON.parse(text) as Json };
    await expect(retaker(nothing, load).take(altered)).rejects.toMatchObject({ code: 'EVIDENCE_ALTERED' });
  });

  it('under unsound rules are refused', async () => {
    const gap = editedRules({ 'limits.json': { [cell(0, 'i1')]: '< 0.004' } });
    const { take } = retaker({ ...nothing, rules: gap }, load);
    await expect(take(past[0]?.evidence as Evidence)).rejects.toMatchObject({ code: 'INVALID_RULES' });
  });
});

/** As much of a decision as a report reads. */
function decisionOf(outcome: Decision['outcome'], pd: number, amountMinor: number): Decision {
  const grantedMinor = outcome === 'approve' ? amountMinor : outcome === 'decline' ? 0 : null;
  return {
    outcome,
    pd,
    grade: { pdFrom: 0 },
    causes: [],
    currency: { code: 'CNY', minorDigits: 2 },
    request: { amountMinor, termDays: null, purpose: null },
    limit: { totalMinor: 0, requestedMinor: amountMinor, grantedMinor },
    priceFloor: { lgd: 0.5, eadMinor: amountMinor, expectedLossMinor: Math.ceil(pd * 0.5 * amountMinor) },
  } as unknown as Decision;
}

describe('what a change is worth', () => {
  it('is computed by hand on four loans', async () => {
    const [yes, no] = ['approve', 'decline'] as const;
    const loan = (
      was: typeof yes | typeof no,
      is: typeof yes | typeof no,
      pd: number,
      more: Partial<PairedDecision>,
    ) => ({
      customer: null,
      was: decisionOf(was, pd, 1000),
      is: decisionOf(is, pd, 1000),
      granted: was === yes,
      bad: null,
      ...more,
    });
    const found = await simulationReport(
      [
        loan(yes, yes, 0.1, { bad: false }),
        loan(yes, no, 0.2, { bad: true }),
        loan(yes, no, 0.2, { bad: null }),
        loan(no, yes, 0.05, {}),
      ],
      { margin: 0.1, draws: 100 },
    );
    // By PD: 0.9 × 100 − 0.1 × 500 = 40; 0.8 × 100 − 0.2 × 500 = −20 (twice); 0.95 × 100 − 0.05 × 500 = 70.
    const { byPdBefore } = found.profitMinor;
    expect(byPdBefore.before.value).toBeCloseTo(0, 9);
    expect(byPdBefore.after.value).toBeCloseTo(110, 9);
    expect(byPdBefore.difference.value).toBeCloseTo(110, 9);
    expect(found.expectedLossMinor).toMatchObject({ before: { value: 250 }, after: { value: 75 } });
    expect(found.approvalRate).toMatchObject({ before: { value: 0.75 }, after: { value: 0.5 } });
    // Known: +500 for the default that is declined. Unknown: −100 or +500 where a loan is not given, −500 or +100 where one is.
    expect(found.realisedProfitMinor).toMatchObject({
      lowest: { value: 500 - 100 - 500 },
      highest: { value: 500 + 500 + 100 },
      known: 1,
      unknown: 2,
    });
    expect(found.unknown).toEqual({ neverLent: 1, notYetKnown: 1, newlyReferred: 0 });
    expect(found.swaps.find(({ from, to }) => from === 'approved' && to === 'declined')?.realised).toMatchObject({
      value: 1,
      rows: 1,
      enough: false,
    });
  });

  it('lies in its interval about as often as that says, on simulated truth, customers deciding together', async () => {
    const truth = { runs: 60, customers: 80, rows: 3, pd: 0.15 };
    // Half of the customers are declined by the change; each of their loans brings −0.5 or 0.1 of 1,000 as its customer fares.
    const expected = -truth.customers * 0.5 * truth.rows * ((1 - truth.pd) * 100 - truth.pd * 500);
    let held = 0;
    for (let run = 0; run < truth.runs; run++) {
      const random = seededRandom(`truth ${run}`);
      const pairs: PairedDecision[] = [];
      for (let customer = 0; customer < truth.customers; customer++) {
        const [bad, declined] = [random.uniform() < truth.pd, random.uniform() < 0.5];
        for (let row = 0; row < truth.rows; row++)
          pairs.push({
            customer: `c-${customer}`,
            was: decisionOf('approve', truth.pd, 1000),
            is: decisionOf(declined ? 'decline' : 'approve', truth.pd, 1000),
            granted: true,
            bad,
          });
      }
      const { realisedProfitMinor } = await simulationReport(pairs, { draws: 200, seed: run });
      const { low = 0, high = 0 } = realisedProfitMinor?.lowest ?? {};
      expect(realisedProfitMinor?.highest).toEqual(realisedProfitMinor?.lowest);
      if (low <= expected && expected <= high) held++;
    }
    expect(held / truth.runs).toBeGreaterThan(0.85);
  });

  it('without decisions is no number, and fails nothing', async () => {
    const found = await simulationReport([]);
    expect(found).toMatchObject({ decisions: 0, customers: 0, swaps: [], realisedProfitMinor: null });
    expect(found.approvalRate.before.value).toBeNaN();
  });
});

describe('credit in the end', () => {
  it('is what an override said, else the case, else the decision', () => {
    const [refer, decline] = [{ outcome: 'refer' }, { outcome: 'decline' }] as const;
    expect(wasGranted(refer, null, null)).toBe(false);
    expect(wasGranted(refer, 'condition', null)).toBe(true);
    expect(wasGranted(decline, null, { to: 'approve', stoodFrom: null })).toBe(false);
    expect(wasGranted(decline, null, { to: 'approve', stoodFrom: '2026-01-01T00:00:00.000Z' })).toBe(true);
    expect(wasGranted(refer, 'approve', { to: 'decline', stoodFrom: '2026-01-01T00:00:00.000Z' })).toBe(false);
  });
});

describe('cutoffs in words', () => {
  it('are one PD or two in order', () => {
    expect(parseCutoffs('0.05')).toEqual({ approveBelow: 0.05, declineFrom: null });
    expect(parseCutoffs('0.05:0.2')).toEqual({ approveBelow: 0.05, declineFrom: 0.2 });
    for (const text of ['', '0', '1.1', '-1', '0.2:0.1', '0.1:0.2:0.3', 'x', '0.1:'])
      expect(() => parseCutoffs(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});
