import { instant, type Instant, type Tenant } from '../../base/index.ts';
import type { AskedOutcome, KnownOutcomes } from '../../pipelines/compose/known-outcomes.ts';
import {
  reviewWarnings,
  subjectIsIndustry,
  type EarlyWarning,
  type WarningFate,
  type WarningReview,
} from '../../rating/index.ts';
import { ratedFacts } from '../../records/changes/index.ts';
import type { Database } from '../../records/database/index.ts';
import { ratingsWithin } from '../../records/ratings/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';

/** What `probity warnings review` answers. */
export interface ReviewedWarnings extends WarningReview {
  readonly period: { readonly from: Instant; readonly until: Instant };
  /** Until when outcomes are known. */
  readonly knownUntil: Instant;
  /** Customers rated in the period without a warning, whose outcome is known: the base rate is theirs. */
  readonly unwarned: number;
}

/**
 * Reviews the warnings raised within [from, until): a warning's window begins when it was raised, that of a customer rated without a warning at the first
 * rating. An industry does not default, so a warning about one has no fate.
 */
export async function reviewOfPeriod(
  database: Database,
  tenant: Tenant,
  period: ReviewedWarnings['period'],
  outcomes: (asked: readonly AskedOutcome[]) => Promise<KnownOutcomes>,
): Promise<ReviewedWarnings> {
  const raised = await createWarnings(database, tenant).opened(period.from, period.until);
  const warned = new Set(raised.map(({ customerId }) => customerId));
  const unwarned = (await firstRatings(database, tenant, period)).filter(({ customerId }) => !warned.has(customerId));
  const ofCustomers = raised.filter(({ customerId }) => !subjectIsIndustry(customerId));
  const known = await outcomes([...ofCustomers.map(askedOf), ...unwarned]);
  const others = unwarned.flatMap((each) => known.badOf(each) ?? []);
  const baseRate = others.length === 0 ? Number.NaN : others.filter(Boolean).length / others.length;
  return {
    period,
    knownUntil: known.cutoff,
    unwarned: others.length,
    ...reviewWarnings(
      raised.map((warning) => ({ warning, fate: fateOf(warning, known) })),
      { baseRate },
    ),
  };
}

const askedOf = ({ customerId, openedAt }: EarlyWarning): AskedOutcome => ({ customerId, asOf: instant(openedAt) });

function fateOf(warning: EarlyWarning, known: KnownOutcomes): WarningFate['fate'] {
  if (subjectIsIndustry(warning.customerId)) return null;
  const asked = askedOf(warning);
  const bad = known.badOf(asked);
  if (bad === null) return null;
  return bad ? { kind: 'default', at: known.badAt(asked) } : { kind: 'none' };
}

/** Each customer's first rating recorded within a period. */
async function firstRatings(
  database: Database,
  tenant: Tenant,
  period: ReviewedWarnings['period'],
): Promise<readonly AskedOutcome[]> {
  const first = new Map<string, Instant>();
  for await (const { evidence } of ratingsWithin(database, tenant, period)) {
    const facts = evidence === null ? null : ratedFacts(evidence);
    if (facts === null || facts.customerId === null || first.has(facts.customerId)) continue;
    first.set(facts.customerId, instant(facts.rating.asOf));
  }
  return [...first].map(([customerId, asOf]) => ({ customerId, asOf }));
}
