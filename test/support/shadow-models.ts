import { seededRandom } from '../../base/index.ts';
import { viewHashes, type FeatureView } from '../../features/views/index.ts';
import type { Artefact, FeatureTerm } from '../../models/artefact/index.ts';
import { makeDataset } from '../../models/dataset/index.ts';
import { buildDeep, fitDeep, type DeepArtefact } from '../../models/deep/index.ts';
import { smallArtefact } from '../serving/world.ts';

/** A glass box of those number features that `reads` picks, by the present views. */
export function glassBox(
  views: readonly FeatureView[],
  reads: (name: string, place: number) => boolean,
  intercept = -3,
  edited: string | null = null,
): Artefact {
  const hashes = viewHashes(views);
  const small = smallArtefact(0, edited === null ? hashes : { ...hashes, [edited]: '0'.repeat(64) });
  const names = views.flatMap(({ features }) => features).filter(({ type }) => type !== 'category');
  const terms = names
    .filter(({ name }, i) => reads(name, i))
    .map(({ name }, i): FeatureTerm => ({
      name,
      type: 'number',
      encoding: { kind: 'number', codes: [], edges: [0.5, 30] },
      shape: [0.01, -0.02, 0.03 + i / 1000, 0.05],
      support: [1, 10, 5, 1],
      band: null,
      monotone: null,
      range: [-1e12, 1e12],
      label: null,
    }));
  return { ...small, model: { intercept, terms, pairs: [] } };
}

/** A deep challenger that reads two features that the champion does not read both of. */
export async function deepModel(views: readonly FeatureView[]): Promise<DeepArtefact> {
  const random = seededRandom('shadow');
  const rows = 300;
  const late = Float64Array.from({ length: rows }, () => Math.round(random.uniform() * 90));
  const orders = Float64Array.from({ length: rows }, () => random.normal() * 100);
  const feature = (name: string) => ({ name, type: 'number', codes: [], monotone: null, label: null }) as const;
  const data = makeDataset({
    rows,
    columns: [
      { kind: 'number', name: 'dpd_current', values: late },
      { kind: 'number', name: 'order_amount_365d', values: orders },
    ],
    features: [feature('dpd_current'), feature('order_amount_365d')],
    bad: Uint8Array.from(late, (value) => (random.uniform() < value / 100 ? 1 : 0)),
    weight: null,
    group: null,
    time: null,
    ids: Array.from({ length: rows }, (_, row) => String(row)),
  });
  const quick = { seed: 1, folds: 2, members: 2, width: 4, monotoneWidth: 2, pieces: 3, batch: 64, maxEpochs: 2 };
  const { provenance, target } = smallArtefact(0, viewHashes(views));
  return buildDeep(await fitDeep(data, quick), { name: 'deep', target, provenance, protected: [], warnings: [] });
}
