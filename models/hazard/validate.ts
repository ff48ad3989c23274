import { ProbityError } from '../../base/errors.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { jeffreysInterval, normalQuantile, weightedAucInterval, type Bounded } from '../metrics/index.ts';
import { verdictOf, type GateResult, type Measured } from '../validation/gates.ts';
import { stepsAtRisk } from './expand.ts';
import { calibrationByAge, measuredOf, rankingByAge, type AgeGate, type GatedHorizon } from './gates.ts';
import { ENDED, type FollowedRows } from './observed.ts';
import { cumulativePd, horizonsOf } from './term-structure.ts';

/** One step of age: who stood at risk, who defaulted, and what was expected. */
export interface AgeStep {
  readonly months: number;
  /** Rows that stood at risk at the beginning of the step and were seen through it. */
  readonly atRisk: number;
  readonly defaults: number;
  /** Sum of the predicted hazards. */
  readonly expected: number;
  /** Default rate of the step with its Jeffreys interval; null where nobody stood at risk. */
  readonly hazard: Bounded | null;
  /** AUC of the hazard among those at risk (incident / dynamic), or null with fewer than 5 defaults. */
  readonly auc: Bounded | null;
}

/** One horizon: everything from the start up to this age. */
export interface HorizonValidation {
  readonly months: number;
  /** Mean predicted PD over the horizon. */
  readonly meanPd: number;
  /** Share that has defaulted by then, by the product-limit estimate, with Greenwood's 95 % interval. */
  readonly defaulted: Measured;
  /** Cumulative / dynamic AUC: defaulted by then against known not to have, weighted for censoring. Null with fewer than 5 of either. */
  readonly auc: Measured | null;
  readonly result: GateResult;
  /** Smallest departure of the share defaulted over the mean PD from 1 that a two-sided 5 % test finds here with probability 0.8. */
  readonly minimumDetectableEffect: number | null;
  /** Probability that a calibrated model passes here. */
  readonly power: number;
}

/** The result of validating a term structure. */
export interface HazardValidation {
  readonly format: 'probity.hazard-validation/1';
  readonly model: string;
  readonly rows: number;
  /** Up to the longest age; who defaulted later was seen through it. */
  readonly defaults: number;
  readonly censored: number;
  /** Left for good without default. */
  readonly left: number;
  /** The longest age that the model answers for; beyond it nothing is available. */
  readonly longestMonths: number;
  readonly steps: readonly AgeStep[];
  readonly horizons: readonly HorizonValidation[];
  /** How it ranks by the longest horizon that can tell, and calibration over each year's horizon and the longest. */
  readonly gates: readonly AgeGate[];
  readonly verdict: GateResult;
  /** The champion of one of these horizons on the same rows, where there is one: two models, neither scaled to the other. */
  readonly beside?: BesideChampion;
}

/** A model of one horizon beside the term structure's figure for it. */
export interface BesideChampion {
  readonly model: string;
  readonly months: number;
  /** Mean PD of the same rows over the same months. */
  readonly meanPd: number;
  readonly ofTermStructure: number;
  /** AUC of the champion's PD by then, as the term structure's is measured. Null with fewer than 5 of either. */
  readonly auc: Bounded | null;
}

/**
 * Measures a hazard model by age on rows that it has not seen: in each step expected against observed defaults and the AUC among those at risk;
 * for each horizon the mean PD against the product-limit estimate (Kaplan and Meier 1958; Greenwood 1926), and the cumulative / dynamic AUC with
 * inverse probability of censoring weights (Uno et al. 2007; Hung and Chiang 2010). Gates answer as those of any model (`answerGate`), with
 * power and minimum detectable effect.
 */
export function validateHazard(
  model: string,
  artefact: Artefact,
  observed: FollowedRows,
  champion: { readonly model: string; readonly months: number; readonly pd: Float64Array } | null = null,
): HazardValidation {
  const { ages } = artefact.target;
  if (!ages) throw new ProbityError('INVALID_INPUT', 'This is no hazard model: it has no term structure to validate.');
  const { rows, steps, ended } = observed;
  const horizons = horizonsOf(artefact);
  const longest = horizons.length;
  const curves = cumulativePd(artefact, rows);
  const risk = Int32Array.from(steps, (_, row) => stepsAtRisk(observed, row, longest));
  const eventAt = (row: number): number => (ended[row] === ENDED.defaulted && steps[row]! <= longest ? steps[row]! : 0);
  const kept = [...steps.keys()].filter((row) => risk[row]! > 0);
  const censoring = censoringSurvival(kept, risk, eventAt, longest);

  let survival = 1;
  let greenwood = 0;
  let events = 0;
  let beside: BesideChampion | null = null;
  const byStep: AgeStep[] = [];
  const gated: GatedHorizon[] = [];
  const byHorizon = horizons.map((months, h): HorizonValidation => {
    const step = h + 1;
    const atRisk = kept.filter((row) => risk[row]! >= step);
    const defaults = atRisk.filter((row) => eventAt(row) === step).length;
    const before = h === 0 ? null : curves[h - 1]!;
    const hazard = Float64Array.from(atRisk, (row) => {
      const alive = 1 - (before?.[row] ?? 0);
      return alive > 0 ? (curves[h]![row]! - (1 - alive)) / alive : 0;
    });
    const happened = Uint8Array.from(atRisk, (row) => (eventAt(row) === step ? 1 : 0));
    byStep.push({
      months,
      atRisk: atRisk.length,
      defaults,
      expected: hazard.reduce((sum, each) => sum + each, 0),
      hazard: atRisk.length > 0 ? jeffreysInterval(defaults, atRisk.length) : null,
      auc: aucOf(hazard, happened, null),
    });
    if (atRisk.length > 0) {
      survival *= 1 - defaults / atRisk.length;
      if (defaults < atRisk.length) greenwood += defaults / (atRisk.length * (atRisk.length - defaults));
    }
    events += defaults;
    const standardError = survival * Math.sqrt(greenwood);
    const reach = normalQuantile(0.975) * standardError;
    // Greenwood's interval has no width where nobody has defaulted yet.
    const defaulted: Measured =
      events === 0
        ? measuredOf({ ...jeffreysInterval(0, Math.max(1, atRisk.length)), value: 0 })
        : {
            value: 1 - survival,
            standardError,
            low: Math.max(0, 1 - survival - reach),
            high: Math.min(1, 1 - survival + reach),
          };
    const meanPd = kept.reduce((sum, row) => sum + curves[h]![row]!, 0) / kept.length;
    const known = kept.filter((row) => (eventAt(row) > 0 && eventAt(row) <= step ? true : risk[row]! >= step));
    const isCase = Uint8Array.from(known, (row) => (eventAt(row) > 0 && eventAt(row) <= step ? 1 : 0));
    const weight = Float64Array.from(known, (row, i) => 1 / censoring[isCase[i] === 1 ? eventAt(row) : step]!);
    const scores = Float64Array.from(known, (row) => curves[h]![row]!);
    if (champion?.months === months)
      beside = {
        model: champion.model,
        months,
        meanPd: kept.reduce((sum, row) => sum + champion.pd[row]!, 0) / kept.length,
        ofTermStructure: meanPd,
        auc: aucOf(
          Float64Array.from(known, (row) => champion.pd[row]!),
          isCase,
          weight,
        ),
      };
    const ranked = aucOf(scores, isCase, weight);
    const cases = isCase.reduce((sum, each) => sum + each, 0);
    const horizon = { months, meanPd, defaulted, auc: ranked, cases, controls: known.length - cases };
    gated.push({ ...horizon, seen: atRisk.length > 0 });
    const { result, minimumDetectableEffect, power } = calibrationByAge(gated[h]!);
    return { months, meanPd, defaulted, auc: ranked, result, minimumDetectableEffect, power };
  });
  const told = gated.filter(({ months }, i) => months % 12 === 0 || i === gated.length - 1);
  const gates = [rankingByAge(gated), ...told.map(calibrationByAge)];
  const left = kept.filter((row) => ended[row] === ENDED.left).length;
  const defaults = kept.filter((row) => eventAt(row) > 0).length;
  return {
    format: 'probity.hazard-validation/1',
    model,
    rows: kept.length,
    defaults,
    censored: kept.length - defaults - left,
    left,
    longestMonths: ages.longestMonths,
    steps: byStep,
    horizons: byHorizon,
    gates,
    verdict: verdictOf(gates),
    ...(beside === null ? {} : { beside }),
  };
}

/** Probability of being under observation in each step (index 0: at the start), so of not being censored after an earlier one, by the product-limit estimate of censoring. */
function censoringSurvival(
  kept: readonly number[],
  risk: Int32Array,
  eventAt: (row: number) => number,
  longest: number,
): Float64Array {
  const survival = new Float64Array(longest + 1).fill(1);
  for (let step = 1; step <= longest; step++) {
    // Censored after step - 1: seen through that step and no further.
    const seen = kept.filter((row) => risk[row]! >= step - 1 && !(eventAt(row) > 0 && eventAt(row) < step));
    const gone = seen.filter((row) => risk[row] === step - 1 && eventAt(row) === 0).length;
    survival[step] = survival[step - 1]! * (seen.length > 0 ? 1 - gone / seen.length : 1);
  }
  // Nobody is weighted more than a hundredfold.
  return survival.map((each) => Math.max(each, 0.01));
}

function aucOf(scores: Float64Array, outcome: Uint8Array, weight: Float64Array | null): Measured | null {
  const cases = outcome.reduce((sum, each) => sum + each, 0);
  if (cases < 5 || outcome.length - cases < 5) return null;
  const { auc, ...spread } = weightedAucInterval(scores, outcome, weight);
  return { value: auc, ...spread };
}
