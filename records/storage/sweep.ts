import { removeAbandoned, removeAbandonedBelow } from '../../base/index.ts';
import { KINDS } from './reference.ts';
import type { StoredKind } from './storage.ts';

/** Removes what killed processes have left in the folders of each kind; steps of runs lie one folder deeper. */
export async function sweepKinds(folderOf: (kind: StoredKind) => string): Promise<void> {
  for (const kind of KINDS) {
    if (kind === 'runs') await removeAbandonedBelow(folderOf(kind));
    else await removeAbandoned(folderOf(kind));
  }
}
