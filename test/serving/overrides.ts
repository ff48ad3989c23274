import { instant, ProbityError, sha256 } from '../../base/index.ts';
import { loadOverrideLaw, measureOverrides, type Override } from '../../rating/index.ts';
import type { StoredOverride } from '../../records/overrides/index.ts';
import type { StoredRating } from '../../records/ratings/index.ts';
import type { OverrideDesk } from '../../serving/overrides/desk.ts';

/** Overrides in memory, for tests of the server alone. */
export function memoryOverrides(now: string, recorded: () => readonly StoredRating[]): OverrideDesk {
  const steps = new Map<string, StoredOverride[]>();
  let sequence = 1000;
  const customerOf = (ratingId: string): string | null => {
    const evidence = recorded().find((one) => one.ratingId === ratingId)?.evidence ?? null;
    const { inputs } = JSON.parse(evidence ?? '{}') as { inputs?: { request: { customerId?: string } } };
    return inputs?.request.customerId ?? null;
  };
  const ofCustomer = (ratingId: string): readonly Override[] => {
    const customer = customerOf(ratingId);
    const ids = customer === null ? [] : [...steps.keys()].filter((id) => customerOf(id) === customer);
    const proposals = new Map<string, Override>();
    for (const { override } of ids.flatMap((id) => steps.get(id) ?? []))
      if (override !== null) proposals.set(`${override.ratingId} ${override.proposedAt}`, override);
    return [...proposals.values()];
  };
  const last = (ratingId: string): StoredOverride | null => steps.get(ratingId)?.at(-1) ?? null;
  return {
    law: loadOverrideLaw(null),
    of: async (ratingId) => last(ratingId),
    steps: async (ratingId) => steps.get(ratingId) ?? [],
    async step(ratingId, next) {
      if (!recorded().some((one) => one.ratingId === ratingId))
        throw new ProbityError('UNKNOWN_RATING', 'no such rating');
      const before = last(ratingId);
      const override = next(before?.override ?? null, ofCustomer(ratingId));
      sequence++;
      const receipt = { sequence, hash: sha256(JSON.stringify(override)), at: instant(now) };
      const stored = { override, revision: (before?.revision ?? 0) + 1, receipt };
      steps.set(ratingId, [...(steps.get(ratingId) ?? []), stored]);
      return stored;
    },
    ofCustomerOf: async (ratingId) => ofCustomer(ratingId),
    page: async ({ state, before = Infinity, limit }) =>
      [...steps.keys()]
        .flatMap((ratingId) => {
          const found = last(ratingId);
          return found === null ? [] : [{ ratingId, last: found }];
        })
        .filter((one) => state === undefined || one.last.override?.state === state)
        .filter((one) => one.last.receipt.sequence < before)
        .sort((a, b) => b.last.receipt.sequence - a.last.receipt.sequence)
        .slice(0, limit),
    opened: async (override) => override,
    standing: async (customerId) =>
      [...steps.keys()]
        .filter((ratingId) => customerOf(ratingId) === customerId)
        .sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))
        .flatMap((ratingId) => last(ratingId)?.override ?? []),
    report: async (from, until) => ({
      from,
      until,
      currency: null,
      decisions: recorded().length,
      overridden: 0,
      standing: 0,
      neverStood: 0,
      outcomes: { knownUntil: null, why: 'Outcomes were not looked up.' },
      leftOut: { erased: 0, withoutDecision: 0, otherCurrency: 0 },
      ...measureOverrides([], []),
    }),
  };
}
