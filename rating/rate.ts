import { ProbityError, type Problem } from '../base/index.ts';
import type { FeatureTerm, FeatureValues } from '../models/artefact/index.ts';
import type { Score } from '../models/scoring/index.ts';
import {
  incompleteSource,
  rulesOnlyFlag,
  scoreFlags,
  staleSource,
  thinData,
  withheldData,
  type IncompleteSource,
  type RatingFlag,
  type StaleSource,
  type WithheldFeature,
} from './flags.ts';
import { gradeOf, type GradeOfPd } from './master-scale.ts';
import { labelInModel, type RateableModel } from './model.ts';
import { pointsOf, pointsPerLogOdds } from './points.ts';
import { adverseReasons, normalValue, type Reason } from './reasons/reasons.ts';
import type { RatingStandards } from './standards.ts';
import type { Texts } from './texts.ts';

/** What a rating is a function of, beside the model and the standards. */
export interface RatingInput {
  readonly values: FeatureValues;
  /** Months that the PD is over: the model's own horizon, or its slot's where the model states none. */
  readonly horizonMonths: number;
  readonly staleSources: readonly StaleSource[];
  readonly incompleteSources: readonly IncompleteSource[];
  /** Features whose values are not among `values`, as there was no legal basis for them; absent: none. */
  readonly withheld?: readonly WithheldFeature[] | undefined;
}

/** What one term or pair added to the log-odds, beside what it adds for the average customer. */
export interface Contribution {
  readonly features: readonly string[];
  readonly values: readonly (number | string | null)[];
  readonly contribution: number;
  readonly reference: number;
}

/** A rating: a value, a pure function of its inputs. */
export interface Rating {
  readonly pd: number;
  readonly horizonMonths: number;
  readonly logOdds: number;
  /** Points, rounded to a whole number; higher is safer. */
  readonly score: number;
  readonly grade: GradeOfPd;
  readonly intercept: number;
  /** `intercept` plus these, added from left to right, is `logOdds` to the last bit. */
  readonly contributions: readonly Contribution[];
  /** The contributions alone, in the same order. */
  readonly contributionValues: readonly number[];
  /** How many features the model reads. */
  readonly featureCount: number;
  readonly reasons: readonly Reason[];
  readonly flags: readonly RatingFlag[];
  readonly missing: readonly string[];
  readonly model: { readonly name: string; readonly hash: string };
  readonly standards: { readonly points: string; readonly masterScale: string; readonly policy: string };
  /** What the model calls a feature; null: it has none of this name, or no label. Absent: not known. */
  labelOf?(feature: string): Texts | null;
}

/**
 * Rates one row. Throws TARGET_MISMATCH where the model predicts no default, HORIZON_MISMATCH where the master scale is for another horizon, and RATING_REFUSED, naming all that is
 * missing or late, where the policy refuses thin or stale data.
 */
export function rate(model: RateableModel, standards: RatingStandards, input: RatingInput): Rating {
  const { points, masterScale, policy } = standards;
  const { terms } = model.artefact.model;
  if (model.artefact.target.kind !== 'default') {
    throw new ProbityError(
      'TARGET_MISMATCH',
      'Grades are of the probability of default; this model predicts another event.',
    );
  }
  const known: (number | string | null)[] = [];
  const missing: string[] = [];
  for (const { name, type } of terms) {
    const value = normalValue(input.values[name], type);
    known.push(value);
    if (value === null) missing.push(name);
  }
  const isThin = terms.length > 0 && terms.length - missing.length < policy.thin.knownShareBelow * terms.length;
  refuseWhere(standards, isThin ? missing : [], input);
  const scored = model.scorer.score(input.values);
  const flags: RatingFlag[] = scoreFlags(
    scored.flags.flatMap(({ kind, feature }) => {
      const index = terms.findIndex(({ name }) => name === feature);
      const term = terms[index];
      return term ? [{ kind, term, value: known[index] ?? null }] : [];
    }),
  );
  if (model.rulesOnly) flags.push(rulesOnlyFlag());
  if (isThin) flags.push(thinData(terms.length - missing.length, terms.length));
  if (input.withheld !== undefined && input.withheld.length > 0) flags.push(withheldData(input.withheld, terms));
  flags.push(...input.staleSources.map(staleSource), ...input.incompleteSources.map(incompleteSource));

  return new ModelRating({
    pd: scored.pd,
    horizonMonths: input.horizonMonths,
    logOdds: scored.logOdds,
    score: Math.round(pointsOf(scored.logOdds, points)),
    grade: gradeOf(scored.pd, input.horizonMonths, masterScale),
    reasons: adverseReasons(model, scored, input.values, {
      pointsPerLogOdds: pointsPerLogOdds(points),
      ...policy.reasons,
    }),
    flags,
    missing,
    standards: {
      masterScale: `${masterScale.name}@${masterScale.version}`,
      points: `${points.name}@${points.version}`,
      policy: `${policy.name}@${policy.version}`,
    },
    of: model,
    known,
    scored,
  });
}

/** What a rating is made of: its own figures, and what its contributions are told from. */
type Rated = Omit<
  Rating,
  'intercept' | 'contributions' | 'contributionValues' | 'featureCount' | 'model' | 'labelOf'
> & {
  readonly of: RateableModel;
  readonly known: readonly (number | string | null)[];
  readonly scored: Score;
};

/** A rating whose contributions are made when they are first looked at: most answers do not hold them. */
class ModelRating implements Rating {
  readonly pd: number;
  readonly horizonMonths: number;
  readonly logOdds: number;
  readonly score: number;
  readonly grade: GradeOfPd;
  readonly intercept: number;
  readonly featureCount: number;
  readonly reasons: readonly Reason[];
  readonly flags: readonly RatingFlag[];
  readonly missing: readonly string[];
  readonly model: Rating['model'];
  readonly standards: Rating['standards'];
  readonly #rated: Rated;
  #contributions: readonly Contribution[] | null = null;

  constructor(rated: Rated) {
    this.pd = rated.pd;
    this.horizonMonths = rated.horizonMonths;
    this.logOdds = rated.logOdds;
    this.score = rated.score;
    this.grade = rated.grade;
    this.intercept = rated.of.artefact.model.intercept;
    this.featureCount = rated.of.artefact.model.terms.length;
    this.reasons = rated.reasons;
    this.flags = rated.flags;
    this.missing = rated.missing;
    this.model = { name: rated.of.artefact.name, hash: rated.of.hash };
    this.standards = rated.standards;
    this.#rated = rated;
  }

  labelOf(feature: string): Texts | null {
    return labelInModel(this.#rated.of, feature);
  }

  get contributions(): readonly Contribution[] {
    const { of, known, scored } = this.#rated;
    const { terms, pairs } = of.artefact.model;
    const one = (indexes: readonly number[], position: number): Contribution => ({
      features: indexes.map((index) => (terms[index] as FeatureTerm).name),
      values: indexes.map((index) => known[index] ?? null),
      contribution: scored.contributions[position] ?? 0,
      reference: of.reference[position] ?? 0,
    });
    this.#contributions ??= [
      ...terms.map((_, i) => one([i], i)),
      ...pairs.map((pair, i) => one([pair.a, pair.b], terms.length + i)),
    ];
    return this.#contributions;
  }

  get contributionValues(): readonly number[] {
    return [...this.#rated.scored.contributions];
  }
}

function refuseWhere(
  { policy }: RatingStandards,
  thinFor: readonly string[],
  { staleSources, incompleteSources }: Pick<RatingInput, 'staleSources' | 'incompleteSources'>,
): void {
  const problems: Problem[] = [];
  if (policy.thin.action === 'refuse') {
    for (const feature of thinFor) problems.push({ at: feature, message: 'This feature is missing.' });
    for (const { source, columns } of incompleteSources)
      problems.push({ at: source, message: `Delivered emptier than expected: ${columns.join(', ')}.` });
  }
  if (policy.stale.action === 'refuse')
    for (const stale of staleSources)
      problems.push({ at: stale.source, message: `No data for longer than ${stale.expectedDays} days.` });
  if (problems.length === 0) return;
  throw new ProbityError(
    'RATING_REFUSED',
    `The policy ${policy.name}@${policy.version} refuses to rate on thin or stale data.`,
    { problems },
  );
}
