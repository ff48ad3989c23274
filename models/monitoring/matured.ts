import { auc, gradeTest, ks, logLoss, wilsonInterval, type GradeCount, type GradeTest } from '../metrics/index.ts';

/** A rated customer, and what became of them. */
export interface Followed {
  /** PD when it was rated, and the grade that it gave. */
  readonly pd: number;
  readonly grade: string;
  /** Month of the observation (`2025-01`). */
  readonly vintage: string;
  /** The end of the window within which a default counts, ISO. */
  readonly windowEnd: string;
  /** Null: the window has not closed, or its outcome cannot be told. */
  readonly bad: boolean | null;
}

/** A figure, or when it can be known: never a guess in between. */
export type Knowable<T> =
  | { readonly known: true; readonly value: T }
  /** `on`: the first day on which it may be known; null: the windows have closed, and it cannot be known from these rows. */
  | { readonly known: false; readonly on: string | null };

/** How a model does on the observations of one month, or of all months. */
export interface MaturedFigures {
  readonly vintage: string | null;
  readonly rated: number;
  /** Defaults among those that matured. */
  readonly bads: number;
  /** Observations with an outcome; the figures rest on these alone. */
  readonly matured: number;
  /** Observations whose windows are still open, when the next of them closes, and when the last. */
  readonly open: number;
  /** Absent from reports of before 2026-11-27. */
  readonly nextOn?: string | null;
  readonly completeOn: string | null;
  readonly badRate: Knowable<{
    readonly rate: number;
    readonly low: number;
    readonly high: number;
    readonly meanPd: number;
  }>;
  readonly auc: Knowable<number>;
  readonly ks: Knowable<number>;
  /** Absent from reports of before 2026-11-27. */
  readonly logLoss?: Knowable<number>;
  /** By grade, in the order given: observed against predicted, with Jeffreys' test. */
  readonly grades: readonly { readonly grade: string; readonly test: Knowable<GradeCount & GradeTest> }[];
}

/** Customers rated at one instant whose windows are open: nothing is known of them but how many there are. */
export interface OpenVintage {
  readonly vintage: string;
  readonly windowEnd: string;
  /** By grade, in the order of the scale. */
  readonly customers: readonly number[];
}

/**
 * Figures of matured observations by vintage, oldest first, and of all together. A vintage whose windows are still open as of `cutoff` (the data's
 * end) is shown with the day on which it can be known. An open window's outcome so far does not count, bad or not: bads show early, and
 * goods only at the end.
 */
export function maturedFigures(
  rows: readonly Followed[],
  grades: readonly string[],
  cutoff: string,
  open: readonly OpenVintage[] = [],
): { readonly all: MaturedFigures; readonly vintages: readonly MaturedFigures[] } {
  const names = [...new Set([...rows, ...open].map(({ vintage }) => vintage))].sort();
  const of = (vintage: string | null): MaturedFigures =>
    figuresOf(
      vintage,
      rows.filter((row) => vintage === null || row.vintage === vintage),
      open.filter((each) => vintage === null || each.vintage === vintage),
      grades,
      cutoff,
    );
  return { all: of(null), vintages: names.map(of) };
}

function figuresOf(
  vintage: string | null,
  rows: readonly Followed[],
  openVintages: readonly OpenVintage[],
  grades: readonly string[],
  cutoff: string,
): MaturedFigures {
  const open = rows.filter(({ windowEnd }) => windowEnd > cutoff);
  const matured = rows.filter(({ bad, windowEnd }) => bad !== null && windowEnd <= cutoff);
  const pd = Float64Array.from(matured, (row) => row.pd);
  const bad = Uint8Array.from(matured, (row) => (row.bad === true ? 1 : 0));
  const bads = bad.reduce((sum, each) => sum + each, 0);
  const ranked = bads > 0 && bads < matured.length;
  const ends = [...open, ...openVintages].map(({ windowEnd }) => windowEnd).sort();
  const next = ends[0] ?? null;
  const knowable = <T>(is: boolean, value: () => T, on = next): Knowable<T> =>
    is ? { known: true, value: value() } : { known: false, on };
  const waiting = openVintages.reduce((sum, { customers }) => sum + customers.reduce((a, b) => a + b, 0), 0);
  return {
    vintage,
    rated: rows.length + waiting,
    bads,
    matured: matured.length,
    open: open.length + waiting,
    nextOn: next,
    completeOn: ends.at(-1) ?? null,
    badRate: knowable(matured.length > 0, () => {
      const { low, high } = wilsonInterval(bads, matured.length);
      return { rate: bads / matured.length, low, high, meanPd: pd.reduce((sum, p) => sum + p, 0) / pd.length };
    }),
    auc: knowable(ranked, () => auc(pd, bad)),
    ks: knowable(ranked, () => ks(pd, bad)),
    logLoss: knowable(matured.length > 0, () => logLoss(pd, bad)),
    grades: grades.map((grade, g) => {
      const own = matured.filter((row) => row.grade === grade);
      const ownEnds = [
        ...open.filter((row) => row.grade === grade),
        ...openVintages.filter(({ customers }) => (customers[g] ?? 0) > 0),
      ].map(({ windowEnd }) => windowEnd);
      const count = () => ({
        rows: own.length,
        bads: own.filter((row) => row.bad === true).length,
        meanPd: own.reduce((sum, row) => sum + row.pd, 0) / own.length,
      });
      return {
        grade,
        test: knowable(own.length > 0, () => ({ ...count(), ...gradeTest(count()) }), ownEnds.sort()[0] ?? null),
      };
    }),
  };
}
