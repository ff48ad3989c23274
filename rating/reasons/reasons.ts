import type { FeatureTerm, FeatureValues } from '../../models/artefact/index.ts';
import { numberOf, type Score } from '../../models/scoring/index.ts';
import type { RateableModel } from '../model.ts';
import type { Texts } from '../texts.ts';
import type { Display } from './figures.ts';
import { nearestGood, type GoodRun } from './good-values.ts';

/** One feature of a reason, as the customer stands in it. */
export interface ReasonFeature {
  readonly name: string;
  readonly type: 'number' | 'category' | 'date';
  readonly label: Texts | null;
  /** How its numbers are told to people. */
  readonly display: Display;
  /** Smallest and largest ordinary value seen in training. */
  readonly range: FeatureTerm['range'];
  /** The customer's value; null: missing. Dates are days since 1970. */
  readonly value: number | string | null;
  /** The value is a code with a meaning of its own. */
  readonly isCode: boolean;
  /** What good looks like, or null where no value of this feature alone would be better than average. */
  readonly good: GoodRun | null;
}

/** Why a score is lower than the average customer's: one feature, or two that matter together. */
export interface Reason {
  readonly features: readonly ReasonFeature[];
  readonly contribution: number;
  readonly reference: number;
  /** Points below the average customer's: (contribution - reference) * PDO / ln 2; positive. */
  readonly pointsLost: number;
}

/** A value as the model reads it: number, category text, or null for missing (NaN, empty text, and what is not understood). */
export function normalValue(value: FeatureValues[string], type: ReasonFeature['type']): number | string | null {
  if (value === undefined || value === null || value === '' || Number.isNaN(value)) return null;
  if (type === 'category') return String(value);
  const number = numberOf(value, type);
  return number === undefined || Number.isNaN(number) ? null : number;
}

function featureOf(model: RateableModel, index: number, values: FeatureValues): ReasonFeature {
  const term = model.artefact.model.terms[index] as FeatureTerm;
  const value = normalValue(values[term.name], term.type);
  const isCode = (term.encoding.codes as readonly (number | string)[]).includes(value ?? Number.NaN);
  const good = nearestGood(model.good[index] ?? [], typeof value === 'number' && !isCode ? value : null);
  const { name, type, label, display, range } = term;
  return { name, type, label, display, range, value, isCode, good };
}

/**
 * The terms and pairs that cost the most points against the average customer of the training population, worst first.
 * A pair is a reason of its own that names both features, so that what is said of each single feature stays exact.
 */
export function adverseReasons(
  model: RateableModel,
  scored: Score,
  values: FeatureValues,
  options: { readonly atMost: number; readonly leastPoints: number; readonly pointsPerLogOdds: number },
): Reason[] {
  const { reference } = model;
  const { contributions } = scored;
  const least = Math.max(options.leastPoints / options.pointsPerLogOdds, Number.MIN_VALUE);
  const worst: number[] = [];
  for (let i = 0; i < reference.length; i++) if ((contributions[i] ?? 0) - (reference[i] ?? 0) >= least) worst.push(i);
  const excess = (i: number): number => (contributions[i] ?? 0) - (reference[i] ?? 0);
  worst.sort((a, b) => excess(b) - excess(a) || a - b);
  const { terms, pairs } = model.artefact.model;
  return worst.slice(0, options.atMost).map((i) => {
    const pair = pairs[i - terms.length];
    const indexes = pair === undefined ? [i] : [pair.a, pair.b];
    return {
      features: indexes.map((index) => featureOf(model, index, values)),
      contribution: contributions[i] ?? 0,
      reference: reference[i] ?? 0,
      pointsLost: excess(i) * options.pointsPerLogOdds,
    };
  });
}
