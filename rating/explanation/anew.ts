import type { FeatureValues } from '../../models/artefact/index.ts';
import { logistic } from '../../models/scoring/index.ts';
import { strictestBounds, toGrid, withinBounds, type Bounds } from '../blend/index.ts';
import { outcomeOf } from '../decision/causes.ts';
import { changedInput, limitOf, termsOf, type Outcome, type PolicyOutcome } from '../decision/index.ts';
import { gradeIndexOf } from '../master-scale.ts';
import { pointsOf } from '../points.ts';
import type { Rating } from '../rate.ts';
import { regimesAt, tableValue, type RuleTable, type Scalar } from '../rules/index.ts';
import { pointsOn, rowAccepts, rowOn, shareOf, type TableFacts } from './criteria.ts';
import type { ExplainedInput } from './explain.ts';
import { boundsGrades, scoreFacts, type Reads } from './reads.ts';

/** Something put right: facts by their field, and what that changes. */
export interface PutRight {
  readonly fields: ReadonlyMap<string, Scalar>;
  /** Terms of the model that get another bin. */
  readonly terms: readonly { readonly term: number; readonly bin: number }[];
  /** Criteria that may answer otherwise. */
  readonly criteria: readonly number[];
  /** Whether the bounds of grades may move. */
  readonly bounds: boolean;
}

/** Final log-odds, and the same before bounds. */
export interface ScoredAnew {
  readonly unbounded: number;
  readonly logOdds: number;
}

/**
 * Decides anew with some facts put right, part by part: to the last bit what `decide` makes of them (explanation.test.ts). What nothing touches is taken
 * from the decision that was made. Facts put right that follow from others (`regime.*`, `late.pd`, `data.stale`) hold whatever those are.
 */
export class Anew {
  readonly #of: ExplainedInput;
  readonly #reads: Reads;
  readonly #bins: readonly number[];
  /** The same, but while log-odds are worked out with some of them changed. */
  readonly #changedBins: number[];
  readonly #shares: readonly number[];
  readonly #others: number;
  readonly #bounds: Bounds;
  /** As the decision was made. */
  readonly now: ScoredAnew;

  constructor(of: ExplainedInput, reads: Reads, bins: readonly number[]) {
    const { decision, standards } = of;
    this.#of = of;
    this.#reads = reads;
    this.#bins = bins;
    this.#changedBins = bins.slice();
    this.#shares = decision.criteria.map(({ logOdds }) => logOdds);
    this.#others = this.#shares.reduce((sum, share) => sum + share, 0);
    this.#bounds = strictestBounds(decision.policy, standards.masterScale);
    this.now = { unbounded: decision.blend.unbounded, logOdds: decision.logOdds };
  }

  /** The bounds of grades that hold now. */
  get bounds(): Bounds {
    return this.#bounds;
  }

  /** Log-odds within the bounds that hold now. */
  bounded(unbounded: number): number {
    return withinBounds(unbounded, this.#bounds);
  }

  /** Final log-odds with these put right. */
  score(changed: readonly PutRight[]): ScoredAnew {
    const { set, standards } = this.#of;
    const raw = this.#modelLogOdds(changed);
    let unbounded = toGrid(raw) + this.#others;
    let bounds = this.#bounds;
    if (changed.some(({ criteria, bounds: moved }) => moved || criteria.length > 0)) {
      const facts = this.#facts(changed, raw);
      for (const index of new Set(changed.flatMap(({ criteria }) => criteria))) {
        const criterion = set.score[index];
        const points = criterion === undefined ? null : pointsOn(criterion, facts);
        if (criterion !== undefined && points !== null)
          unbounded += shareOf(criterion, points, set) - (this.#shares[index] ?? 0);
      }
      if (changed.some(({ bounds: moved }) => moved))
        bounds = strictestBounds(hitsOf(set.policy.filter(boundsGrades), facts), standards.masterScale);
    }
    return { unbounded, logOdds: withinBounds(unbounded, bounds) };
  }

  /** By how much the model's log-odds fall. */
  modelGain(changed: readonly PutRight[]): number {
    return this.#modelLogOdds([]) - this.#modelLogOdds(changed);
  }

  /** By how much the share of one criterion falls. */
  criterionGain(index: number, changed: readonly PutRight[]): number {
    const { set } = this.#of;
    const criterion = set.score[index];
    const facts = this.#facts(changed, this.#modelLogOdds(changed));
    const points = criterion === undefined ? null : pointsOn(criterion, facts);
    return criterion === undefined || points === null
      ? 0
      : (this.#shares[index] ?? 0) - shareOf(criterion, points, set);
  }

  /** What would be decided with these put right. */
  outcome(changed: readonly PutRight[]): Outcome {
    const { set, standards, input } = this.#of;
    const fields = fieldsOf(changed);
    const { logOdds } = this.score(changed);
    const pd = logistic(logOdds);
    const { grades } = standards.masterScale;
    const index = gradeIndexOf(pd, standards.masterScale);
    const facts: Record<string, Scalar> = this.#facts(changed, this.#modelLogOdds(changed));
    const end: readonly (readonly [string, Scalar])[] = [
      ['final.pd', pd],
      ['final.score', Math.round(pointsOf(logOdds, standards.points))],
      ['final.grade', grades[index]?.code ?? null],
      ['final.gradeRank', index + 1],
      ['final.class', grades[index]?.class ?? null],
    ];
    for (const [name, value] of end) {
      const field = set.fields.get(name);
      if (field !== undefined) facts[name] = tableValue(field, value);
    }
    // Causes read no feature: what only features change stays.
    const isOfFeatures = [...fields.keys()].every((field) => field.startsWith('features.'));
    const after = isOfFeatures ? input : changedInput(input, fields, set.decision.currency.minorDigits);
    const read = { get: (name: string) => facts[name] ?? null };
    const limitRow = rowOn(set.limits, facts);
    const termsRow = rowOn(set.terms, facts);
    if (limitRow === null || termsRow === null) return this.#of.decision.outcome;
    const limit = limitOf({ row: limitRow.id, outputs: limitRow.outputs }, read, set, after.request, after.facts);
    const terms = termsOf({ row: termsRow.id, outputs: termsRow.outputs });
    const policy = hitsOf(set.policy, facts);
    return outcomeOf({ input: { ...after, rating: this.#rating(fields) }, set, policy, pd, limit, terms });
  }

  #modelLogOdds(changed: readonly PutRight[]): number {
    const bins = this.#changedBins;
    for (const { terms } of changed) for (const { term, bin } of terms) bins[term] = bin;
    const logOdds = this.#of.model.scorer.logOddsOf(bins);
    for (const { terms } of changed) for (const { term } of terms) bins[term] = this.#bins[term] ?? 0;
    return logOdds;
  }

  /** The facts that tables read, but for the decision's end. */
  #facts(changed: readonly PutRight[], raw: number): Record<string, Scalar> {
    const { decision, set, standards, input } = this.#of;
    const fields = fieldsOf(changed);
    const facts: Record<string, Scalar> = { ...decision.facts };
    const put = (name: string, value: unknown): void => {
      const field = set.fields.get(name);
      if (field !== undefined) facts[name] = tableValue(field, value);
    };
    const { feature } = set.regimes.industry;
    if (feature !== null && fields.has(`features.${feature}`))
      put('regime.industry', regimesAt(set.regimes, input.asOf, String(fields.get(`features.${feature}`))).industry);
    if (changed.some(({ terms }) => terms.length > 0)) {
      Object.assign(facts, scoreFacts(logistic(raw), set, standards.masterScale));
      const { featureCount } = input.rating;
      const known = featureCount - this.#missing(fields).length;
      put('data.knownShare', featureCount === 0 ? 1 : known / featureCount);
      put('data.thin', featureCount > 0 && known < standards.policy.thin.knownShareBelow * featureCount);
      if (this.#reads.readsUnusual) put('data.unusual', this.#isUnusual(fields));
    }
    for (const [name, value] of fields) put(name, value);
    return facts;
  }

  #missing(fields: ReadonlyMap<string, Scalar>): readonly string[] {
    return this.#of.input.rating.missing.filter((name) => !fields.has(`features.${name}`));
  }

  #isUnusual(fields: ReadonlyMap<string, Scalar>): boolean {
    const { model, input } = this.#of;
    const values: FeatureValues = changedInput(input, fields, 0).values;
    return model.scorer.score(values).flags.some(({ kind }) => kind === 'outside-range' || kind === 'unseen-level');
  }

  /** What the decision reads of a rating beside its score. */
  #rating(fields: ReadonlyMap<string, Scalar>): Rating {
    const { featureCount, flags } = this.#of.input.rating;
    const late = fields.get('data.stale') === false ? [] : flags;
    return { featureCount, flags: late, missing: this.#missing(fields) } as unknown as Rating;
  }
}

function fieldsOf(changed: readonly PutRight[]): ReadonlyMap<string, Scalar> {
  return new Map(changed.flatMap(({ fields }) => [...fields]));
}

/** What policy rows that accept facts ask for. */
function hitsOf(tables: readonly RuleTable[], facts: TableFacts): PolicyOutcome[] {
  return tables.flatMap((table) =>
    table.rows
      .filter((row) => rowAccepts(table, row, facts))
      .map(({ id, outputs }): PolicyOutcome => {
        const code = String(outputs['code']);
        return {
          table: table.name,
          row: id,
          outcome: outputs['outcome'] as PolicyOutcome['outcome'],
          code,
          text: { en: code, 'zh-CN': code },
          noBetterThan: (outputs['noBetterThan'] ?? null) as string | null,
          noWorseThan: (outputs['noWorseThan'] ?? null) as string | null,
        };
      }),
  );
}
