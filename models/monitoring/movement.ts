import type { Artefact } from '../artefact/index.ts';
import type { FeatureMatrix } from '../dataset/index.ts';
import { horizonsOf } from '../hazard/index.ts';
import { contributionNames, scoreMatrix } from '../scoring/index.ts';
import { followedMonths } from './followed-pd.ts';

/** What moved between two instants among customers who are in both, in business units. */
export interface Movement {
  readonly customers: number;
  readonly worse: number;
  readonly better: number;
  /** From the grade then (rows) to the grade now (columns). */
  readonly grades: readonly (readonly number[])[];
  /** Loss given default times exposure of now, times PD of then and of now. */
  readonly expectedLoss: { readonly before: number; readonly now: number };
  /** Limits granted to these customers, in all, and what those hold who are in a worse, or a better, grade than then; null: limits are not known. */
  readonly limits: {
    readonly before: number;
    readonly now: number;
    readonly ofWorse: number;
    readonly ofBetter: number;
  } | null;
  /** What each contribution moved; the sums are the whole change. Largest first. */
  readonly causes: readonly {
    readonly feature: string;
    readonly expectedLoss: number;
    readonly meanPd: number;
    /** Customers whose contribution of this feature changed. */
    readonly customers: number;
  }[];
}

/**
 * Scores the same customers as they were and as they are with one model, and splits the change exactly: a customer's change of PD is divided over the
 * features by their changes of log-odds (the slope of the secant, at most 1/4, times each change), so that the parts add up to
 * the whole. `lossGiven` is what each customer costs in default; NaN where it is not known, which counts as nothing.
 */
export function movementOf(
  artefact: Artefact,
  before: FeatureMatrix,
  now: FeatureMatrix,
  lossGiven: Float64Array,
  grading: { readonly names: readonly string[]; readonly indexOf: (pd: number) => number },
  limits: { readonly before: Float64Array; readonly now: Float64Array } | null = null,
): Movement {
  const { earlier: then, today, parts } = scoredBoth(artefact, before, now);
  const rows = now.rows;
  const grades = grading.names.map(() => grading.names.map(() => 0));
  const loss = lossGiven.map(known);
  let [worse, better, lossBefore, lossNow] = [0, 0, 0, 0];
  const granted = { before: 0, now: 0, ofWorse: 0, ofBetter: 0 };
  for (let i = 0; i < rows; i++) {
    const [p, q] = [then[i]!, today[i]!];
    const [from, to] = [grading.indexOf(p), grading.indexOf(q)];
    grades[from]![to]!++;
    if (to > from) worse++;
    else if (to < from) better++;
    const limit = { before: known(limits?.before[i]), now: known(limits?.now[i]) };
    granted.before += limit.before;
    granted.now += limit.now;
    if (to > from) granted.ofWorse += limit.now;
    else if (to < from) granted.ofBetter += limit.now;
    lossBefore += loss[i]! * p;
    lossNow += loss[i]! * q;
  }
  const causes = contributionNames(artefact).map((feature, c) => {
    let [customers, expectedLoss, pd] = [0, 0, 0];
    for (let i = 0; i < rows; i++) {
      let [moved, part] = [false, 0];
      for (const { slope, contributions } of parts) {
        const by = contributions.now[c]![i]! - contributions.before[c]![i]!;
        if (by === 0) continue;
        moved = true;
        part += slope[i]! * by;
      }
      if (!moved) continue;
      customers++;
      pd += part;
      expectedLoss += loss[i]! * part;
    }
    return { feature, customers, expectedLoss, meanPd: rows === 0 ? 0 : pd / rows };
  });
  causes.sort(
    (a, b) =>
      Math.abs(b.expectedLoss) - Math.abs(a.expectedLoss) ||
      Math.abs(b.meanPd) - Math.abs(a.meanPd) ||
      (a.feature < b.feature ? -1 : 1),
  );
  return {
    customers: rows,
    worse,
    better,
    grades,
    expectedLoss: { before: lossBefore, now: lossNow },
    limits: limits === null ? null : granted,
    causes,
  };
}

/** A scoring of both sides whose log-odds change, and by how much the PD changes for each unit of it. */
interface Part {
  readonly slope: Float64Array;
  readonly contributions: { readonly before: readonly Float64Array[]; readonly now: readonly Float64Array[] };
}

/**
 * PDs of both sides, and the parts that the change is made of: one, or a step of age each. A term structure's PD is one less the product of surviving each step, and the change of a product is
 * the sum of its factors' changes, each times the factors before it as they are and those behind it as they were: exact, as within each step the secant is.
 */
function scoredBoth(artefact: Artefact, before: FeatureMatrix, now: FeatureMatrix) {
  const sides = stepsOf(artefact).map((age) =>
    [before, now].map((rows) => scoreMatrix(artefact, atAge(artefact, rows, age), { contributions: true })),
  );
  const { rows } = now;
  const survival = (side: 0 | 1): Float64Array[] => {
    const left = new Float64Array(rows).fill(1);
    return sides.map((step) => left.map((alive, i) => (left[i] = alive * (1 - step[side]!.pd[i]!))));
  };
  const [alive, was] = [survival(1), survival(0)];
  const last = sides.length - 1;
  const parts = sides.map(([then, today], k): Part => {
    const slope = Float64Array.from({ length: rows }, (_, i) => {
      const [p, q] = [then!.pd[i]!, today!.pd[i]!];
      const moved = today!.logOdds[i]! - then!.logOdds[i]!;
      // Where the log-odds stand still the secant is the tangent.
      const secant = Math.abs(moved) < 1e-9 ? q * (1 - q) : (q - p) / moved;
      const upToHere = was[k]![i]!;
      const behind = upToHere === 0 ? 0 : was[last]![i]! / upToHere;
      return secant * (k === 0 ? 1 : alive[k - 1]![i]!) * behind;
    });
    return { slope, contributions: { before: then!.contributions, now: today!.contributions } };
  });
  if (last === 0) return { earlier: sides[0]![0]!.pd, today: sides[0]![1]!.pd, parts };
  return { earlier: was[last]!.map((left) => 1 - left), today: alive[last]!.map((left) => 1 - left), parts };
}

/** The ages of a term structure up to the months that are followed; null: a model without ages, scored as it is. */
function stepsOf(artefact: Artefact): readonly (number | null)[] {
  const { ages } = artefact.target;
  if (ages === undefined) return [null];
  const months = followedMonths(artefact, ages.longestMonths);
  return horizonsOf(artefact).filter((each) => each <= months);
}

function atAge({ target }: Artefact, { rows, columns }: FeatureMatrix, age: number | null): FeatureMatrix {
  if (age === null || target.ages === undefined) return { rows, columns };
  const { term } = target.ages;
  const values = new Float64Array(rows).fill(age);
  return { rows, columns: [...columns.filter(({ name }) => name !== term), { kind: 'number', name: term, values }] };
}

/** An amount that is not known counts as nothing. */
const known = (amount: number | undefined): number => (amount === undefined || Number.isNaN(amount) ? 0 : amount);
