import type { Artefact } from '../artefact/index.ts';
import type { FeatureMatrix } from '../dataset/index.ts';
import { contributionNames, scoreMatrix } from '../scoring/index.ts';

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
  const [then, today] = [before, now].map((rows) => scoreMatrix(artefact, rows, { contributions: true })) as [
    ReturnType<typeof scoreMatrix>,
    ReturnType<typeof scoreMatrix>,
  ];
  const rows = now.rows;
  const grades = grading.names.map(() => grading.names.map(() => 0));
  const loss = lossGiven.map(known);
  const slope = new Float64Array(rows);
  let [worse, better, lossBefore, lossNow] = [0, 0, 0, 0];
  const granted = { before: 0, now: 0, ofWorse: 0, ofBetter: 0 };
  for (let i = 0; i < rows; i++) {
    const [p, q] = [then.pd[i]!, today.pd[i]!];
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
    const moved = today.logOdds[i]! - then.logOdds[i]!;
    // Where the log-odds stand still the secant is the tangent.
    slope[i] = Math.abs(moved) < 1e-9 ? q * (1 - q) : (q - p) / moved;
  }
  const causes = contributionNames(artefact).map((feature, c) => {
    let [customers, expectedLoss, pd] = [0, 0, 0];
    for (let i = 0; i < rows; i++) {
      const moved = today.contributions[c]![i]! - then.contributions[c]![i]!;
      if (moved === 0) continue;
      customers++;
      pd += slope[i]! * moved;
      expectedLoss += loss[i]! * slope[i]! * moved;
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

/** An amount that is not known counts as nothing. */
const known = (amount: number | undefined): number => (amount === undefined || Number.isNaN(amount) ? 0 : amount);
