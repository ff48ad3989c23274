import { asOf as toAsOf, ProbityError, type AsOf, type Instant } from '../../base/index.ts';
import type { FeatureValues } from '../../models/artefact/index.ts';
import { chooseSlot, rate, type Rating, type SlotChoice, type StaleSource } from '../../rating/index.ts';
import type { CustomerFeatures, ServingDependencies } from '../dependencies.ts';
import type { LiveChampion } from '../live/deployment.ts';
import { viewProblems } from '../live/deployment.ts';
import type { Lease, Live } from '../live/live.ts';
import { checkedFeatures } from './features.ts';
import type { RatingRequest } from './request.ts';

/** A rating with where it comes from. */
export interface ServedRating {
  readonly rating: Rating;
  readonly asOf: Instant;
  readonly customerId: string | null;
  readonly champion: LiveChampion;
  /** Whose champion rated: today's, or the past instant's. */
  readonly championOf: 'today' | 'then';
  readonly choice: SlotChoice;
  /** What the features were computed from; null where they came in the request. */
  readonly features: {
    readonly snapshotId: string;
    readonly snapshotAsOf: Instant;
    readonly factsThrough: number;
  } | null;
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

export function createRatingService(
  deps: Pick<ServingDependencies, 'clock' | 'defaults' | 'standards'>,
  live: Pick<Live, 'championAt'>,
): RatingService {
  const { clock, defaults, standards } = deps;

  const instantOf = (request: RatingRequest): AsOf => {
    const now = clock.now();
    if (request.asOf === undefined) return toAsOf(now);
    const at = toAsOf(request.asOf);
    if (at <= now) return at;
    throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
      problems: [{ at: 'asOf', message: 'This instant lies in the future.' }],
    });
  };

  const finish = async (
    lease: Lease,
    request: RatingRequest,
    at: AsOf,
    known: { readonly customer: CustomerFeatures; readonly factsThrough: number } | null,
  ): Promise<ServedRating> => {
    const context = {
      portfolio: request.portfolio ?? defaults.portfolio,
      segment: known === null ? (request.segment ?? null) : known.customer.segment,
      horizonMonths: request.horizonMonths ?? defaults.horizonMonths,
    };
    const choice = chooseSlot(
      lease.champions.map(({ slot }) => slot),
      context,
    );
    const today = lease.champions.find(({ slot }) => slot === choice.slot) as LiveChampion;
    const championOf = request.asOf === undefined ? 'today' : (request.model ?? 'today');
    const champion = championOf === 'today' ? today : await live.championAt(choice.slot, at);
    if (champion === null) throw new ProbityError('NO_CHAMPION_THEN', 'This slot had no champion at that instant.');
    const reader = lease.snapshot?.reader ?? null;
    let values: FeatureValues;
    let staleSources: readonly StaleSource[] = [];
    if (known === null) {
      values = checkedFeatures(champion.model, request.features);
    } else {
      const problems = championOf === 'then' ? viewProblems(champion, reader) : [];
      if (problems.length > 0)
        throw new ProbityError('NOT_READY', 'Then’s champion needs feature views that cannot be executed.', {
          problems,
        });
      ({ values, staleSources } = known.customer);
    }
    return {
      rating: rate(champion.model, standards, {
        values,
        staleSources,
        horizonMonths: champion.model.artefact.target.horizonMonths ?? choice.slot.horizonMonths,
      }),
      asOf: at,
      customerId: request.customerId ?? null,
      champion,
      championOf,
      choice,
      features:
        known === null || reader === null
          ? null
          : { snapshotId: reader.snapshotId, snapshotAsOf: reader.asOf, factsThrough: known.factsThrough },
    };
  };

  const rateRows = async (lease: Lease, requests: readonly RatingRequest[]): Promise<RowResult[]> => {
    const results: RowResult[] = Array.from({ length: requests.length });
    const byInstant = new Map<AsOf, number[]>();
    const now = toAsOf(clock.now());
    for (const [row, request] of requests.entries()) {
      try {
        const at = request.asOf === undefined ? now : instantOf(request);
        if (request.customerId === undefined) results[row] = await finish(lease, request, at, null);
        else byInstant.set(at, [...(byInstant.get(at) ?? []), row]);
      } catch (error) {
        results[row] = { error };
      }
    }
    for (const [at, rows] of byInstant) {
      try {
        const reader = lease.snapshot?.reader;
        if (reader === undefined)
          throw new ProbityError('NOT_READY', 'No feature snapshot has been published; customers cannot be looked up.');
        const ids = [...new Set(rows.map((row) => requests[row]?.customerId ?? ''))];
        const { customers, factsThrough } = await reader.featuresOf(ids, at);
        for (const row of rows) {
          const request = requests[row] as RatingRequest;
          const customer = customers.get(request.customerId ?? '');
          try {
            if (customer === undefined)
              throw new ProbityError('UNKNOWN_CUSTOMER', 'No customer with this id is known as of that instant.');
            results[row] = await finish(lease, request, at, { customer, factsThrough });
          } catch (error) {
            results[row] = { error };
          }
        }
      } catch (error) {
        for (const row of rows) results[row] = { error };
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
