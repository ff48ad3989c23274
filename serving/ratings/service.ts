import { asOf as toAsOf, isProbityError, ProbityError, type AsOf } from '../../base/index.ts';
import type { FeatureValues } from '../../models/artefact/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import {
  chooseArm,
  chooseLateSlot,
  chooseSlot,
  decideInputs1,
  decideInputs2,
  evidencedValues,
  featuresAskedFor,
  type ArmChoice,
  type Decision,
  type ComputedLate,
  type DecisionInputs1,
  type Explained,
  type LateInputs,
  type LiveRules,
  type RateableModel,
  type Rating,
  type RatingInput,
  type RatingInputs1,
  type SlotChoice,
  type SlotContext,
  type WithheldFeature,
} from '../../rating/index.ts';
import { CREDIT_DECISION } from '../../records/privacy/index.ts';
import { subjectErased } from '../customers/privacy.ts';
import type { FeatureAnswer, FeatureReader, ServingDependencies } from '../dependencies.ts';
import type { LiveChampion } from '../live/deployment.ts';
import type { Lease, Live } from '../live/live.ts';
import { decisionInputs } from './decision-request.ts';
import { checkedFeatures } from './features.ts';
import type { RatingRequest } from './request.ts';

/** A rating with all that it was computed from. */
export interface ServedRating {
  readonly rating: Rating;
  readonly decision: Decision;
  /** What the decision's reasons are worked out from. */
  readonly explained: Explained;
  readonly inputs: DecisionInputs1;
  /** The risk of paying late and what it was computed from, where a model of it is live. */
  readonly late?: ComputedLate | null;
  /** The rules that decided, ready. */
  readonly rules: LiveRules;
  /** Content hash of the rule set that decided. */
  readonly rulesHash: string;
}

/** One row's answer: a rating, or the error that kept it from being rated. */
export type RowResult = ServedRating | { readonly error: unknown };

/** Rates requests against one held deployment. */
export interface RatingService {
  /** Rates one request; throws what kept it from being rated. */
  rateOne(lease: Lease, request: RatingRequest): Promise<ServedRating>;
  /** Rates rows, in order, one result each; customers are looked up together. */
  rateRows(lease: Lease, requests: readonly RatingRequest[]): Promise<RowResult[]>;
}

/** What is known of the sources behind the features. */
type SourceFindings = Pick<RatingInput, 'staleSources' | 'incompleteSources'>;

/** Features that came in the request have no source of ours. */
const NO_SOURCES: SourceFindings = { staleSources: [], incompleteSources: [] };

/** Who rates one row, and as of when. */
interface Assignment {
  readonly asOf: AsOf;
  readonly choice: SlotChoice;
  readonly champion: LiveChampion;
  readonly championOf: 'today' | 'then';
  /** The model that rates: the champion's, or that of the challenger where the customer is in its arm. */
  readonly model: RateableModel;
  readonly arm: (ArmChoice & { readonly why: string }) | null;
  readonly rules: LiveRules;
  /** The champion of late payment that stands beside, where there is one. */
  readonly late: { readonly choice: SlotChoice; readonly champion: LiveChampion } | null;
  /** The customer's segment, where it is known. */
  readonly segment: string | null;
}

/** A row on its way, with its place in the answer. */
interface Row {
  readonly place: number;
  readonly request: RatingRequest;
}

export function createRatingService(
  deps: Pick<ServingDependencies, 'clock' | 'defaults' | 'standards' | 'privacy'>,
  live: Pick<Live, 'championAt' | 'rulesAt'>,
): RatingService {
  const { clock, defaults, standards, privacy } = deps;

  const assign = async (
    lease: Lease,
    request: RatingRequest,
    asOf: AsOf,
    segment: string | null,
  ): Promise<Assignment> => {
    const context = {
      portfolio: request.portfolio ?? defaults.portfolio,
      segment,
      horizonMonths: request.horizonMonths ?? defaults.horizonMonths,
    };
    const choice = chooseSlot(
      lease.champions.map(({ slot }) => slot),
      context,
    );
    const championOf = request.asOf === undefined ? 'today' : (request.model ?? 'today');
    const champion =
      championOf === 'today'
        ? lease.champions.find(({ slot }) => slot === choice.slot)
        : await live.championAt(choice.slot, asOf);
    if (champion === null || champion === undefined)
      throw new ProbityError('NO_CHAMPION_THEN', 'This slot had no champion at that instant.');
    const rules = championOf === 'today' ? lease.rules : await live.rulesAt(asOf);
    const arm = champion.split ? chooseArm(champion.split, request.customerId ?? null) : null;
    const model = arm?.arm === 'challenger' && champion.challenger ? champion.challenger : champion.model;
    const late = await lateBeside(lease, context, championOf, asOf);
    return { asOf, choice, champion, championOf, model, arm, rules, late, segment };
  };

  const lateBeside = async (
    lease: Lease,
    context: SlotContext,
    championOf: Assignment['championOf'],
    asOf: AsOf,
  ): Promise<Assignment['late']> => {
    const choice = chooseLateSlot(
      lease.champions.map(({ slot }) => slot),
      context,
    );
    if (choice === null) return null;
    const champion =
      championOf === 'today'
        ? lease.champions.find(({ slot }) => slot === choice.slot)
        : await live.championAt(choice.slot, asOf);
    return champion === null || champion === undefined ? null : { choice, champion };
  };

  const served = async (
    request: RatingRequest,
    { asOf, choice, champion, championOf, model, arm, rules, late, segment }: Assignment,
    values: FeatureValues,
    sources: SourceFindings,
    snapshot: RatingInputs1['snapshot'],
    lateValues: FeatureValues = values,
    withheld: readonly WithheldFeature[] = [],
  ): Promise<ServedRating> => {
    const { features: _, dryRun: __, ...given } = request;
    const asked = decisionInputs(request, segment, rules.set.decision.currency);
    const why = arm === null ? choice.why : `${choice.why}; ${arm.why}`;
    const split = arm === null ? {} : { arm: { arm: arm.arm, share: arm.share, splitId: arm.splitId } };
    // Keys in the order of canonical JSON, which evidence is written in.
    const inputs: DecisionInputs1 = {
      asOf,
      champion: { ...split, of: championOf, since: champion.from, slot: slotKey(choice.slot), why },
      decision: { facts: asked.facts, latePayment: null, request: asked.request, tables: rules.engine },
      horizonMonths: model.artefact.target.horizonMonths ?? choice.slot.horizonMonths,
      incompleteSources: sources.incompleteSources,
      request: given,
      snapshot,
      staleSources: sources.staleSources,
      values: evidencedValues(model, values, featuresAskedFor(rules)),
      ...(withheld.length === 0 ? {} : { withheld }),
    };
    const explainedOf = (decision: Decision): Explained => ({
      decision,
      model,
      values: inputs.values,
      set: rules.set,
      standards,
    });
    const rulesHash = rules.set.hash;
    if (late === null) {
      const { rating, decision } = await decideInputs1(model, standards, rules, inputs);
      return { rating, decision, explained: explainedOf(decision), inputs, rules, rulesHash };
    }
    const { model: lateModel, from } = late.champion;
    const { slot, why: whyLate } = late.choice;
    const lateInputs: LateInputs = {
      values: evidencedValues(lateModel, lateValues),
      lateDays: slot.lateDays ?? 0,
      horizonMonths: lateModel.artefact.target.horizonMonths ?? slot.horizonMonths,
      champion: { slot: slotKey(slot), since: from, of: championOf, why: whyLate },
    };
    const decided = await decideInputs2(model, lateModel, standards, rules, inputs, lateInputs);
    return {
      rating: decided.rating,
      decision: decided.decision,
      explained: explainedOf(decided.decision),
      inputs: decided.inputs,
      late: { model: lateModel, risk: decided.late, inputs: lateInputs },
      rules,
      rulesHash,
    };
  };

  /** Rates rows by customer as of one instant: one look-up for the segments where slots need them, then one for each model. */
  const rateCustomers = async (lease: Lease, rows: readonly Row[], asOf: AsOf, results: RowResult[]): Promise<void> => {
    const reader = lease.snapshot?.reader;
    if (reader === undefined)
      throw new ProbityError('NOT_READY', 'No feature snapshot has been published; customers cannot be looked up.');
    const bySegment = lease.champions.some(({ slot }) => slot.segment !== null) || asksForSegment(lease.rules);
    const segments = bySegment ? await reader.segmentsOf(idsOf(rows), asOf) : new Map<string, string | null>();
    const byModel = new Map<string, { readonly row: Row; readonly assignment: Assignment }[]>();
    for (const row of rows) {
      await settle(results, row.place, async () => {
        const assignment = await assign(lease, row.request, asOf, segments.get(row.request.customerId ?? '') ?? null);
        const models = `${assignment.model.hash} ${assignment.late?.champion.model.hash ?? ''}`;
        byModel.set(models, [...(byModel.get(models) ?? []), { row, assignment }]);
        return null;
      });
    }
    for (const group of byModel.values()) await rateGroup(reader, group, asOf, results);
  };

  /** The source tables that each customer gives no basis for; the database is asked only where the policy leaves some to each. */
  const lackingOf = async (
    ids: readonly string[],
    asOf: AsOf,
    answers: readonly FeatureAnswer[],
  ): Promise<ReadonlyMap<string, readonly string[]>> => {
    if (privacy.bases.policy.coversAll(CREDIT_DECISION, asOf)) return new Map();
    const tables = new Set(answers.flatMap((answer) => Object.values(answer.tables).flat()));
    return privacy.bases.lacking(ids, tables, asOf);
  };

  const rateGroup = async (
    reader: FeatureReader,
    group: readonly { readonly row: Row; readonly assignment: Assignment }[],
    asOf: AsOf,
    results: RowResult[],
  ): Promise<void> => {
    const views = group[0]?.assignment.model.artefact.provenance.featureViews ?? {};
    const lateViews = group[0]?.assignment.late?.champion.model.artefact.provenance.featureViews ?? {};
    // Two models that were trained with the same versions of their views share one look-up.
    const agree = Object.entries(lateViews).every(([view, hash]) => (views[view] ?? hash) === hash);
    try {
      const ids = idsOf(group.map(({ row }) => row));
      const found = await reader.featuresOf(ids, asOf, agree ? { ...lateViews, ...views } : views);
      const late = agree ? found : await reader.featuresOf(ids, asOf, lateViews);
      const { snapshotId, asOf: snapshotAsOf } = reader;
      const features = { factsThrough: found.factsThrough, snapshotAsOf, snapshotId };
      const { staleSources, incompleteSources } = found;
      const sources = { staleSources, incompleteSources };
      const lacking = await lackingOf(ids, asOf, [found, late]);
      for (const { row, assignment } of group)
        await settle(results, row.place, () => {
          const values = found.customers.get(row.request.customerId ?? '');
          if (values === undefined)
            throw new ProbityError('UNKNOWN_CUSTOMER', 'No customer with this id is known as of that instant.');
          const { customerId = '' } = row.request;
          const lateValues = late.customers.get(customerId) ?? {};
          const without = lacking.get(customerId) ?? [];
          if (without.length === 0) return served(row.request, assignment, values, sources, features, lateValues);
          const withheld = withheldOf(assignment, without, { ...late.tables, ...found.tables });
          const [kept, keptLate] = [values, lateValues].map((all) => withoutFeatures(all, withheld)) as [
            FeatureValues,
            FeatureValues,
          ];
          return served(row.request, assignment, kept, sources, features, keptLate, withheld);
        });
    } catch (error) {
      if (group.length > 1 && !isProbityError(error)) {
        // The facts of one customer may be what fails: the others are rated without it.
        const half = group.length >> 1;
        await rateGroup(reader, group.slice(0, half), asOf, results);
        await rateGroup(reader, group.slice(half), asOf, results);
        return;
      }
      for (const { row } of group) results[row.place] = { error };
    }
  };

  const rateRows = async (lease: Lease, requests: readonly RatingRequest[]): Promise<RowResult[]> => {
    const results: RowResult[] = Array.from({ length: requests.length });
    const now = toAsOf(clock.now());
    const byInstant = new Map<AsOf, Row[]>();
    for (const [place, request] of requests.entries()) {
      await settle(results, place, async () => {
        const asOf = instantOf(request, now);
        if (request.customerId !== undefined) {
          if (privacy.isErased(request.customerId)) throw subjectErased();
          byInstant.set(asOf, [...(byInstant.get(asOf) ?? []), { place, request }]);
          return null;
        }
        const assignment = await assign(lease, request, asOf, request.segment ?? null);
        const beside = assignment.late?.champion.model ?? null;
        const values = checkedFeatures(assignment.model, request.features, beside);
        return served(request, assignment, values, NO_SOURCES, null);
      });
    }
    for (const [asOf, rows] of byInstant) {
      try {
        await rateCustomers(lease, rows, asOf, results);
      } catch (error) {
        for (const { place } of rows) results[place] = { error };
      }
    }
    return results;
  };

  return {
    rateRows,
    async rateOne(lease, request) {
      const [result] = await rateRows(lease, [request]);
      if (result === undefined || 'error' in result) throw result?.error;
      return result;
    },
  };
}

/** Whether a decision may depend on the customer's segment. */
function asksForSegment({ set }: LiveRules): boolean {
  const tables = [...set.policy, ...set.score.map(({ table }) => table), set.limits, set.terms, ...set.warnings];
  return (
    Object.keys(set.loss.segments).length > 0 ||
    Object.keys(set.decision.cutoffs.segments).length > 0 ||
    tables.some(({ fields }) => fields.some(({ name }) => name === 'customer.segment'))
  );
}

/** What models and rules ask for that is made from tables without a basis: each such feature with each such table. */
function withheldOf(
  { model, rules, late }: Assignment,
  without: readonly string[],
  tables: FeatureAnswer['tables'],
): readonly WithheldFeature[] {
  const terms = [model, ...(late === null ? [] : [late.champion.model])].flatMap(
    ({ artefact }) => artefact.model.terms,
  );
  const asked = new Set([...terms.map(({ name }) => name), ...featuresAskedFor(rules)]);
  return [...asked].flatMap((feature) =>
    (Object.hasOwn(tables, feature) ? (tables[feature] ?? []) : [])
      .filter((source) => without.includes(source))
      .map((source) => ({ feature, source })),
  );
}

function withoutFeatures(values: FeatureValues, withheld: readonly WithheldFeature[]): FeatureValues {
  const names = new Set(withheld.map(({ feature }) => feature));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));
}

/** Puts what `work` answers (null: later) or throws into its place. */
async function settle(
  results: RowResult[],
  place: number,
  work: () => Promise<ServedRating | null> | ServedRating | null,
): Promise<void> {
  try {
    const result = await work();
    if (result !== null) results[place] = result;
  } catch (error) {
    results[place] = { error };
  }
}

function idsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map(({ request }) => request.customerId ?? ''))];
}

function instantOf(request: RatingRequest, now: AsOf): AsOf {
  if (request.asOf === undefined) return now;
  const at = toAsOf(request.asOf);
  if (at <= now) return at;
  throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
    problems: [{ at: 'asOf', message: 'This instant lies in the future.' }],
  });
}
