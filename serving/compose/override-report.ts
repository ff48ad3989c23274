import { z } from 'zod';
import { instant, type Instant, type Tenant } from '../../base/index.ts';
import {
  approves,
  majorOf,
  measureOverrides,
  OUTCOMES,
  parseEvidence,
  partsOf,
  standsAt,
  type Override,
  type OverrideBy,
  type OwnDecision,
} from '../../rating/index.ts';
import type { Database } from '../../records/database/index.ts';
import type { Overrides } from '../../records/overrides/index.ts';
import { ratingsWithin } from '../../records/ratings/index.ts';
import type { AskedOutcome, OutcomeLookup, OverrideReport } from '../overrides/desk.ts';
import { outcomesOf } from './outcome-lookup.ts';

/** What the report needs of a rating's evidence. */
const decidedSchema = z.object({
  inputs: z.object({ asOf: z.string(), request: z.object({ customerId: z.string().optional() }) }),
  answer: z.object({
    decision: z.object({
      outcome: z.enum(OUTCOMES),
      pd: z.number(),
      currency: z.object({ code: z.string(), minorDigits: z.int() }),
      limit: z.object({ requestedMinor: z.number().nullable() }),
      priceFloor: z.object({ lgd: z.number(), eadMinor: z.number().nullable() }),
    }),
  }),
});

interface Decided {
  readonly ratingId: string;
  readonly customer: string | null;
  readonly asked: AskedOutcome | null;
  readonly made: z.output<typeof decidedSchema>['answer']['decision'];
}

/** Overridden decisions of a period and the model's own, with what became of them. */
export interface DecisionsWithFates {
  readonly currency: string | null;
  readonly decisions: number;
  /** Those that ever stood, with who proposed the override. */
  readonly overridden: readonly OverrideBy[];
  readonly own: readonly OwnDecision[];
  readonly standing: number;
  readonly neverStood: number;
  readonly outcomes: OverrideReport['outcomes'];
  readonly leftOut: OverrideReport['leftOut'];
}

/** What the reports on overrides are made from. */
export interface OverrideSource {
  readonly database: Database;
  readonly tenant: Tenant;
  readonly overrides: Pick<Overrides, 'within'>;
}

/**
 * Measures the overrides on decisions recorded within [from, until) against what model and rules would have done. Where outcomes cannot be read now, the report counts
 * overrides and says why it measures none. Throws EVIDENCE_ALTERED at a rating that is not what the chain recorded.
 */
export async function overrideReport(
  of: OverrideSource,
  { from, until }: { readonly from: Instant; readonly until: Instant },
  now: Instant,
  lookup: OutcomeLookup | null,
): Promise<OverrideReport> {
  const { overridden, own, ...counts } = await decisionsWithFates(of, { from, until }, now, lookup);
  return { from, until, ...counts, overridden: overridden.length, ...measureOverrides(overridden, own) };
}

/** The decisions recorded within [from, until), those that were overridden apart. Throws EVIDENCE_ALTERED. */
export async function decisionsWithFates(
  of: OverrideSource,
  { from, until }: { readonly from: Instant; readonly until: Instant },
  now: Instant,
  lookup: OutcomeLookup | null,
): Promise<DecisionsWithFates> {
  const { database, tenant } = of;
  const leftOut = { erased: 0, withoutDecision: 0, otherCurrency: 0 };
  const decided: Decided[] = [];
  for await (const { ratingId, evidence, subject } of ratingsWithin(database, tenant, { from, until })) {
    if (evidence === null) leftOut.erased++;
    else {
      const parsed = decidedSchema.safeParse(parseEvidence(evidence));
      if (parsed.success) decided.push(decidedOf(ratingId, subject, parsed.data));
      else leftOut.withoutDecision++;
    }
  }
  const currency = decided[0]?.made.currency ?? null;
  const same = decided.filter(({ made }) => made.currency.code === currency?.code);
  leftOut.otherCurrency = decided.length - same.length;
  const steps = await of.overrides.within(from, instant(Date.parse(now) + 1_000));
  const overrides = new Map(
    steps.flatMap(({ ratingId, last }): [string, Override][] =>
      // The verdict of a case, or the sign-off of a review, is no override: nothing was decided that it goes against.
      (last.override === null ? [] : partsOf(last.override))
        .filter(({ verdict, review }) => verdict === undefined && review === undefined)
        .map((override) => [ratingId, override]),
    ),
  );
  const named = same.flatMap((one) => (one.asked === null ? [] : [one.asked]));
  const { outcomes, badOf } = await outcomesOf(named, lookup, 'No rating of the period names a customer.');
  const overridden: OverrideBy[] = [];
  const own: OwnDecision[] = [];
  let [standing, neverStood] = [0, 0];
  for (const { ratingId, customer, asked, made } of same) {
    const override = overrides.get(ratingId) ?? null;
    const bad = asked === null ? null : badOf(asked);
    if (override === null || override.stoodFrom === null) {
      if (override !== null) neverStood++;
      if (approves(made)) own.push({ customer, bad });
      continue;
    }
    if (standsAt(override, now)) standing++;
    overridden.push(overriddenOf(override, made, customer, bad));
  }
  return {
    currency: currency?.code ?? null,
    decisions: same.length,
    overridden,
    own,
    standing,
    neverStood,
    outcomes,
    leftOut,
  };
}

function decidedOf(ratingId: string, customer: string | null, evidence: z.output<typeof decidedSchema>): Decided {
  const { inputs, answer } = evidence;
  const { customerId } = inputs.request;
  const asked = customerId === undefined ? null : { customerId, asOf: instant(inputs.asOf) };
  return { ratingId, customer, asked, made: answer.decision };
}

function overriddenOf(
  { from, to, reasonCode, amountMinor, proposedBy: by }: Override,
  { pd, currency, limit, priceFloor }: Decided['made'],
  customer: string | null,
  bad: boolean | null,
): OverrideBy {
  const lent = amountMinor ?? limit.requestedMinor ?? 0;
  const { requestedMinor } = limit;
  const { eadMinor, lgd } = priceFloor;
  // The exposure at default of what was lent is the same share of it as of what was asked for.
  const ead =
    eadMinor === null || requestedMinor === null || requestedMinor === 0 ? lent : (eadMinor / requestedMinor) * lent;
  const major = (minor: number): number => majorOf(Math.round(minor), currency.minorDigits);
  return { by, customer, from, to, reasonCode, pd, amount: major(lent), lgd, ead: major(ead), bad };
}
