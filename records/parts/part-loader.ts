import type { Json } from '../../base/index.ts';
import { loadArtefact } from '../../models/artefact/index.ts';
import type { Registry } from '../registry/index.ts';
import type { Storage } from '../storage/index.ts';

/** Parts of old ratings that are kept in memory. */
const MOST_PARTS = 32;

/** Finds a part by its role and content hash; what is found has that hash. */
export type PartLoader = (role: string, hash: string) => Promise<unknown>;

/** Roles of parts that are artefacts. */
export const MODEL_ROLES: ReadonlySet<string> = new Set(['model', 'late', 'term']);

/**
 * Finds parts of ratings: artefacts by the registry and the storage, everything else among the kept parts. Throws PART_MISSING, EVIDENCE_ALTERED; for
 * artefacts NOT_REGISTERED, FILE_NOT_FOUND, ARTEFACT_ALTERED, INVALID_ARTEFACT, STORAGE_FAILED and STORAGE_ALTERED.
 */
export function partLoader(
  { registry, storage }: { readonly registry: Pick<Registry, 'model'>; readonly storage: Pick<Storage, 'materialise'> },
  content: (hash: string) => Promise<Json>,
): PartLoader {
  const known = new Map<string, Promise<unknown>>();
  const load = async (role: string, hash: string): Promise<unknown> => {
    if (!MODEL_ROLES.has(role)) return content(hash);
    const { artefactRef } = await registry.model(hash);
    return (await loadArtefact(await storage.materialise(artefactRef), { expectedHash: hash })).artefact;
  };
  return (role, hash) => {
    const name = `${role} ${hash}`;
    let found = known.get(name);
    if (found === undefined) {
      found = load(role, hash);
      found.catch(() => known.delete(name));
      known.set(name, found);
      const [oldest] = known.keys();
      if (known.size > MOST_PARTS && oldest !== undefined) known.delete(oldest);
    }
    return found;
  };
}
