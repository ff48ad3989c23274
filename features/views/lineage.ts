import type { FeatureView } from './feature-view.ts';

/** The source tables of each feature by name. */
export type FeatureTables = { readonly [feature: string]: readonly string[] };

const tables = new WeakMap<readonly FeatureView[], FeatureTables>();

/** The tables that each feature is made from: those of its view and of the views that it reads. Statistics of peers are of nobody, so they count for nothing. `views` are in dependency order. */
export function tablesOf(views: readonly FeatureView[]): FeatureTables {
  let found = tables.get(views);
  if (found === undefined) {
    const byView = new Map<string, readonly string[]>();
    const byFeature: { [feature: string]: readonly string[] } = {};
    for (const view of views) {
      if (view.kind === 'statistics') continue;
      const read = [...new Set([...view.tables, ...view.dependsOn.flatMap((name) => byView.get(name) ?? [])])].sort();
      byView.set(view.name, read);
      for (const { name } of view.features) byFeature[name] = read;
    }
    tables.set(views, (found = byFeature));
  }
  return found;
}
