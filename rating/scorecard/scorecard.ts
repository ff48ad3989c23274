import type { FeatureTerm, FeatureValues } from '../../models/artefact/index.ts';
import { partsOfBins, type ValuePart } from '../../models/binning/index.ts';
import type { RateableModel } from '../model.ts';
import { pointsOf, pointsPerLogOdds, type PointsScale } from '../points.ts';
import { labelOf, type Texts } from '../texts.ts';
import { isOfParts, type ValueDomain } from './attributes.ts';

/** One row of the points table: which values, and what they are worth. */
export interface Attribute {
  /** For each feature of the characteristic, the values that it stands for. */
  readonly values: readonly (readonly ValuePart[])[];
  /** Exact. */
  readonly points: number;
  /** The same as a whole number. */
  readonly wholePoints: number;
  /** Points below the mean of the training population, or 0. */
  readonly pointsLost: number;
  /** Share of the training rows; null for pairs, whose joint counts a model does not hold. */
  readonly share: number | null;
}

/** A feature, or two that matter together, with a reason code of its own. */
export interface Characteristic {
  readonly reasonCode: string;
  readonly features: readonly (ValueDomain & { readonly name: string; readonly label: Texts })[];
  /** Mean points of the training population. */
  readonly meanPoints: number;
  readonly attributes: readonly Attribute[];
}

/** A glass box as a table of points: base points plus those of one attribute of each characteristic are the score, exactly as the model scores. */
export interface Scorecard {
  readonly format: 'probity.scorecard/1';
  readonly model: { readonly name: string; readonly hash: string };
  readonly scale: PointsScale;
  readonly basePoints: number;
  readonly wholeBasePoints: number;
  /** Whole points add up to within so many points of the exact score. */
  readonly roundingBound: number;
  readonly characteristics: readonly Characteristic[];
}

/** The points table of a model on a scale; values of equal worth stand in one row. Higher is safer. */
export function scorecardOf(model: RateableModel, scale: PointsScale): Scorecard {
  const { terms, pairs, intercept } = model.artefact.model;
  const factor = pointsPerLogOdds(scale);
  const meanOf = (i: number): number => -(model.reference[i] ?? 0) * factor;
  const digits = String(terms.length + pairs.length).length;
  const characteristic = (i: number, of: readonly FeatureTerm[], rows: readonly Worth[]): Characteristic => ({
    reasonCode: `R${String(i + 1).padStart(Math.max(2, digits), '0')}`,
    features: of.map(domainOf),
    meanPoints: meanOf(i) + 0,
    attributes: rows.map(({ values, contribution, share }) => {
      const points = -contribution * factor + 0;
      return {
        values,
        points,
        wholePoints: Math.round(points) + 0,
        pointsLost: Math.max(0, meanOf(i) - points),
        share,
      };
    }),
  });
  const characteristics = [
    ...terms.map((term, t) => characteristic(t, [term], termRows(term))),
    ...pairs.map((pair, p) => {
      const of = [terms[pair.a] as FeatureTerm, terms[pair.b] as FeatureTerm] as const;
      const rows = groupsOf(of[0], pair.rowOf);
      const columns = groupsOf(of[1], pair.columnOf);
      const cells = rows.flatMap(([r, row]) =>
        columns.map(([c, column]): Worth => {
          return { values: [row, column], contribution: pair.values[r]?.[c] ?? 0, share: null };
        }),
      );
      return characteristic(terms.length + p, of, cells);
    }),
  ];
  const basePoints = pointsOf(intercept, scale);
  const roundingError = ({ attributes }: Characteristic): number =>
    attributes.reduce((most, { points, wholePoints }) => Math.max(most, Math.abs(points - wholePoints)), 0);
  return {
    format: 'probity.scorecard/1',
    model: { name: model.artefact.name, hash: model.hash },
    scale,
    basePoints,
    wholeBasePoints: Math.round(basePoints),
    roundingBound: characteristics.reduce(
      (sum, each) => sum + roundingError(each),
      Math.abs(basePoints - Math.round(basePoints)),
    ),
    characteristics,
  };
}

/** One applicant by the table: the score, and the reason codes of all characteristics that lost points, worst first. */
export function scoreByTable(
  card: Scorecard,
  values: FeatureValues,
): {
  readonly score: number;
  readonly reasons: readonly { readonly reasonCode: string; readonly pointsLost: number }[];
} {
  const chosen = card.characteristics.map((characteristic) => {
    const { features, attributes, reasonCode } = characteristic;
    const attribute = attributes.find((row) =>
      features.every((feature, f) => {
        const value = Object.hasOwn(values, feature.name) ? values[feature.name] : null;
        return isOfParts(value, row.values[f] ?? [], feature);
      }),
    );
    return { reasonCode, points: attribute?.points ?? Number.NaN, pointsLost: attribute?.pointsLost ?? 0 };
  });
  return {
    score: chosen.reduce((sum, { points }) => sum + points, card.basePoints),
    reasons: chosen
      .filter(({ pointsLost }) => pointsLost > 0)
      .map(({ reasonCode, pointsLost }) => ({ reasonCode, pointsLost }))
      .sort((a, b) => b.pointsLost - a.pointsLost),
  };
}

interface Worth {
  readonly values: readonly (readonly ValuePart[])[];
  readonly contribution: number;
  readonly share: number | null;
}

const domainOf = (term: FeatureTerm): Characteristic['features'][number] => ({
  name: term.name,
  label: labelOf(term),
  type: term.type,
  codes: term.encoding.codes,
  levels: term.encoding.kind === 'category' ? term.encoding.levels : [],
});

/** The rows of a term: missing and each code singly, neighbouring numbers and all categories of one contribution together. */
function termRows(term: FeatureTerm): Worth[] {
  const first = 1 + term.encoding.codes.length;
  const isCategory = term.encoding.kind === 'category';
  const groups: number[][] = [];
  term.shape.forEach((contribution, bin) => {
    const joins = (group: readonly number[]): boolean =>
      bin > first && (group[0] ?? 0) >= first && term.shape[group[0] ?? 0] === contribution;
    const group = isCategory ? groups.find(joins) : groups.slice(-1).find(joins);
    if (group) group.push(bin);
    else groups.push([bin]);
  });
  const weight = term.support.reduce((sum, each) => sum + each, 0);
  return groups.map((bins) => ({
    values: [partsOfBins(term, bins)],
    contribution: term.shape[bins[0] ?? 0] ?? 0,
    share: weight > 0 ? bins.reduce((sum, bin) => sum + (term.support[bin] ?? 0), 0) / weight : 0,
  }));
}

/** The values of each row (or column) of a pair that has any. */
function groupsOf(term: FeatureTerm, groupOf: readonly number[]): (readonly [number, ValuePart[]])[] {
  const groups = [...new Set(groupOf)].sort((a, b) => a - b);
  return groups.map((group) => {
    const bins = [...groupOf.keys()].filter((bin) => groupOf[bin] === group);
    return [group, partsOfBins(term, bins)] as const;
  });
}
