import type { Artefact, FeatureTerm, PairTerm } from '../models/artefact/index.ts';
import type { Scorer } from '../models/scoring/index.ts';
import { goodRuns, type GoodRun } from './reasons/good-values.ts';
import type { Texts } from './texts.ts';

/** An artefact made ready for rating: its scorer, and what explaining needs, worked out once. */
export interface RateableModel {
  readonly artefact: Artefact;
  /** Content hash that names the artefact. */
  readonly hash: string;
  readonly scorer: Scorer;
  /** The population's mean contribution of each term, then of each pair: what reasons are measured against. */
  readonly reference: Float64Array;
  /** Per term: the runs of values whose contribution is no worse than the population's mean. */
  readonly good: readonly (readonly GoodRun[])[];
  /** It stands for no model at all: the PD of a population, and rules (`rulesOnlyModel`). */
  readonly rulesOnly?: true;
}

/** What a model calls a feature; null: it has none of this name, or no label. */
export function labelInModel({ artefact }: Pick<RateableModel, 'artefact'>, feature: string): Texts | null {
  return artefact.model.terms.find(({ name }) => name === feature)?.label ?? null;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Mean contribution of a term over its training rows. */
function meanOfTerm(term: FeatureTerm): number {
  const weight = sum(term.support);
  if (!(weight > 0)) return 0;
  return term.shape.reduce((total, value, bin) => total + value * (term.support[bin] ?? 0), 0) / weight;
}

/** Mean contribution of a pair, with the two features taken as independent: the artefact holds their margins, not their joint counts. */
function meanOfPair(pair: PairTerm, terms: readonly FeatureTerm[]): number {
  const margin = (term: FeatureTerm | undefined, groupOf: readonly number[], groups: number): number[] => {
    const shares = Array.from({ length: groups }, () => 0);
    const weight = term === undefined ? 0 : sum(term.support);
    if (term === undefined || !(weight > 0)) return shares;
    groupOf.forEach((group, bin) => {
      shares[group] = (shares[group] ?? 0) + (term.support[bin] ?? 0) / weight;
    });
    return shares;
  };
  const rows = margin(terms[pair.a], pair.rowOf, pair.values.length);
  const columns = margin(terms[pair.b], pair.columnOf, pair.values[0]?.length ?? 0);
  return sum(pair.values.map((row, i) => (rows[i] ?? 0) * sum(row.map((value, j) => value * (columns[j] ?? 0)))));
}

/** Makes a compiled artefact ready for rating; `hash` is its content hash. */
export function rateableModel(scorer: Scorer, hash: string): RateableModel {
  const { artefact } = scorer;
  const { terms, pairs } = artefact.model;
  const termMeans = terms.map(meanOfTerm);
  return {
    artefact,
    hash,
    scorer,
    reference: Float64Array.from([...termMeans, ...pairs.map((pair) => meanOfPair(pair, terms))]),
    good: terms.map((term, i) => goodRuns(term, termMeans[i] ?? 0)),
  };
}
