import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ProbityError, probityHome } from '../base/index.ts';

/**
 * The path of a `temporal` executable, or null: PROBITY_TEMPORAL, then PATH, then the newest of `<cache>/temporal/<version>/temporal`
 * that set-up has put there.
 */
export function findTemporalExecutable(env: NodeJS.ProcessEnv = process.env): string | null {
  const named = env['PROBITY_TEMPORAL'];
  if (named) return isExecutable(named) ? named : null;
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'temporal'));
  const cache = join(probityHome(env), 'temporal');
  const versions = existsSync(cache) ? readdirSync(cache).toSorted((a, b) => byVersion(b, a)) : [];
  return [...onPath, ...versions.map((version) => join(cache, version, 'temporal'))].find(isExecutable) ?? null;
}

/** The same, or TOOL_MISSING with what to do. */
export function temporalExecutable(env: NodeJS.ProcessEnv = process.env): string {
  const found = findTemporalExecutable(env);
  if (found) return found;
  throw new ProbityError('TOOL_MISSING', 'There is no Temporal server executable on this machine.', {
    fix: 'Run `npm run setup`, put `temporal` on PATH, or set PROBITY_TEMPORAL to its path.',
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
