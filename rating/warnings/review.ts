import {
  clusteredDifference,
  clusteredMedian,
  clusteredShare,
  type Bounded,
  type ClusteredMedian,
  type ClusteredShare,
  type ClusteredSide,
} from '../../models/metrics/index.ts';
import { wasTaken } from './measures.ts';
import type { EarlyWarning } from './warning.ts';

/** What became of a warning's customer within the performance window that began when it was raised. */
export interface WarningFate {
  readonly warning: EarlyWarning;
  /** `default` with its day, where its source tells; `none`: the window is over without one; null: not known yet. */
  readonly fate: { readonly kind: 'default'; readonly at: string | null } | { readonly kind: 'none' } | null;
}

/** A customer without a warning, and whether it defaulted within the window. */
export interface UnwarnedCustomer {
  readonly customerId: string;
  readonly bad: boolean;
}

export interface ReviewOptions {
  /** The customers without a warning of whom it is known: their default rate is what a rule must beat. */
  readonly unwarned: readonly UnwarnedCustomer[];
  /** Customers with a known fate below which nothing is concluded (default 30). */
  readonly least?: number;
  readonly level?: number;
}

/**
 * What may be said of a rule, by the interval of its precision less the default rate of the customers without a warning: it helps where all of it lies above 0, and never helps
 * where all of it lies at or below.
 */
export type RuleVerdict = 'helps' | 'never-helps' | 'no-difference-shown' | 'too-few';

export interface RuleReview {
  /** Code of the warning. */
  readonly code: string;
  readonly raised: number;
  /** With a known fate. */
  readonly known: number;
  /** Share of the known that defaulted, clustered by customer; null: none is known. */
  readonly precision: ClusteredShare | null;
  /** Days from the warning to the default, over those that defaulted on a known day, clustered by customer; null: none did. */
  readonly leadDays: ClusteredMedian | null;
  /** Share that somebody let lie beyond a deadline to acknowledge it, clustered by customer. */
  readonly ignored: ClusteredShare;
  /** Default rate where a countermeasure was carried out, less that where none was. Chosen by people: no causal effect. Null: a side is empty. */
  readonly withMeasures: MeasureContrast | null;
  readonly verdict: RuleVerdict;
}

export interface MeasureContrast {
  /** Warnings, and the customers of them. */
  readonly treated: number;
  readonly untreated: number;
  readonly treatedCustomers: number;
  readonly untreatedCustomers: number;
  /** Customers with warnings on both sides. */
  readonly shared: number;
  /** Clustered by customer, the shared ones as pairs; null: fewer than `least` customers on a side. */
  readonly difference: Bounded | null;
}

export interface WarningReview {
  readonly rules: readonly RuleReview[];
  /** Codes of the rules whose precision is, provably, no better than the base rate. */
  readonly neverHelp: readonly string[];
  /** Default rate of the customers without a warning; null: of none is it known. */
  readonly baseRate: number | null;
  /** Customers below which nothing is concluded, of a rule as of the base rate. */
  readonly minimumSample: number;
}

const DAY_MS = 86_400_000;

/**
 * What warnings were worth, by rule: precision, lead time before default, the ignored share, and default rates with and without countermeasures, with
 * intervals. A countermeasure that works makes its warning look false, so precision is of the warnings without one where there are enough of
 * them (`least`), else of all.
 */
export function reviewWarnings(
  fates: readonly WarningFate[],
  { unwarned, least = 30, level = 0.95 }: ReviewOptions,
): WarningReview {
  const codes = [...new Set(fates.map(({ warning }) => warning.code))].sort();
  const rules = codes.map((code) =>
    reviewRule(
      code,
      fates.filter(({ warning }) => warning.code === code),
      { unwarned, least, level },
    ),
  );
  return {
    rules,
    neverHelp: rules.filter(({ verdict }) => verdict === 'never-helps').map(({ code }) => code),
    baseRate: unwarned.length === 0 ? null : unwarned.filter(({ bad }) => bad).length / unwarned.length,
    minimumSample: least,
  };
}

function reviewRule(
  code: string,
  fates: readonly WarningFate[],
  { unwarned, least, level }: Required<ReviewOptions>,
): RuleReview {
  const known = fates.filter(({ fate }) => fate !== null);
  const treated = known.filter(({ warning }) => warning.measures.some(({ state }) => state === 'confirmed'));
  const untreated = known.filter(({ warning }) => !warning.measures.some(wasTaken));
  const basis = customersOf(untreated) >= least ? untreated : known;
  const places = placesOf([
    ...fates.map(({ warning }) => warning.customerId),
    ...unwarned.map(({ customerId }) => customerId),
  ]);
  const clusterOf = (some: readonly WarningFate[]) => some.map(({ warning }) => places.get(warning.customerId)!);
  const sideOf = (some: readonly WarningFate[]): ClusteredSide => ({ bad: some.map(isBad), cluster: clusterOf(some) });
  const withoutWarning: ClusteredSide = {
    bad: unwarned.map(({ bad }) => Number(bad)),
    cluster: unwarned.map(({ customerId }) => places.get(customerId)!),
  };
  const precision = basis.length === 0 ? null : clusteredShare(basis.map(isBad), clusterOf(basis), level);
  const dated = known.filter((each) => !Number.isNaN(daysAhead(each)));
  const ignored = fates.map(({ warning }) => Number(warning.ignored));
  return {
    code,
    raised: fates.length,
    known: known.length,
    precision,
    leadDays: dated.length === 0 ? null : clusteredMedian(dated.map(daysAhead), clusterOf(dated), level),
    ignored: clusteredShare(ignored, clusterOf(fates), level),
    withMeasures: contrastOf(sideOf(treated), sideOf(untreated), least, level),
    verdict: verdictOf(sideOf(basis), withoutWarning, least, level),
  };
}

function verdictOf(warned: ClusteredSide, unwarned: ClusteredSide, least: number, level: number): RuleVerdict {
  if ([warned, unwarned].some(({ cluster }) => new Set(Array.from(cluster)).size < least)) return 'too-few';
  const { low, high } = clusteredDifference(warned, unwarned, level);
  return low > 0 ? 'helps' : high <= 0 ? 'never-helps' : 'no-difference-shown';
}

const isBad = ({ fate }: WarningFate): number => (fate?.kind === 'default' ? 1 : 0);
const customersOf = (fates: readonly WarningFate[]): number =>
  new Set(fates.map(({ warning }) => warning.customerId)).size;

/** A number for each customer. */
const placesOf = (customers: readonly string[]): ReadonlyMap<string, number> =>
  new Map([...new Set(customers)].map((id, place) => [id, place]));

/** From the warning to the default; NaN: there was none, or nobody tells its day. */
function daysAhead({ warning, fate }: WarningFate): number {
  if (fate?.kind !== 'default' || fate.at === null) return Number.NaN;
  return (Date.parse(fate.at) - Date.parse(warning.openedAt)) / DAY_MS;
}

function contrastOf(
  treated: ClusteredSide,
  untreated: ClusteredSide,
  least: number,
  level: number,
): MeasureContrast | null {
  const [of, others] = [new Set(Array.from(treated.cluster)), new Set(Array.from(untreated.cluster))];
  if (of.size === 0 || others.size === 0) return null;
  return {
    treated: treated.bad.length,
    untreated: untreated.bad.length,
    treatedCustomers: of.size,
    untreatedCustomers: others.size,
    shared: [...of].filter((customer) => others.has(customer)).length,
    difference: Math.min(of.size, others.size) < least ? null : clusteredDifference(treated, untreated, level),
  };
}
