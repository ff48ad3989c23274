import type { Dataset } from '../dataset/dataset.ts';
import {
  concentration,
  concentrationGrowth,
  gradeTest,
  migrationBandwidth,
  migrationCounts,
  migrationSteps,
  type Concentration,
  type GradeTest,
  type MigrationBandwidth,
} from '../metrics/index.ts';
import type { GateResult } from './gates.ts';

/** A grade as data: PDs below `pdBelow` and not in a grade before; the last one holds the rest. */
export interface GradeBand {
  readonly code: string;
  readonly pdBelow: number;
}

/** One grade's PDs against its defaults; `test` and `result` are null where it holds no rows. */
export interface GradeCalibration {
  readonly code: string;
  readonly rows: number;
  readonly bads: number;
  readonly meanPd: number | null;
  readonly test: GradeTest | null;
  /** Fail: the PD is too low (Jeffreys, 5 %). Pass: it is not, and the rows would have shown one and a half times the PD with probability 0.8. */
  readonly result: GateResult | null;
}

/** Moves between grades: from the rows of the first way of grading to those of the second. */
export interface Migration extends MigrationBandwidth {
  /** Between first and last observation of a customer, or from the champion's grade to this model's. */
  readonly between: 'first and last observation' | 'champion and model';
  readonly counts: readonly (readonly number[])[];
  readonly unmoved: number;
  /** Neighbouring cells where the farther one holds more than chance explains, at the 5 % level. */
  readonly jumps: number;
}

export interface GradeReport {
  readonly grades: readonly GradeCalibration[];
  readonly concentration: Concentration & {
    /** That of the training rows, and the p-value of no growth since; null without training rows. */
    readonly initial: Concentration | null;
    readonly growthP: number | null;
  };
  readonly migrations: readonly Migration[];
}

/** Index of the grade of each PD. */
export function gradeIndexes(pd: ArrayLike<number>, bands: readonly GradeBand[]): Int32Array {
  return Int32Array.from(pd, (p) => {
    const index = bands.findIndex((band) => p < band.pdBelow);
    return index < 0 ? bands.length - 1 : index;
  });
}

/** Calibration, concentration and migration by grade. Tests take rows as independent. */
export function reportGrades(
  bands: readonly GradeBand[],
  test: Dataset,
  pd: Float64Array,
  others: { readonly train: Float64Array | null; readonly champion: Float64Array | null },
): GradeReport {
  const grade = gradeIndexes(pd, bands);
  const counted = bands.map(() => ({ rows: 0, bads: 0, sum: 0 }));
  grade.forEach((g, row) => {
    const of = counted[g]!;
    of.rows++;
    of.bads += test.bad[row]!;
    of.sum += pd[row]!;
  });
  const now = concentration(counted.map(({ rows }) => rows));
  const initial = others.train && concentration(countsOf(gradeIndexes(others.train, bands), bands.length));
  const growth = initial && concentrationGrowth(initial, now, bands.length);
  const moved = firstAndLast(test, grade);
  return {
    grades: bands.map(({ code }, g) => {
      const { rows, bads, sum } = counted[g]!;
      const meanPd = rows > 0 ? sum / rows : null;
      const tested = meanPd === null ? null : gradeTest({ rows, bads, meanPd });
      return { code, rows, bads, meanPd, test: tested, result: tested && resultOf(tested) };
    }),
    concentration: { ...now, initial, growthP: growth?.pValue ?? null },
    migrations: [
      ...(moved ? [migration('first and last observation', moved.first, moved.last, bands.length)] : []),
      ...(others.champion
        ? [migration('champion and model', gradeIndexes(others.champion, bands), grade, bands.length)]
        : []),
    ],
  };
}

function resultOf({ jeffreysP, power }: GradeTest): GateResult {
  if (jeffreysP < 0.05) return 'fail';
  return power >= 0.8 ? 'pass' : 'insufficient evidence';
}

function countsOf(grade: Int32Array, grades: number): number[] {
  const counts = Array<number>(grades).fill(0);
  for (const g of grade) counts[g]!++;
  return counts;
}

function migration(
  between: Migration['between'],
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  grades: number,
): Migration {
  const counts = migrationCounts(from, to, grades);
  const unmoved = counts.reduce((sum, row, g) => sum + row[g]!, 0) / from.length;
  const jumps = migrationSteps(counts).filter(({ pValue }) => pValue < 0.05).length;
  return { between, counts, unmoved, jumps, ...migrationBandwidth(counts) };
}

/** Grades of each customer's first and last observation; null where none has two dates. */
function firstAndLast({ group, time, rows }: Dataset, grade: Int32Array): { first: number[]; last: number[] } | null {
  if (group === null || time === null) return null;
  const ends = new Map<number, { first: number; last: number }>();
  for (let row = 0; row < rows; row++) {
    const end = ends.get(group[row]!);
    if (!end) ends.set(group[row]!, { first: row, last: row });
    else if (time[row]! < time[end.first]!) end.first = row;
    else if (time[row]! > time[end.last]!) end.last = row;
  }
  const twice = [...ends.values()].filter(({ first, last }) => time[last]! > time[first]!);
  if (twice.length === 0) return null;
  return { first: twice.map(({ first }) => grade[first]!), last: twice.map(({ last }) => grade[last]!) };
}
