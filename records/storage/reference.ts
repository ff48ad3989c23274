import { isName, ProbityError, type Tenant } from '../../base/index.ts';
import type { StorageRef, StoredKind } from './storage.ts';

/** Everything that is stored. */
export const KINDS: readonly StoredKind[] = ['artefacts', 'snapshots', 'scores', 'reports', 'runs'];

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** Composes a reference; an id of kind `runs` has two segments (`request/step`), others one. Throws INVALID_INPUT for names that could leave their folder. */
export function storageRef(tenant: Tenant, kind: StoredKind, id: string): StorageRef {
  const segments = id.split('/');
  if (
    !isName(tenant) ||
    segments.length !== (kind === 'runs' ? 2 : 1) ||
    !segments.every((part) => SEGMENT.test(part))
  ) {
    throw new ProbityError('INVALID_INPUT', 'This is not a storage name.');
  }
  return `${tenant}/${kind}/${id}`;
}

/** Takes a reference apart; throws INVALID_INPUT for anything that `storageRef` did not make. */
export function parseStorageRef(ref: StorageRef): {
  readonly tenant: Tenant;
  readonly kind: StoredKind;
  readonly id: string;
} {
  const [tenant = '', kindName = '', ...segments] = ref.split('/');
  const kind = KINDS.find((known) => known === kindName);
  const id = segments.join('/');
  if (!kind) throw new ProbityError('INVALID_INPUT', 'This is not a storage reference.');
  storageRef(tenant as Tenant, kind, id);
  return { tenant: tenant as Tenant, kind, id };
}
