import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import {
  dataPaths,
  isProbityError,
  makeOutputFolder,
  packageVersion,
  ProbityError,
  removeAbandoned,
  sha256,
  systemClock,
  temporaryName,
  writeFileAtomic,
  type Progress,
  type Project,
} from '../../base/index.ts';
import { openWarehouse, type Warehouse } from '../../features/warehouse/index.ts';
import { openSigner } from '../checkpoints/index.ts';
import { seal } from '../privacy/seal.ts';
import type { Storage } from '../storage/index.ts';
import { auditFiles, erasureList, projectFiles, storedFiles, type BackedFile } from './backed-files.ts';
import type { BackupKey } from './backup-key.ts';
import { openDatabasePoint, type DatabasePoint } from './database-point.ts';
import { readKeys, sealKeys } from './keys-bundle.ts';
import { noteBackup } from './last-backup.ts';
import { MANIFEST, signedManifest, type Manifest } from './manifest.ts';
import { sealStream } from './sealed-stream.ts';

/** What a backup is made of and where it goes. */
export interface BackupOptions {
  readonly project: Project;
  readonly databaseUrl: string;
  readonly storage: Storage;
  /** Folder in which the backup becomes a folder of its own. */
  readonly out: string;
  /** Folder, kept apart from it, for the sealed keys. */
  readonly keysOut: string;
  readonly key: BackupKey;
  /** Newest acknowledged fact that a warehouse has taken in. */
  readonly factsInWarehouse: (warehouse: Warehouse) => Promise<number>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** How long to wait for whoever holds the warehouse. */
  readonly patienceMs?: number;
}

/** A finished backup. */
export interface MadeBackup {
  readonly backupId: string;
  readonly folder: string;
  readonly keys: string;
  readonly point: Manifest['point'];
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  readonly sealedBytes: number;
  readonly seconds: number;
  readonly leftOut: readonly string[];
}

const PATIENCE_MS = 10 * 60_000;

/**
 * Backs up a project at one point: the warehouse is held, so that nobody imports or publishes, while the database's transaction begins; what that
 * transaction reads, and the files that it names, are then sealed into a folder that appears under its name only when it is whole. Throws
 * WAREHOUSE_BUSY after `patienceMs`, DATABASE_UNREACHABLE, FILE_UNUSABLE.
 */
export async function createBackup(options: BackupOptions): Promise<MadeBackup> {
  const since = Date.now();
  const { project, key, signal } = options;
  await makeOutputFolder(options.out);
  await makeOutputFolder(options.keysOut);
  await removeAbandoned(options.out);
  const stamp = systemClock.now().replace(/[-:]|\.\d+/g, '');
  const backupId = `${project.tenant.replaceAll('_', '-')}-${stamp}-${randomBytes(3).toString('hex')}`;
  const unfinished = join(options.out, temporaryName(`.${backupId}`));
  const keys = join(options.keysOut, `${backupId}.keys`);
  await mkdir(unfinished, { mode: 0o700 });
  try {
    const dataKey = randomBytes(32);
    const writer = sealedFolder(unfinished, dataKey, signal);
    const signer = await openSigner(dataPaths(project).keys);
    const audit = await auditFiles(project);
    const { point, database, bundle } = await takePoint(options, writer);
    const tables: Manifest['tables'] = [];
    try {
      for (const [i, table] of database.tables.entries()) {
        options.progress({ step: 'database', done: i / database.tables.length, message: table.name });
        const rows = database.rows(table);
        const path = `database/${table.name}.copy.gz`;
        await writer.add(path, rows, createGzip({ level: 1 }));
        tables.push({ name: table.name, columns: [...table.columns], rows: rows.rows, path });
      }
    } finally {
      await database.close();
    }
    options.progress({ step: 'database', done: 1, message: `${tables.length} tables` });
    const { files, leftOut } = await projectFiles(project);
    const stored = [
      ...files,
      ...audit,
      ...(await storedFiles(project, options.storage)),
      ...(await erasureList(project)),
    ];
    for (const [i, file] of stored.entries()) {
      options.progress({ step: 'files', done: i / stored.length, message: file.path });
      await writer.addFile(file);
    }
    options.progress({ step: 'files', done: 1, message: `${stored.length} files` });
    const sealedKeys = sealKeys(key.key, bundle, backupId);
    const manifest: Manifest = {
      format: 'probity.backup/1',
      backupId,
      tenant: project.tenant,
      version: await packageVersion(),
      point,
      migrations: database.migrations,
      tables,
      sequences: database.sequences,
      backupKey: key.id,
      dataKey: seal(key.key, dataKey, `probity.backup/1 ${backupId}`),
      files: writer.files(),
      keys: sha256(sealedKeys),
      leftOut: [...leftOut],
    };
    // The keys are there before the backup that needs them, and the manifest is what makes it one.
    await writeFileAtomic(keys, sealedKeys, 0o600);
    await writeFileAtomic(join(unfinished, MANIFEST), signedManifest(manifest, signer));
    const folder = join(options.out, backupId);
    await rename(unfinished, folder);
    await syncFolder(options.out);
    const sum = (of: 'bytes' | 'sealedBytes') => manifest.files.reduce((total, file) => total + file[of], 0);
    const made = {
      backupId,
      folder,
      keys,
      point,
      files: manifest.files.length,
      rows: tables.reduce((total, { rows }) => total + rows, 0),
      bytes: sum('bytes'),
      sealedBytes: sum('sealedBytes'),
      seconds: (Date.now() - since) / 1000,
      leftOut,
    };
    await noteBackup(project, { backupId, at: database.at, folder, sealedBytes: made.sealedBytes });
    return made;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    await rm(keys, { force: true });
    throw error;
  }
}

type SealedFolder = ReturnType<typeof sealedFolder>;

/** Begins the database's transaction while the warehouse is held, and seals the warehouse before letting go of it. */
async function takePoint(
  options: BackupOptions,
  writer: SealedFolder,
): Promise<{ readonly point: Manifest['point']; readonly database: DatabasePoint; readonly bundle: string }> {
  const { project, progress } = options;
  const paths = dataPaths(project);
  const warehouse = await heldWarehouse(options);
  const opened: { point?: DatabasePoint } = {};
  try {
    const { point, bundle } = await unchangedKeys(paths.keys, async () => {
      await opened.point?.close();
      opened.point = await openDatabasePoint(options.databaseUrl, project.tenant);
      return opened.point;
    });
    let factsInWarehouse: number | null = null;
    if (warehouse !== null) {
      factsInWarehouse = await options.factsInWarehouse(warehouse);
      if (factsInWarehouse > point.facts)
        throw new ProbityError(
          'BACKUP_DISAGREES',
          `The warehouse holds facts up to ${factsInWarehouse}, the database up to ${point.facts}.`,
        );
      // All of it is then in the one file, which nobody else can write while it is held.
      await warehouse.connection.run('CHECKPOINT');
      progress({ step: 'warehouse', message: 'sealing' });
      await writer.addFile({ source: paths.warehouse, path: 'data/warehouse.duckdb', bytes: null });
      progress({ step: 'warehouse', done: 1 });
    }
    const { at, chain, facts, snapshotId } = point;
    return { point: { at, chain, facts, factsInWarehouse, snapshotId }, database: point, bundle };
  } catch (error) {
    await opened.point?.close();
    throw error;
  } finally {
    warehouse?.close();
  }
}

/** Keys that were the same before and after the point was taken: what is wrapped there opens by them. */
async function unchangedKeys(
  folder: string,
  take: () => Promise<DatabasePoint>,
): Promise<{ readonly point: DatabasePoint; readonly bundle: string }> {
  for (;;) {
    const bundle = await readKeys(folder);
    const point = await take();
    if ((await readKeys(folder)) === bundle) return { point, bundle };
  }
}

/** The warehouse, held so that nobody else opens it; null where there is none yet. */
async function heldWarehouse({ project, progress, signal, patienceMs = PATIENCE_MS }: BackupOptions) {
  const path = dataPaths(project).warehouse;
  for (const until = Date.now() + patienceMs; ;) {
    signal.throwIfAborted();
    try {
      // Opened for reading first, so that none is made where there is none.
      (await openWarehouse(path, 'read')).close();
      return await openWarehouse(path, 'write');
    } catch (error) {
      if (isProbityError(error, 'WAREHOUSE_MISSING')) return null;
      if (!isProbityError(error, 'WAREHOUSE_BUSY') || Date.now() > until) throw error;
      progress({ step: 'warehouse', message: 'waiting until it is let go of' });
      await setTimeout(500, undefined, { signal });
    }
  }
}

/** Seals streams into files of a folder, and remembers what each is. */
function sealedFolder(folder: string, dataKey: Uint8Array, signal: AbortSignal) {
  const files: Manifest['files'] = [];
  const add = async (path: string, source: Readable, ...turns: readonly Transform[]): Promise<void> => {
    const target = join(folder, `${path}.sealed`);
    await mkdir(dirname(target), { recursive: true });
    const plain = counted();
    const sealed = counted(createHash('sha256'));
    const steps = [source, ...turns, plain.stream, sealStream(dataKey, path), sealed.stream];
    await pipeline([...steps, createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true })], { signal });
    files.push({ path, sha256: sealed.digest(), sealedBytes: sealed.bytes(), bytes: plain.bytes() });
  };
  return {
    add,
    addFile: async ({ source, path, bytes }: BackedFile): Promise<void> => {
      const part = bytes === null ? {} : { end: bytes - 1 };
      await add(path, bytes === 0 ? Readable.from([]) : createReadStream(source, part));
    },
    files: () => files,
  };
}

/** Passes bytes on, counts them, and hashes them where a hash is given. */
export function counted(hash = createHash('sha256')) {
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, bytes: () => bytes, digest: () => hash.digest('hex') };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
