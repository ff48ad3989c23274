import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The cache folder shared by all clones: PROBITY_HOME, else `probity` in the XDG cache folder. */
export function probityHome(env = process.env) {
  return env.PROBITY_HOME || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'probity');
}
