import { cp, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ProbityError, removeAbandoned, temporaryName, type Tenant } from '../../base/index.ts';
import { parseStorageRef, storageRef } from './reference.ts';
import type { Storage, StoredKind } from './storage.ts';
import { sweepKinds } from './sweep.ts';

/**
 * Storage under `root/tenants/<tenant>/<kind>/<id>`, the layout of a project's data folder, so that a folder that was made in its
 * place is published without a copy. A copy appears by rename only, when it is whole.
 */
export function folderStorage(root: string): Storage {
  const kindFolder = (tenant: Tenant, kind: StoredKind) => join(root, 'tenants', tenant, kind);
  const folderOf = (ref: string) => {
    const { tenant, kind, id } = parseStorageRef(ref);
    return join(kindFolder(tenant, kind), id);
  };
  return {
    async publish(tenant, kind, id, folder) {
      const ref = storageRef(tenant, kind, id);
      const target = folderOf(ref);
      if (await isFolder(target)) return ref;
      await mkdir(dirname(target), { recursive: true });
      await removeAbandoned(dirname(target));
      const temporary = join(dirname(target), `.${temporaryName(basename(target))}`);
      try {
        await cp(await realpath(folder), temporary, { recursive: true });
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { recursive: true, force: true });
        // Another process may have published the same content in the meantime.
        if (!(await isFolder(target))) throw error;
      }
      return ref;
    },
    async sweep(tenant) {
      await sweepKinds((kind) => kindFolder(tenant, kind));
    },
    async materialise(ref) {
      const folder = folderOf(ref);
      if (!(await isFolder(folder))) throw new ProbityError('STORAGE_FAILED', `Nothing is stored as ${ref}.`);
      return folder;
    },
    async remove(ref) {
      await rm(folderOf(ref), { recursive: true, force: true });
    },
    async has(ref) {
      return isFolder(folderOf(ref));
    },
    async list(tenant, kind) {
      const folder = kindFolder(tenant, kind);
      if (!(await isFolder(folder))) return [];
      return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
    },
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
