import { epochMillis, instant, type Instant } from '../../base/index.ts';
import { makeDataset } from '../../models/dataset/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import { compareModels, type ModelComparison, type ProfitBasis } from '../../models/validation/index.ts';
import type { Shadow } from '../../records/shadows/index.ts';

/** A rating that a shadow scored, with what became of the customer. */
export interface ShadowedRating {
  readonly ratingId: string;
  readonly customerId: string;
  readonly asOf: Instant;
  /** The PD of the model that decided, and of the shadow. */
  readonly deciderPd: number;
  readonly shadowPd: number;
  /** Whether the customer defaulted within the horizon; null: the window is open, or it cannot be told. */
  readonly bad: boolean | null;
}

/** A shadow (first) beside the models that decided (second), on the same matured ratings. */
export interface ShadowComparison {
  readonly shadowId: string;
  readonly slot: string;
  readonly modelHash: string;
  /** Ratings that the shadow scored of customers who can be named. */
  readonly scored: number;
  readonly matured: number;
  /** Ratings whose outcome nobody can know yet. */
  readonly open: {
    readonly ratings: number;
    /** When the next of them can be known; null: none is open. */
    readonly knowable: Instant | null;
    /** When the last of them can be known. */
    readonly allKnowable: Instant | null;
  };
  /** Ratings whose window has closed without an outcome that can be told: in default already, or indeterminate. */
  readonly untold: number;
  /** The data's end: outcomes are known up to here. */
  readonly cutoff: Instant;
  /** Null where no rating, or none of either outcome, has matured. */
  readonly comparison: ModelComparison | null;
}

/** The end of a performance window: as many months later, the month's last day where that day does not exist. */
export function windowEnd(from: Instant, months: number): Instant {
  const start = new Date(from);
  const end = new Date(from);
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  const last = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(start.getUTCDate(), last));
  return instant(end);
}

/**
 * Compares a shadow with what decided, on ratings whose outcomes have matured: the paired test of `compareModels`, by customer where some
 * were rated several times, with its power. What has not matured is counted and dated, never guessed.
 */
export function compareShadow(
  shadow: Pick<Shadow, 'shadowId' | 'slot' | 'modelHash'>,
  ratings: readonly ShadowedRating[],
  cutoff: Instant,
  profit: ProfitBasis['model'] | null = null,
): ShadowComparison {
  const ends = ratings.map(({ asOf }) => windowEnd(asOf, shadow.slot.horizonMonths));
  const open = ends.filter((end, i) => ratings[i]?.bad === null && end > cutoff).sort();
  const matured = ratings.filter(({ bad }) => bad !== null);
  const bads = matured.reduce((sum, { bad }) => sum + (bad === true ? 1 : 0), 0);
  return {
    shadowId: shadow.shadowId,
    slot: slotKey(shadow.slot),
    modelHash: shadow.modelHash,
    scored: ratings.length,
    matured: matured.length,
    open: { ratings: open.length, knowable: open[0] ?? null, allKnowable: open.at(-1) ?? null },
    untold: ratings.length - matured.length - open.length,
    cutoff,
    comparison: bads === 0 || bads === matured.length ? null : paired(shadow.modelHash, matured, profit),
  };
}

function paired(
  modelHash: string,
  matured: readonly ShadowedRating[],
  profit: ProfitBasis['model'] | null,
): ModelComparison {
  const customers = new Map<string, number>();
  for (const { customerId } of matured) if (!customers.has(customerId)) customers.set(customerId, customers.size);
  const rows = makeDataset({
    rows: matured.length,
    columns: [],
    features: [],
    bad: Uint8Array.from(matured, ({ bad }) => (bad === true ? 1 : 0)),
    weight: null,
    group: Int32Array.from(matured, ({ customerId }) => customers.get(customerId) ?? 0),
    time: Float64Array.from(matured, ({ asOf }) => epochMillis(asOf)),
    ids: matured.map(({ ratingId }) => ratingId),
  });
  const pds = (of: (rating: ShadowedRating) => number) => Float64Array.from(matured, of);
  return compareModels(
    { model: modelHash, pd: pds(({ shadowPd }) => shadowPd) },
    { model: 'the models that decided', pd: pds(({ deciderPd }) => deciderPd) },
    rows,
    profit ? { model: profit } : {},
  );
}
