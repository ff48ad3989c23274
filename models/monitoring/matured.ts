import { auc, gradeTest, ks, wilsonInterval, type GradeTest } from '../metrics/index.ts';

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
  /** Observations with an outcome; the figures rest on these alone. */
  readonly matured: number;
  /** Observations whose windows are still open, and when the last of them closes. */
  readonly open: number;
  readonly completeOn: string | null;
  readonly badRate: Knowable<{
    readonly rate: number;
    readonly low: number;
    readonly high: number;
    readonly meanPd: number;
  }>;
  readonly auc: Knowable<number>;
  readonly ks: Knowable<number>;
  /** By grade, in the order given: observed against predicted, with Jeffreys' test. */
  readonly grades: readonly { readonly grade: string; readonly test: Knowable<GradeTest> }[];
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
): { readonly all: MaturedFigures; readonly vintages: readonly MaturedFigures[] } {
  const names = [...new Set(rows.map(({ vintage }) => vintage))].sort();
  const of = (vintage: string | null): MaturedFigures =>
    figuresOf(
      vintage,
      rows.filter((row) => vintage === null || row.vintage === vintage),
      grades,
      cutoff,
    );
  return { all: of(null), vintages: names.map(of) };
}

function figuresOf(
  vintage: string | null,
  rows: readonly Followed[],
  grades: readonly string[],
  cutoff: string,
): MaturedFigures {
  const open = rows.filter(({ windowEnd }) => windowEnd > cutoff);
  const matured = rows.filter(({ bad, windowEnd }) => bad !== null && windowEnd <= cutoff);
  const pd = Float64Array.from(matured, (row) => row.pd);
  const bad = Uint8Array.from(matured, (row) => (row.bad === true ? 1 : 0));
  const bads = bad.reduce((sum, each) => sum + each, 0);
  const ranked = bads > 0 && bads < matured.length;
  const knowable = <T>(is: boolean, value: () => T, among: readonly Followed[]): Knowable<T> =>
    is ? { known: true, value: value() } : { known: false, on: edgeOf(among, 'first') };
  return {
    vintage,
    rated: rows.length,
    matured: matured.length,
    open: open.length,
    completeOn: edgeOf(open, 'last'),
    badRate: knowable(
      matured.length > 0,
      () => {
        const { low, high } = wilsonInterval(bads, matured.length);
        return { rate: bads / matured.length, low, high, meanPd: pd.reduce((sum, p) => sum + p, 0) / pd.length };
      },
      open,
    ),
    auc: knowable(ranked, () => auc(pd, bad), open),
    ks: knowable(ranked, () => ks(pd, bad), open),
    grades: grades.map((grade) => {
      const own = matured.filter((row) => row.grade === grade);
      const ownOpen = open.filter((row) => row.grade === grade);
      const count = () => ({
        rows: own.length,
        bads: own.filter((row) => row.bad === true).length,
        meanPd: own.reduce((sum, row) => sum + row.pd, 0) / own.length,
      });
      return { grade, test: knowable(own.length > 0, () => gradeTest(count()), ownOpen) };
    }),
  };
}

/** The first or last day on which a window closes; null where none is open. */
function edgeOf(rows: readonly Followed[], edge: 'first' | 'last'): string | null {
  const ends = rows.map(({ windowEnd }) => windowEnd).sort();
  return (edge === 'first' ? ends[0] : ends.at(-1)) ?? null;
}
