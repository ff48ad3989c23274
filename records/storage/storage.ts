import type { Tenant } from '../../base/index.ts';

/** What is stored: folders that never change, named by their content. */
/** `runs`: finished steps of workflow runs, `request/step`, which one worker makes and another reads. */
export type StoredKind = 'artefacts' | 'snapshots' | 'scores' | 'reports' | 'runs';

/** Names one stored folder: `tenant/kind/id`. Travels through workflow history instead of the data. */
export type StorageRef = string;

/** Immutable folders, on this machine or in an S3-compatible bucket. */
export interface Storage {
  /** Stores a folder whole or not at all. Storing the same name again changes nothing. Returns its reference. */
  publish(tenant: Tenant, kind: StoredKind, id: string, folder: string): Promise<StorageRef>;
  /** A local folder with the content, fetched and checked against its file hashes where it is not local. Throws STORAGE_FAILED or STORAGE_ALTERED. */
  materialise(ref: StorageRef): Promise<string>;
  has(ref: StorageRef): Promise<boolean>;
  /** Removes a stored folder, and what this machine has fetched of it; nothing happens where there is none. */
  remove(ref: StorageRef): Promise<void>;
  /** Ids stored of a kind, sorted. */
  list(tenant: Tenant, kind: StoredKind): Promise<readonly string[]>;
  /** Removes what publishers and readers that were killed have left on this machine. */
  sweep(tenant: Tenant): Promise<void>;
}
