import { isName, ProbityError, type Tenant } from '../../base/index.ts';
import type { StorageRef, StoredKind } from './storage.ts';

const KINDS: readonly StoredKind[] = ['artefacts', 'snapshots', 'scores', 'reports'];

/** Composes a reference; throws INVALID_INPUT for names that could leave their folder. */
export function storageRef(tenant: Tenant, kind: StoredKind, id: string): StorageRef {
  if (!isName(tenant) || !/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(id)) {
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
  const [tenant = '', kindName = '', id = '', ...rest] = ref.split('/');
  const kind = KINDS.find((known) => known === kindName);
  if (!kind || rest.length > 0) throw new ProbityError('INVALID_INPUT', 'This is not a storage reference.');
  storageRef(tenant as Tenant, kind, id);
  return { tenant: tenant as Tenant, kind, id };
}
