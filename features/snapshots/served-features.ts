import type { FeatureView } from '../views/index.ts';
import type { FeatureRow } from './lane.ts';

/** The wanted views and everything that they depend on, in the given order: views that no feature comes from are not run. */
export function neededViews(
  views: readonly FeatureView[],
  wanted: { readonly [view: string]: string },
): readonly FeatureView[] {
  const needed = new Set(Object.keys(wanted));
  for (const view of views.toReversed()) if (needed.has(view.name)) for (const name of view.dependsOn) needed.add(name);
  return views.filter((view) => needed.has(view.name));
}

/** Features as a model reads them: a flag is the number 0 or 1. */
export function valuesOf({ features }: FeatureRow): { readonly [feature: string]: number | string | null } {
  return Object.fromEntries(
    Object.entries(features).map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]),
  );
}
