import {
  clusteredShare,
  shareDifference,
  wilsonInterval,
  type Bounded,
  type ClusteredShare,
} from '../../models/metrics/index.ts';
import { wasTaken } from './measures.ts';
import type { EarlyWarning } from './warning.ts';

/** What became of a warning's customer within the performance window that began when it was raised. */
export interface WarningFate {
  readonly warning: EarlyWarning;
  /** `default` with its day, where its source tells; `none`: the window is over without one; null: not known yet. */
  readonly fate: { readonly kind: 'default'; readonly at: string | null } | { readonly kind: 'none' } | null;
}

export interface ReviewOptions {
  /** Share of the customers without a warning that defaulted within a window: what a rule must beat. */
  readonly baseRate: number;
  /** Customers with a known fate below which nothing is concluded (default 30). */
  readonly least?: number;
  readonly level?: number;
}

/** What may be said of a rule: it helps where the whole interval of its precision lies above the base rate. */
export type RuleVerdict = 'helps' | 'never-helps' | 'no-difference-shown' | 'too-few';

export interface RuleReview {
  /** Code of the warning. */
  readonly code: string;
  readonly raised: number;
  /** With a known fate. */
  readonly known: number;
  /** Share of the known that defaulted, clustered by customer; null: none is known. */
  readonly precision: ClusteredShare | null;
  /** Days from the warning to the default: quartiles over those that defaulted; null: none did. */
  readonly leadDays: { readonly q1: number; readonly median: number; readonly q3: number } | null;
  /** Share that somebody let lie beyond a deadline to acknowledge it. */
  readonly ignored: Bounded;
  /** Default rate where a countermeasure was carried out, less that where none was. Chosen by people: no causal effect. */
  readonly withMeasures: MeasureContrast | null;
  readonly verdict: RuleVerdict;
}

export interface MeasureContrast {
  readonly treated: number;
  readonly untreated: number;
  readonly difference: Bounded;
}

export interface WarningReview {
  readonly rules: readonly RuleReview[];
  /** Codes of the rules whose precision is, provably, no better than the base rate. */
  readonly neverHelp: readonly string[];
  readonly baseRate: number;
}

const DAY_MS = 86_400_000;

/**
 * What warnings were worth, by rule: precision, lead time before default, the ignored share, and default rates with and without countermeasures, with
 * intervals. A countermeasure that works makes its warning look false, so precision is of the warnings without one where there are enough of
 * them (`least`), else of all.
 */
export function reviewWarnings(fates: readonly WarningFate[], options: ReviewOptions): WarningReview {
  const codes = [...new Set(fates.map(({ warning }) => warning.code))].sort();
  const rules = codes.map((code) =>
    reviewRule(
      code,
      fates.filter(({ warning }) => warning.code === code),
      options,
    ),
  );
  return {
    rules,
    neverHelp: rules.filter(({ verdict }) => verdict === 'never-helps').map(({ code }) => code),
    baseRate: options.baseRate,
  };
}

function reviewRule(
  code: string,
  fates: readonly WarningFate[],
  { baseRate, least = 30, level = 0.95 }: ReviewOptions,
): RuleReview {
  const known = fates.filter(({ fate }) => fate !== null);
  const treated = known.filter(({ warning }) => warning.measures.some(({ state }) => state === 'confirmed'));
  const untreated = known.filter(({ warning }) => !warning.measures.some(wasTaken));
  const basis = customersOf(untreated) >= least ? untreated : known;
  const precision = basis.length === 0 ? null : shareOf(basis, level);
  const days = known
    .flatMap(({ warning, fate }) =>
      fate?.kind === 'default' && fate.at !== null
        ? [(Date.parse(fate.at) - Date.parse(warning.openedAt)) / DAY_MS]
        : [],
    )
    .sort((a, b) => a - b);
  const ignored = fates.filter(({ warning }) => warning.ignored).length;
  return {
    code,
    raised: fates.length,
    known: known.length,
    precision,
    leadDays:
      days.length === 0 ? null : { q1: quantile(days, 0.25), median: quantile(days, 0.5), q3: quantile(days, 0.75) },
    ignored: wilsonInterval(ignored, fates.length, level),
    withMeasures:
      treated.length === 0 || untreated.length === 0
        ? null
        : {
            treated: treated.length,
            untreated: untreated.length,
            difference: shareDifference(effective(treated, level), effective(untreated, level), level),
          },
    verdict: verdictOf(precision, baseRate, least),
  };
}

function verdictOf(precision: ClusteredShare | null, baseRate: number, least: number): RuleVerdict {
  if (precision === null || precision.customers < least) return 'too-few';
  if (precision.low > baseRate) return 'helps';
  return precision.high <= baseRate ? 'never-helps' : 'no-difference-shown';
}

const isBad = ({ fate }: WarningFate): number => (fate?.kind === 'default' ? 1 : 0);
const customersOf = (fates: readonly WarningFate[]): number =>
  new Set(fates.map(({ warning }) => warning.customerId)).size;

function shareOf(fates: readonly WarningFate[], level: number): ClusteredShare {
  const places = new Map<string, number>();
  const cluster = fates.map(({ warning: { customerId } }) => {
    const place = places.get(customerId) ?? places.size;
    places.set(customerId, place);
    return place;
  });
  return clusteredShare(fates.map(isBad), cluster, level);
}

/** As many independent warnings as would be as sure. */
function effective(fates: readonly WarningFate[], level: number): { count: number; n: number } {
  const { value, effectiveRows } = shareOf(fates, level);
  return { count: value * effectiveRows, n: effectiveRows };
}

/** Nearest rank. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
