/** Where artefacts and snapshots are kept: a local folder, or an S3-compatible bucket; one interface. */
import { join } from 'node:path';
import type { Project } from '../../base/index.ts';
import { folderStorage } from './folder-storage.ts';
import { s3Storage } from './s3-storage.ts';
import type { Storage } from './storage.ts';

export { folderStorage } from './folder-storage.ts';
export { parseStorageRef, storageRef } from './reference.ts';
export { s3Storage, type S3Options } from './s3-storage.ts';
export type * from './storage.ts';

/** The storage that a project's configuration names. */
export function openStorage(project: Pick<Project, 'dataDir' | 'storage'>): Storage {
  if (project.storage.kind === 'folder') return folderStorage(project.dataDir);
  const { bucket, endpoint, region } = project.storage;
  return s3Storage({ bucket, endpoint, region, cache: join(project.dataDir, 'storage-cache'), credentials: null });
}
