import { execFile } from 'node:child_process';
import { access, constants, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ProbityError, sha256 } from '../../base/index.ts';

const run = promisify(execFile);

/** The user that PostgreSQL runs as: PostgreSQL refuses to run as root. */
export interface UnprivilegedUser {
  readonly uid: number;
  readonly gid: number;
}

/** Null for an ordinary user (nothing to change); as root, the system's `postgres` user, else `nobody`. */
export async function unprivilegedUser(): Promise<UnprivilegedUser | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(
        ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout.trim())),
      );
      if (uid && gid) return { uid, gid };
    } catch {
      // no such user on this machine
    }
  }
  throw new ProbityError(
    'TOOL_MISSING',
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody".',
    {
      fix: 'Run Probity as an ordinary user, or name a PostgreSQL server in PROBITY_DATABASE_URL.',
    },
  );
}

/** Where root keeps what another user must reach, when the project lies in a folder closed to others (such as /root). */
const SHARED_ROOT = '/var/lib/probity';

/** `folder` where every user may pass through all folders above it; otherwise a folder of its own that they can reach. */
export async function reachableFolder(folder: string, user: UnprivilegedUser | null): Promise<string> {
  if (user === null || (await othersMayPass(dirname(folder)))) return folder;
  return join(SHARED_ROOT, sha256(folder).slice(0, 16));
}

/** The same for a folder of programs, copied once (whole or not at all) to where the user can reach it. */
export async function reachablePrograms(
  folder: string,
  version: string,
  user: UnprivilegedUser | null,
): Promise<string> {
  if (user === null || (await othersMayPass(folder))) return folder;
  const target = join(SHARED_ROOT, `postgres-${version}`);
  if (await exists(target)) return target;
  const temporary = `${target}.${process.pid}.tmp`;
  await mkdir(SHARED_ROOT, { recursive: true, mode: 0o755 });
  await cp(folder, temporary, { recursive: true, verbatimSymlinks: true });
  await rename(temporary, target).catch(async (error: unknown) => {
    await rm(temporary, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  });
  return target;
}

async function othersMayPass(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const info = await stat(at).catch(() => null);
    if (info !== null && (info.mode & 0o001) === 0) return false;
    if (dirname(at) === at) return true;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
