import { asOf as toAsOf, isProbityError } from '../../base/index.ts';
import type { LackingFeatures } from '../../rating/index.ts';
import type { RecomputedFeatures } from './recomputed-features.ts';

/** What makes a look-up impossible, and no error of this command: the snapshot is gone, its files are, or it cannot execute these views. */
const GONE = ['VIEW_MISMATCH', 'SNAPSHOT_NOT_FOUND', 'SNAPSHOT_ALTERED', 'FACTS_RETIRED', 'NOT_REGISTERED'] as const;

/**
 * Looks up what the evidence of a past decision does not hold, as it was known then: the very snapshot and facts, by the views of the model that is tried. Cannot be known: where
 * features came with the request; where the snapshot is gone; where both models use the same views and what the evidence holds is not found again. A feature
 * made from a table that had no legal basis then stays unknown.
 */
export function lackingFeatures(features: RecomputedFeatures): LackingFeatures {
  return async ({ inputs, recorded, model, names }) => {
    const { snapshot, withheld = [] } = inputs;
    const customerId = (inputs.request as { readonly customerId?: unknown }).customerId;
    if (snapshot === null || typeof customerId !== 'string') return null;
    const { snapshotId, factsThrough } = snapshot;
    const views = model.artefact.provenance.featureViews;
    const asked = { customerId, asOf: toAsOf(inputs.asOf), snapshotId, factsThrough };
    const found = await features.of(asked, views).catch((error: unknown) => {
      if (GONE.some((code) => isProbityError(error, code))) return null;
      throw error;
    });
    if (found === null) return null;
    const isSame = Object.entries(views).every(
      ([view, hash]) => recorded.artefact.provenance.featureViews[view] === hash,
    );
    const differs = Object.entries(inputs.values).some(
      ([name, value]) => Object.hasOwn(found.values, name) && found.values[name] !== value,
    );
    if (isSame && differs) return null;
    if (names.some((name) => !Object.hasOwn(found.tables, name))) return null;
    const without = new Set(withheld.map(({ source }) => source));
    const isWithheld = (name: string): boolean => (found.tables[name] ?? []).some((table) => without.has(table));
    return Object.fromEntries(names.map((name) => [name, isWithheld(name) ? null : (found.values[name] ?? null)]));
  };
}
