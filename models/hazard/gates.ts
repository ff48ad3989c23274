import { normalQuantile, type Bounded } from '../metrics/index.ts';
import { answerGate, type GateOutcome, type Measured } from '../validation/gates.ts';
import { cautious } from '../validation/parts.ts';

/** What the gates of a term structure measure: how it ranks by an age, and the share defaulted by then over the mean PD. */
export type AgeMeasure = 'aucByAge' | 'defaultedOverMeanPd';
export type AgeGate = GateOutcome<AgeMeasure>;

/** One horizon, as far as its gates look at it. */
export interface GatedHorizon {
  readonly months: number;
  readonly meanPd: number;
  /** Share that has defaulted by then. */
  readonly defaulted: Measured;
  readonly auc: Measured | null;
  /** Defaulted by then, and known not to have. */
  readonly cases: number;
  readonly controls: number;
  /** Whether anybody was seen through the horizon's last step. */
  readonly seen: boolean;
}

/**
 * Calibration over one horizon: the share defaulted by then over the mean PD must lie within 0.8 and 1.25, whole interval; so must its inverse, as
 * 0.8 is 1 / 1.25. A horizon that nobody was seen through is insufficient evidence, whatever the figures.
 */
export function calibrationByAge({ months, meanPd, defaulted, cases, controls, seen }: GatedHorizon): AgeGate {
  const over = (value: number): number => (meanPd > 0 ? value / meanPd : 0);
  const gate = answerGate(
    { id: `calibration-${months}m`, measure: 'defaultedOverMeanPd', atLeast: 0.8, atMost: 1.25, ideal: 1 },
    {
      value: over(defaulted.value),
      standardError: over(defaulted.standardError),
      low: over(defaulted.low),
      high: over(defaulted.high),
    },
    { rows: cases + controls, bads: cases },
  );
  return seen ? gate : { ...gate, result: 'insufficient evidence', because: 'unseen', power: 0 };
}

/** How well the model ranks by the longest horizon with five defaults and five without: AUC at least 0.6, as of any model. */
export function rankingByAge(horizons: readonly GatedHorizon[]): AgeGate {
  const rule = { measure: 'aucByAge', atLeast: 0.6, atMost: null, ideal: 0.7 } as const;
  const last = horizons.at(-1);
  const ranked = horizons.findLast(({ auc }) => auc !== null);
  if (ranked?.auc)
    return answerGate(
      { ...rule, id: `discrimination-${ranked.months}m` },
      cautious(ranked.auc, ranked.cases, ranked.controls),
      { rows: ranked.cases + ranked.controls, bads: ranked.cases },
    );
  return {
    ...rule,
    id: `discrimination-${last?.months ?? 0}m`,
    result: 'insufficient evidence',
    because: 'few',
    estimate: null,
    sample: { rows: (last?.cases ?? 0) + (last?.controls ?? 0), bads: last?.cases ?? 0 },
    minimumDetectableEffect: null,
    power: 0,
  };
}

/** A 95 % interval as a measurement. */
export const measuredOf = (of: Bounded): Measured => ({
  ...of,
  standardError: (of.high - of.low) / (2 * normalQuantile(0.975)),
});
