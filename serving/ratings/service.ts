import { asOf as toAsOf, isProbityError, ProbityError, type AsOf } from '../../base/index.ts';
import { SEGMENT, type LiveRules } from '../../rating/index.ts';
import { CREDIT_DECISION } from '../../records/privacy/index.ts';
import { subjectErased } from '../customers/privacy.ts';
import { refuseDirectId } from '../customers/pseudonymous.ts';
import type { FeatureReader, SegmentAnswer, ServingDependencies } from '../dependencies.ts';
import type { Lease, Live } from '../live/live.ts';
import { createAssign, modelsBeside, type Assignment } from './assignment.ts';
import {
  featuresBeside,
  lookUp,
  sameValues,
  viewsTogether,
  withheldOf,
  withoutFeatures,
  withoutSegments,
  type Looked,
  type Segments,
  type ValuesByModel,
} from './feature-values.ts';
import { checkedFeatures } from './features.ts';
import { amountsLeftOut } from './known-amounts.ts';
import type { RatingRequest } from './request.ts';
import { createServed, type ServedRating, type SourceFindings } from './served.ts';

/** One row's answer: a rating, or the error that kept it from being rated. */
export type RowResult = ServedRating | { readonly error: unknown };

/** Rates requests against one held deployment. */
export interface RatingService {
  /** Rates one request; throws what kept it from being rated. */
  rateOne(lease: Lease, request: RatingRequest): Promise<ServedRating>;
  /** Rates rows, in order, one result each; customers are looked up together. */
  rateRows(lease: Lease, requests: readonly RatingRequest[]): Promise<RowResult[]>;
}

/** Features that came in the request have no source of ours. */
const NO_SOURCES: SourceFindings = { staleSources: [], incompleteSources: [] };

/** A row on its way, with its place in the answer. */
interface Row {
  readonly place: number;
  readonly request: RatingRequest;
}

export function createRatingService(
  deps: Pick<ServingDependencies, 'clock' | 'defaults' | 'standards' | 'privacy' | 'customerKeys'>,
  live: Pick<Live, 'championAt' | 'rulesAt'>,
): RatingService {
  const { clock, standards, privacy, customerKeys } = deps;
  const assign = createAssign(deps, live);

  const served = createServed(standards);

  /** Segments where slots or rules ask for them, without those that are made from tables without a basis; and along with them the features of the models in place, from one look. */
  const segmentsFor = async (
    { champions, rules }: Lease,
    reader: FeatureReader,
    ids: readonly string[],
    asOf: AsOf,
  ): Promise<Segments & { readonly looked: Looked | null }> => {
    const bySegment = champions.some(({ slot }) => slot.segment !== null) || asksForSegment(rules);
    if (!bySegment) return { segments: new Map(), withheld: new Map(), looked: null };
    const lawful = async ({ segments, tables }: SegmentAnswer): Promise<Segments> =>
      withoutSegments(segments, await lackingOf(ids, asOf, tables));
    const views = viewsTogether(
      champions.flatMap(({ model, challenger }) => (challenger ? [model, challenger] : [model])),
    );
    try {
      const asked = featuresBeside(rules);
      const answer = await reader.segmentsOf(ids, asOf, views, asked);
      const { features } = answer;
      return { ...(await lawful(answer)), looked: features && { views, asked, answer: features } };
    } catch {
      // One customer's facts or one model's views may be what fails: segments alone now, and each model's look-up finds out.
      return { ...(await lawful(await reader.segmentsOf(ids, asOf, {}, []))), looked: null };
    }
  };

  /** Rates rows by customer as of one instant: one look-up for all where the models in place rate, one more for each other model. */
  const rateCustomers = async (lease: Lease, rows: readonly Row[], asOf: AsOf, results: RowResult[]): Promise<void> => {
    const reader = lease.snapshot?.reader;
    if (reader === undefined)
      throw new ProbityError('NOT_READY', 'No feature snapshot has been published; customers cannot be looked up.');
    const { segments, withheld, looked } = await segmentsFor(lease, reader, idsOf(rows), asOf);
    const byModel = new Map<string, { readonly row: Row; readonly assignment: Assignment }[]>();
    for (const row of rows) {
      await settle(results, row.place, async () => {
        const assignment = await assign(lease, row.request, asOf, segments.get(row.request.customerId ?? '') ?? null);
        const models = [assignment.model, ...modelsBeside(assignment)].map((model) => model?.hash ?? '').join(' ');
        byModel.set(models, [...(byModel.get(models) ?? []), { row, assignment }]);
        return null;
      });
    }
    for (const group of byModel.values()) await rateGroup(reader, group, asOf, results, looked, withheld);
  };

  /** The source tables that each customer gives no basis for; the database is asked only where the policy leaves some to each. */
  const lackingOf = async (
    ids: readonly string[],
    asOf: AsOf,
    tables: Iterable<string>,
  ): Promise<ReadonlyMap<string, readonly string[]>> =>
    privacy.bases.policy.coversAll(CREDIT_DECISION, asOf) ? new Map() : privacy.bases.lacking(ids, tables, asOf);

  const rateGroup = async (
    reader: FeatureReader,
    group: readonly { readonly row: Row; readonly assignment: Assignment }[],
    asOf: AsOf,
    results: RowResult[],
    looked: Looked | null,
    ofSegment: Segments['withheld'],
  ): Promise<void> => {
    const [first] = group;
    if (first === undefined) return;
    try {
      const ids = idsOf(group.map(({ row }) => row));
      const found = await lookUp(reader, ids, asOf, first.assignment, looked);
      const { snapshotId, asOf: snapshotAsOf } = reader;
      const features = { factsThrough: found.own.factsThrough, snapshotAsOf, snapshotId };
      const { staleSources, incompleteSources } = found.own;
      const sources = { staleSources, incompleteSources };
      const tables = [found.own, found.late, found.term].flatMap(({ tables: of }) => Object.values(of).flat());
      const lacking = await lackingOf(ids, asOf, new Set(tables));
      for (const { row, assignment } of group)
        await settle(results, row.place, () => {
          const { customerId = '' } = row.request;
          const own = found.own.customers.get(customerId);
          if (own === undefined)
            throw new ProbityError('UNKNOWN_CUSTOMER', 'No customer with this id is known as of that instant.');
          const [late = {}, term = {}] = [found.late, found.term].map(({ customers }) => customers.get(customerId));
          const values: ValuesByModel = { own, late, term };
          const without = lacking.get(customerId) ?? [];
          const segment = ofSegment.get(customerId) ?? [];
          if (without.length + segment.length === 0) return served(row.request, assignment, values, sources, features);
          const others = withheldOf(assignment, without, found, amountsLeftOut(row.request.facts));
          const withheld = [...segment, ...others.filter(({ feature }) => segment.length === 0 || feature !== SEGMENT)];
          return served(row.request, assignment, withoutFeatures(values, withheld), sources, features, withheld);
        });
    } catch (error) {
      if (group.length > 1 && !isProbityError(error)) {
        // The facts of one customer may be what fails: the others are rated without it.
        const half = group.length >> 1;
        await rateGroup(reader, group.slice(0, half), asOf, results, looked, ofSegment);
        await rateGroup(reader, group.slice(half), asOf, results, looked, ofSegment);
        return;
      }
      for (const { row } of group) results[row.place] = { error };
    }
  };

  /** Rates one row by the features that came with it. */
  const rateFeatures = async (lease: Lease, request: RatingRequest, asOf: AsOf): Promise<ServedRating> => {
    const assignment = await assign(lease, request, asOf, request.segment ?? null);
    const beside = modelsBeside(assignment).filter((model) => model !== null);
    const values = checkedFeatures(assignment.model, request.features, beside, assignment.rules);
    return served(request, assignment, sameValues(values), NO_SOURCES, null);
  };

  const rateRows = async (lease: Lease, requests: readonly RatingRequest[]): Promise<RowResult[]> => {
    const results: RowResult[] = Array.from({ length: requests.length });
    const now = toAsOf(clock.now());
    const byInstant = new Map<AsOf, Row[]>();
    for (const [place, request] of requests.entries()) {
      await settle(results, place, async () => {
        const asOf = instantOf(request, now);
        if (request.customerId !== undefined) {
          refuseDirectId(request.customerId, customerKeys);
          if (privacy.isErased(request.customerId)) throw subjectErased();
          byInstant.set(asOf, [...(byInstant.get(asOf) ?? []), { place, request }]);
          return null;
        }
        return rateFeatures(lease, request, asOf);
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
      if (request.customerId === undefined)
        return rateFeatures(lease, request, instantOf(request, toAsOf(clock.now())));
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
