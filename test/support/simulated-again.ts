import type { Project } from '../../base/index.ts';
import { lackingFeatures } from '../../pipelines/compose/lacking-features.ts';
import { recomputedFeatures } from '../../pipelines/compose/recomputed-features.ts';
import { retaker, type Evidence, type RateableModel, type Retaken } from '../../rating/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import { createParts, partLoader } from '../../records/parts/index.ts';
import { createRegistry, createSnapshots } from '../../records/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';

/** Takes decisions again by another model, as `probity simulate` does: on their evidence alone, and with what it does not hold looked up. */
export async function simulatedAgain(
  project: Project,
  database: Database,
  model: RateableModel,
  decided: readonly Evidence[],
): Promise<readonly { readonly alone: Retaken; readonly lookedUp: Retaken }[]> {
  const { tenant } = project;
  const storage = openStorage(project);
  const [snapshots, facts] = [createSnapshots(database, tenant), createFacts(database, tenant)];
  const features = recomputedFeatures({ snapshots, storage, facts });
  const parts = createParts(database, tenant);
  const load = partLoader({ registry: createRegistry(database, tenant), storage }, (hash) => parts.content(hash));
  const alternative = { rules: null, cutoffs: null, model };
  const taken = [];
  try {
    for (const evidence of decided)
      taken.push({
        alone: await retaker(alternative, load).take(evidence),
        lookedUp: await retaker(alternative, load, lackingFeatures(features)).take(evidence),
      });
    return taken;
  } finally {
    await features.close();
  }
}
