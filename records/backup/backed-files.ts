import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { dataPaths, PROJECT_FILE, type Project } from '../../base/index.ts';
import { erasureListName } from './erasures-again.ts';
import { storageRef, type Storage, type StoredKind } from '../storage/index.ts';

/** A file that goes into a backup: where it lies, what it is called there, and how much of it belongs to the point (null: all). */
export interface BackedFile {
  readonly source: string;
  readonly path: string;
  readonly bytes: number | null;
}

/** Kinds of stored folders that are backed up; finished steps of runs are of no use without Temporal's history. */
const KINDS: readonly StoredKind[] = ['artefacts', 'snapshots', 'scores', 'reports'];

/** What a project consists of beside its data: its file, specs, views, rules; `leftOut`: what lies outside its folder. */
export async function projectFiles(
  project: Project,
): Promise<{ readonly files: readonly BackedFile[]; readonly leftOut: readonly string[] }> {
  const jwks = project.serving.oidc?.jwks;
  const named = [
    join(project.root, PROJECT_FILE),
    ...project.specs,
    ...(project.viewsDir === null ? [] : [project.viewsDir]),
    ...(project.rulesDir === null ? [] : [project.rulesDir]),
    ...(jwks === undefined || /^https?:/.test(jwks) ? [] : [jwks]),
  ];
  const files = new Map<string, BackedFile>();
  const leftOut: string[] = [];
  for (const place of named) {
    const within = relative(project.root, place);
    if (within === '' || within.startsWith('..') || isAbsolute(within)) {
      leftOut.push(place);
      continue;
    }
    for (const file of await filesBelow(place, `project/${slashes(within)}`)) files.set(file.path, file);
  }
  return { files: [...files.values()], leftOut };
}

/**
 * The audit folder as it is now: of files that grow, what is there now, so that no checkpoint in the backup is newer than the database's point,
 * which is taken afterwards. The list of erasures is left out: it is read last.
 */
export async function auditFiles(project: Project): Promise<readonly BackedFile[]> {
  const { audit } = dataPaths(project);
  const files = await filesBelow(audit, 'data/audit');
  return Promise.all(
    files
      .filter(({ path }) => path !== `data/audit/${erasureListName}`)
      .map(async (file) => ({ ...file, bytes: (await stat(file.source)).size })),
  );
}

/** The list of erasures as it is now. */
export async function erasureList(project: Project): Promise<readonly BackedFile[]> {
  const place = join(dataPaths(project).audit, erasureListName);
  return filesBelow(place, `data/audit/${erasureListName}`);
}

/** Artefacts, snapshots, scores and reports, which never change once they are stored, and the store of views beside the snapshots. */
export async function storedFiles(project: Project, storage: Storage): Promise<readonly BackedFile[]> {
  const files = new Map<string, BackedFile>();
  for (const kind of KINDS) {
    for (const id of await storage.list(project.tenant, kind)) {
      const folder = await storage.materialise(storageRef(project.tenant, kind, id));
      for (const file of await filesBelow(folder, `data/${kind}/${id}`)) files.set(file.path, file);
    }
  }
  const { snapshots } = dataPaths(project);
  for (const name of ['views', 'inputs'])
    for (const file of await filesBelow(join(snapshots, name), `data/snapshots/${name}`)) files.set(file.path, file);
  return [...files.values()];
}

/** Every finished file at or below a place; what is being written has a temporary name and is left out. */
async function filesBelow(place: string, path: string): Promise<readonly BackedFile[]> {
  const found = await stat(place).catch(() => null);
  if (found === null) return [];
  if (found.isFile()) return [{ source: place, path, bytes: null }];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((source) => !/(^|\/)\.|\.tmp(-|$)/.test(slashes(relative(place, source))))
    .sort()
    .map((source) => ({ source, path: `${path}/${slashes(relative(place, source))}`, bytes: null }));
}

function slashes(path: string): string {
  return path.replaceAll(sep, '/');
}
