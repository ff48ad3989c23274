import { instant, type Instant, type Tenant } from '../../base/index.ts';
import { reviewWarnings, subjectIsIndustry, type EarlyWarning, type WarningFate } from '../../rating/index.ts';
import { ratedFacts } from '../../records/changes/index.ts';
import type { Database } from '../../records/database/index.ts';
import { ratingsWithin } from '../../records/ratings/index.ts';
import { concernedBy, createSignals } from '../../records/signals/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import type { AskedOutcome, OutcomeLookup } from '../overrides/desk.ts';
import type { ReviewedWarnings } from '../warnings/review.ts';
import { outcomesOf } from './outcome-lookup.ts';

/**
 * Reviews the warnings raised within [from, until): a warning's window begins when it was raised, that of a customer rated without a warning at the first
 * rating; whom a shared warning concerns, or of whom one from before still stands then, is not without. An industry does not default, so a warning about one has no fate. One that a group or a ring shares has that of the customer by whom it goes.
 */
export async function reviewOfPeriod(
  database: Database,
  tenant: Tenant,
  period: ReviewedWarnings['period'],
  lookup: OutcomeLookup | null,
): Promise<ReviewedWarnings> {
  const warnings = createWarnings(database, tenant);
  const raised = await warnings.opened(period.from, period.until);
  const wasWarned = await warnedBy(database, tenant, raised, await warnings.standingAt(period.from));
  const unwarned = (await firstRatings(database, tenant, period)).filter((first) => !wasWarned(first));
  const ofCustomers = raised.filter(({ customerId }) => !subjectIsIndustry(customerId));
  const asked = [...ofCustomers.map(askedOf), ...unwarned];
  const known = await outcomesOf(asked, lookup, 'No customer was warned of or rated in the period.');
  const others = unwarned.flatMap((each) => {
    const bad = known.badOf(each);
    return bad === null ? [] : [{ customerId: each.customerId, bad }];
  });
  return {
    period,
    outcomes: known.outcomes,
    unwarned: others.length,
    ...reviewWarnings(
      raised.map((warning) => ({ warning, fate: fateOf(warning, known) })),
      { unwarned: others },
    ),
  };
}

/**
 * Whether a customer was warned of: by a warning raised in the period, or by one from before it that stood when the customer was rated first. A warning that a group or a ring shares
 * warns of each of its customers.
 */
async function warnedBy(
  database: Database,
  tenant: Tenant,
  raised: readonly EarlyWarning[],
  before: readonly EarlyWarning[],
): Promise<(first: AskedOutcome) => boolean> {
  const signals = createSignals(database, tenant);
  /** Until when each was warned of, as a warning of before was closed; Infinity: it stands, or one was raised in the period. */
  const until = new Map<string, number>();
  const warn = async (warning: EarlyWarning, end: number): Promise<void> => {
    for (const { customerId } of await concernedBy(warning, signals))
      until.set(customerId, Math.max(end, until.get(customerId) ?? -Infinity));
  };
  for (const warning of raised) await warn(warning, Infinity);
  for (const warning of before)
    await warn(warning, warning.closedAt === null ? Infinity : Date.parse(warning.closedAt));
  return ({ customerId, asOf }) => Date.parse(asOf) < (until.get(customerId) ?? -Infinity);
}

const askedOf = ({ customerId, openedAt }: EarlyWarning): AskedOutcome => ({ customerId, asOf: instant(openedAt) });

function fateOf(warning: EarlyWarning, known: Awaited<ReturnType<typeof outcomesOf>>): WarningFate['fate'] {
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
