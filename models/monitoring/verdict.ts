import type { EstimatedPerformance } from './estimated.ts';
import type { DriftLook } from './look.ts';
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
  readonly measure: 'gradeShift' | 'gradeChanges' | 'expectedLossChange' | 'calibrationError';
  readonly value: number | null;
  readonly threshold: number;
  readonly material: boolean;
}

export interface Verdict {
  /**
   * `alarm`: significant and material, or a feature is gone. `immaterial`: significant, on record, nobody is called. `quiet`: nothing that chance does not
   * explain.
   */
  readonly result: 'alarm' | 'immaterial' | 'quiet';
  readonly vanished: readonly string[];
  readonly measures: readonly MaterialMeasure[];
  /** What is significant, most so first; `null` segment: all customers. `score` is the score as a whole. */
  readonly causes: readonly {
    readonly segment: string | null;
    readonly feature: string;
    readonly adjusted: number;
  }[];
}

/** Fewest effective rows that a density ratio must leave before its bad rate is held against the PDs. */
const LEAST_ROWS = 200;

/** Whether a look at a model is worth somebody's time: both more than chance explains and more than the business bears. */
export function verdictOn(
  looks: readonly DriftLook[],
  movement: Movement | null,
  estimated: readonly EstimatedPerformance[],
  vanished: readonly string[],
  thresholds: Thresholds,
): Verdict {
  const grades = looks[0]?.grades ?? [];
  const shift = grades.reduce((sum, { reference, present }) => sum + Math.abs(present - reference) / 2, 0);
  const [byPd, byOutcomes] = ['CBPE', 'density ratio'].map((method) =>
    estimated.find((each) => each.method === method),
  );
  const measure = (name: MaterialMeasure['measure'], value: number | null, threshold: number): MaterialMeasure => ({
    measure: name,
    value,
    threshold,
    material: value !== null && value >= threshold,
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
  ];
  const causes = looks
    .flatMap(({ segment, inputs, score }) => [
      ...inputs.map(({ feature, adjusted }) => ({ segment, feature, adjusted })),
      { segment, feature: 'score', adjusted: score.adjusted },
    ])
    .filter(({ adjusted }) => adjusted <= thresholds.significance)
    .sort((a, b) => a.adjusted - b.adjusted);
  const material = measures.some((each) => each.material);
  const result =
    vanished.length > 0 || (causes.length > 0 && material) ? 'alarm' : causes.length > 0 ? 'immaterial' : 'quiet';
  return { result, vanished, measures, causes };
}
