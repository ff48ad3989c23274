import type { EstimatedPerformance } from './estimated.ts';
import type { DriftLook } from './look.ts';
import type { MaturedFigures } from './matured.ts';
import type { Movement } from './movement.ts';

/** From where on a drift matters; `rating/monitoring` reads them as data. */
export interface Thresholds {
  readonly significance: number;
  readonly gradeShift: number;
  readonly expectedLossChange: number;
  readonly calibrationError: number;
}

/** A measure in business units beside its threshold; null: it cannot be told at this look. */
export interface MaterialMeasure {
  readonly measure: 'gradeShift' | 'gradeChanges' | 'expectedLossChange' | 'calibrationError' | 'realisedError';
  readonly value: number | null;
  readonly threshold: number;
  readonly material: boolean;
  /** Of one that is not known: the instant, ISO, at which it can be; null: no date can be told. Absent from reports of before 2026-11-27. */
  readonly knowableOn?: string | null;
}

export interface Verdict {
  /**
   * `alarm`: the yearly test is significant and something is material, or an input is broken. `immaterial`: significant, on record, nobody is called.
   * `quiet`: nothing that chance does not explain.
   */
  readonly result: 'alarm' | 'immaterial' | 'quiet';
  /** Whether the yearly test is significant. */
  readonly significant: boolean;
  /** Inputs that are gone from the table, or empty in all of its rows. */
  readonly vanished: readonly string[];
  readonly measures: readonly MaterialMeasure[];
  /**
   * Once the yearly test is significant or an input is broken: what differs at this look, ranked by adjusted p-value (Benjamini and Hochberg 1995);
   * `null` segment: all customers. `score` is the score as a whole. It names causes, and alarms by itself never.
   */
  readonly causes: readonly {
    readonly segment: string | null;
    readonly feature: string;
    readonly adjusted: number;
  }[];
}

/** Fewest effective rows that a density ratio must leave, and fewest outcomes, before a bad rate is held against the PDs. */
const LEAST_ROWS = 200;

/** What a verdict rests on. */
export interface Findings {
  readonly looks: readonly DriftLook[];
  readonly movement: Movement | null;
  readonly estimated: readonly EstimatedPerformance[];
  /** Figures of the newest month of scored customers whose windows have all closed; null: there is none. */
  readonly matured: MaturedFigures | null;
  /** When the windows of the next month of scored customers have all closed; null: nobody tells. */
  readonly nextMatured?: string | null;
  readonly vanished: readonly string[];
  /** Whether the yearly test is significant. */
  readonly significant: boolean;
}

/** Whether a model is worth somebody's time: both more than chance explains in a year of looks and more than the business bears. */
export function verdictOn(
  { looks, movement, estimated, matured, nextMatured = null, vanished, significant }: Findings,
  thresholds: Thresholds,
): Verdict {
  const grades = looks[0]?.grades ?? [];
  const shift = grades.reduce((sum, { reference, present }) => sum + Math.abs(present - reference) / 2, 0);
  const [byPd, byOutcomes] = ['CBPE', 'density ratio'].map((method) =>
    estimated.find((each) => each.method === method),
  );
  const measure = (
    name: MaterialMeasure['measure'],
    value: number | null,
    threshold: number,
    knowableOn: string | null = null,
  ): MaterialMeasure => ({
    measure: name,
    value,
    threshold,
    material: value !== null && value >= threshold,
    knowableOn: value === null ? knowableOn : null,
  });
  const measures = [
    measure('gradeShift', shift, thresholds.gradeShift),
    measure(
      'gradeChanges',
      movement === null || movement.customers === 0 ? null : (movement.worse + movement.better) / movement.customers,
      thresholds.gradeShift,
    ),
    measure(
      'expectedLossChange',
      movement === null || movement.expectedLoss.before === 0
        ? null
        : Math.abs(movement.expectedLoss.now / movement.expectedLoss.before - 1),
      thresholds.expectedLossChange,
    ),
    measure(
      'calibrationError',
      byPd === undefined ||
        byOutcomes === undefined ||
        byPd.badRate.value === 0 ||
        byOutcomes.effectiveRows < LEAST_ROWS
        ? null
        : Math.abs(byOutcomes.badRate.value / byPd.badRate.value - 1),
      thresholds.calibrationError,
    ),
    measure(
      'realisedError',
      matured === null || !matured.badRate.known || matured.matured < LEAST_ROWS || matured.badRate.value.meanPd === 0
        ? null
        : Math.abs(matured.badRate.value.rate / matured.badRate.value.meanPd - 1),
      thresholds.calibrationError,
      nextMatured,
    ),
  ];
  const causes = looks
    .flatMap(({ segment, inputs, score }) => [
      ...inputs.map(({ feature, adjusted }) => ({ segment, feature, adjusted })),
      { segment, feature: 'score', adjusted: score.adjusted },
    ])
    .filter(({ adjusted }) => adjusted <= thresholds.significance)
    .sort((a, b) => a.adjusted - b.adjusted);
  const material = measures.some((each) => each.material);
  const result = vanished.length > 0 || (significant && material) ? 'alarm' : significant ? 'immaterial' : 'quiet';
  return { result, significant, vanished, measures, causes: result === 'quiet' ? [] : causes };
}
