import { homedir } from 'node:os';
import { join } from 'node:path';

/** The cache folder of tools shared by all projects (TensorFlow library, Temporal server): PROBITY_HOME, or the XDG cache folder. */
export function probityHome(env: NodeJS.ProcessEnv = process.env): string {
  if (env['PROBITY_HOME']) return env['PROBITY_HOME'];
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'probity');
}
