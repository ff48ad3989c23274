import { createPublicKey } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import {
  dataPaths,
  makeOutputFolder,
  parseProject,
  PROJECT_FILE,
  ProbityError,
  sha256,
  sha256File,
  writeFileAtomic,
  type Progress,
  type Project,
} from '../../base/index.ts';
import { audit, auditPlaces, type AuditReport } from '../assurance/index.ts';
import { keyIdOf } from '../checkpoints/index.ts';
import { openDatabase } from '../database/index.ts';
import { open as unseal } from '../privacy/seal.ts';
import type { Storage } from '../storage/index.ts';
import type { BackupKey } from './backup-key.ts';
import { applyErasuresAgain, bringErasures } from './erasures-again.ts';
import { openKeys, writeKeys } from './keys-bundle.ts';
import { readManifest, type Manifest } from './manifest.ts';
import { restoreDatabase } from './restore-database.ts';
import { openStream } from './sealed-stream.ts';

/** A backup that was looked through and found whole. */
export interface VerifiedBackup {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly dataKey: Buffer;
  readonly keys: ReturnType<typeof openKeys>;
}

/**
 * Looks a backup through before anything of it is used: the keys that lie apart open by the backup key, the manifest is signed by the tenant's key
 * among them, and every file has the size and SHA-256 that it names. Throws BACKUP_DAMAGED, naming the first bad file; KEY_UNUSABLE.
 */
export async function verifyBackup(
  { from, keysFrom, key }: { readonly from: string; readonly keysFrom: string; readonly key: BackupKey },
  progress: Progress,
): Promise<VerifiedBackup> {
  const { manifest, check } = await readManifest(from);
  const { backupId } = manifest;
  if (manifest.backupKey !== key.id)
    throw new ProbityError(
      'KEY_UNUSABLE',
      `This backup was made with backup key ${manifest.backupKey}, not ${key.id}.`,
    );
  const name = `${backupId}.keys`;
  const sealed = await readFile(join(keysFrom, name), 'utf8').catch((cause: unknown) => {
    throw new ProbityError('FILE_NOT_FOUND', `The keys of this backup are not in ${keysFrom}: ${name}.`, { cause });
  });
  const keys = openKeys(key.key, sealed, backupId);
  const publicKeys = keys.files
    .filter((file) => file.name.endsWith('.pem'))
    .map(({ content }) => createPublicKey(Buffer.from(content, 'base64').toString('utf8')));
  check(new Map(publicKeys.map((each) => [keyIdOf(each), each])));
  if (sha256(sealed) !== manifest.keys) throw new ProbityError('BACKUP_DAMAGED', `${name} is not what was written.`);
  for (const [i, file] of manifest.files.entries()) {
    progress({ step: 'verify', done: i / manifest.files.length, message: file.path });
    const place = placeOf(from, file.path);
    const found = await stat(place).catch(() => null);
    const said = `${file.path}.sealed`;
    if (found === null) throw new ProbityError('BACKUP_DAMAGED', `${said} is missing.`);
    if (found.size !== file.sealedBytes)
      throw new ProbityError('BACKUP_DAMAGED', `${said} has ${found.size} bytes, not ${file.sealedBytes}.`);
    if ((await sha256File(place)) !== file.sha256)
      throw new ProbityError('BACKUP_DAMAGED', `${said} is not what was written.`);
  }
  progress({ step: 'verify', done: 1, message: `${manifest.files.length} files` });
  return { folder: from, manifest, dataKey: unseal(key.key, manifest.dataKey, `probity.backup/1 ${backupId}`), keys };
}

/** Where a backup is restored to, and who lends a database. */
export interface RestoreOptions {
  /** An empty folder, or one that does not exist. */
  readonly into: string;
  /** Lends an empty database for the restored project. */
  readonly withDatabase: <T>(project: Project, work: (url: string) => Promise<T>) => Promise<T>;
  /** The storage of the restored project. */
  readonly storage: (project: Project) => Storage;
  /** Lists of erasures that go on after the backup, as second parties or the lost machine have them. */
  readonly erasureLists: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly progress: Progress;
}

/** What a restore brought back. */
export interface Restored {
  readonly project: Project;
  readonly backupId: string;
  /** What came after this is not there. */
  readonly recoveryPoint: Manifest['point'];
  readonly rows: number;
  readonly bytes: number;
  /** Customers that were erased anew; the next start goes through warehouse and files. */
  readonly erased: number;
  readonly audit: AuditReport;
  readonly seconds: number;
}

/**
 * Restores a verified backup into an empty folder and an empty database, verifies the audit chain, and applies erasures again. The project file comes
 * last: without it no command takes a half-restored folder for a project. Throws RESTORE_REFUSED, BACKUP_DAMAGED.
 */
export async function restoreBackup(backup: VerifiedBackup, options: RestoreOptions): Promise<Restored> {
  const since = Date.now();
  const { manifest, keys } = backup;
  const { into, progress } = options;
  await assertEmpty(into);
  const projectText = await textOf(backup, `project/${PROJECT_FILE}`);
  const project = parseProject(projectText, into, options.environment);
  if (project.tenant !== manifest.tenant)
    throw new ProbityError('RESTORE_REFUSED', 'The project file in the backup is of another tenant.');
  await assertEmpty(project.dataDir);
  await makeOutputFolder(into);
  const paths = dataPaths(project);
  const tenantDir = dirname(paths.warehouse);
  const files = manifest.files.filter(
    ({ path }) => path !== `project/${PROJECT_FILE}` && !path.startsWith('database/'),
  );
  for (const [i, { path }] of files.entries()) {
    progress({ step: 'files', done: i / files.length, message: path });
    const [first = '', ...rest] = path.split('/');
    await writePlain(backup, path, join(first === 'data' ? tenantDir : into, ...rest));
  }
  await writeKeys(keys, paths.keys);
  await bringErasures(paths.audit, options.erasureLists);
  progress({ step: 'files', done: 1, message: `${files.length} files` });
  const { report, erased } = await options.withDatabase(project, async (url) => {
    const rowsOf = (path: string) =>
      [createReadStream(placeOf(backup.folder, path)), openStream(backup.dataKey, path), createGunzip()] as const;
    await restoreDatabase(url, manifest, rowsOf, progress);
    progress({ step: 'audit', message: 'verifying the chain' });
    const database = await openDatabase(url, { maxConnections: 4 });
    try {
      // In a bucket artefacts come last; their files were held against the manifest.
      const stored = project.storage.kind === 'folder' ? { storage: options.storage(project) } : {};
      const before = await audit(database, auditPlaces(project), stored);
      const applied = await applyErasuresAgain(database, project);
      return { report: applied === 0 ? before : await audit(database, auditPlaces(project), stored), erased: applied };
    } finally {
      await database.close();
    }
  });
  if (project.storage.kind === 's3') await republish(project, options.storage(project), manifest);
  await writeFileAtomic(join(into, PROJECT_FILE), projectText);
  return {
    project,
    backupId: manifest.backupId,
    recoveryPoint: manifest.point,
    rows: manifest.tables.reduce((total, { rows }) => total + rows, 0),
    bytes: manifest.files.reduce((total, { bytes }) => total + bytes, 0),
    erased,
    audit: report,
    seconds: (Date.now() - since) / 1000,
  };
}

function placeOf(folder: string, path: string): string {
  return join(folder, `${path}.sealed`);
}

async function assertEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  if (names.length > 0) throw new ProbityError('RESTORE_REFUSED', `${folder} is not empty.`);
}

async function textOf(backup: VerifiedBackup, path: string): Promise<string> {
  if (!backup.manifest.files.some((file) => file.path === path))
    throw new ProbityError('BACKUP_DAMAGED', `${path} is not in the backup.`);
  const parts: Buffer[] = [];
  const end = new PassThrough();
  end.on('data', (part: Buffer) => parts.push(part));
  await pipeline(createReadStream(placeOf(backup.folder, path)), openStream(backup.dataKey, path), end);
  return Buffer.concat(parts).toString('utf8');
}

async function writePlain(backup: VerifiedBackup, path: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const sink = createWriteStream(target, { flags: 'wx', flush: true });
  await pipeline(createReadStream(placeOf(backup.folder, path)), openStream(backup.dataKey, path), sink);
}

/** Puts restored folders into the bucket where the project keeps them there. */
async function republish(project: Project, storage: Storage, { files }: Manifest): Promise<void> {
  const tenantDir = dirname(dataPaths(project).warehouse);
  for (const kind of ['artefacts', 'snapshots', 'scores', 'reports'] as const) {
    const ids = files.flatMap(({ path }) => {
      const [first, of, id] = path.split('/');
      return first === 'data' && of === kind && id !== undefined && id !== 'views' && id !== 'inputs' ? [id] : [];
    });
    for (const id of new Set(ids)) await storage.publish(project.tenant, kind, id, join(tenantDir, kind, id));
  }
}
