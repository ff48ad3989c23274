import { seededRandom } from '../../base/index.ts';
import { benchArtefact } from '../artefact.ts';
import { artefactHash, type Artefact, type FeatureTerm } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import {
  advise,
  decide,
  defaultStandards,
  loadActs,
  loadRuleFiles,
  NO_FACTS,
  NO_REQUEST,
  openRules,
  prepareAdvisor,
  rate,
  rateableModel,
  type DecisionInput,
} from '../../rating/index.ts';

/** CPU milliseconds of searches for advice, and how many ended with acts. */
export interface AdviceFigures {
  readonly searches: number;
  readonly found: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** The same of rating and deciding alone, mean: what a search is a multiple of, whatever the machine. */
  readonly rating: number;
}

/** Features that the package's acts change, with the largest value of each; fifteen that no act changes stand beside them. */
const ACTED_ON = {
  overdue_amount: 30_000,
  overdue_share: 1,
  dpd_current: 120,
  receivables_open: 60_000,
  credit_drawn: 40_000,
  utilisation: 1.2,
  debt_own: 40_000,
  debt_outside: 60_000,
  debt_to_income: 30,
  creditors_outside: 8,
} as const;
const OTHERS = 15;
const EDGES = 20;

/** A made-up model of 25 rising features and five pairs, twenty cuts each: steps in all that acts can change, which is where a search costs most. */
function modelOf(random: () => number): Artefact {
  const largest = { ...ACTED_ON, ...Object.fromEntries(Array.from({ length: OTHERS }, (_, i) => [`other_${i}`, 100])) };
  const terms = Object.entries(largest).map(([name, most]): FeatureTerm => {
    const edges = Array.from({ length: EDGES }, (_, i) => ((i + 1) / (EDGES + 2)) * most);
    let at = -0.6;
    const shape = [0, ...Array.from({ length: EDGES + 1 }, () => (at += Math.floor(random() * 80) / 1024))];
    return {
      name,
      type: 'number',
      encoding: { kind: 'number', codes: [], edges },
      shape,
      support: shape.map(() => 1),
      band: null,
      monotone: 'increasing',
      range: [0, most],
      label: null,
    };
  });
  const half = Array.from({ length: EDGES + 2 }, (_, bin) => (bin > EDGES / 2 + 1 ? 1 : 0));
  const joined = [
    [0, 5],
    [4, 8],
    [1, 7],
    [2, 12],
    [13, 14],
  ] as const;
  const pairs = joined.map(([a, b]) => ({
    a,
    b,
    rowOf: half,
    columnOf: half,
    values: [
      [0, 0.125],
      [0.125, 0.25],
    ],
  }));
  return benchArtefact({ intercept: -4, terms, pairs });
}

/** Searches for advice on made-up customers by the package's rules and acts, in this process; the first hundred warm up and are not counted. */
export async function adviceFigures(searches: number, seed: number): Promise<AdviceFigures> {
  const stream = seededRandom(seed);
  const random = (): number => stream.uniform();
  const standards = defaultStandards();
  const rules = await openRules(loadRuleFiles(null), standards.masterScale);
  const artefact = modelOf(random);
  const model = rateableModel(compile(artefact), artefactHash(artefact));
  const advisor = prepareAdvisor({ model, standards, rules, acts: loadActs(null) });
  const own: number[] = [];
  let rated = 0;
  let found = 0;
  for (let n = -100; n < searches; n++) {
    const before = process.cpuUsage();
    const input = inputOf(random, model, standards);
    const decision = await decide(input, { standards, rules });
    const between = process.cpuUsage();
    const advice = await advise(advisor, input, decision);
    const used = process.cpuUsage(between);
    if (n < 0) continue;
    own.push((used.user + used.system) / 1000);
    rated += (between.user + between.system - before.user - before.system) / 1000;
    if (advice.found !== null) found += 1;
  }
  const sorted = own.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { searches, found, p50: at(0.5), p95: at(0.95), max: at(1), rating: rated / searches };
}

function inputOf(
  random: () => number,
  model: ReturnType<typeof rateableModel>,
  standards: ReturnType<typeof defaultStandards>,
): DecisionInput {
  const drawn = Object.entries(ACTED_ON).map(([name, most]) => [name, random() < 0.15 ? 0 : random() * most] as const);
  const values: Record<string, number> = Object.fromEntries(drawn);
  for (let i = 0; i < OTHERS; i++) values[`other_${i}`] = random() * 100;
  const { overdue_amount: overdue = 0, credit_drawn: exposure = 0 } = values;
  const receivables = overdue + random() * 30_000;
  values['receivables_open'] = receivables;
  values['overdue_share'] = overdue / (receivables + 1e-9);
  const rating = rate(model, standards, { values, horizonMonths: 12, staleSources: [], incompleteSources: [] });
  return {
    rating,
    values,
    asOf: '2026-06-01T00:00:00.000Z',
    request: { ...NO_REQUEST, amountMinor: Math.round(random() * 20_000_000), termDays: Math.round(random() * 200) },
    facts: {
      ...NO_FACTS,
      sanctionsHit: false,
      age: 40,
      documentsMissing: random() < 0.2 ? ['annual accounts'] : [],
      overdueMinor: Math.round(overdue * 100),
      existingExposureMinor: Math.round(exposure * 100),
      guaranteeOffered: false,
    },
    latePayment: null,
  };
}
