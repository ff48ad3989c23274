import { existsSync } from 'node:fs';
import { ProbityError } from '../base/index.ts';
import { loadAnyModelFolder, requireGlassBox, type AnyModelFolder, type ModelFolder } from '../models/flat/index.ts';
import type { CommandContext } from './command.ts';
import { LEAST_PREFIX } from './short-name.ts';

/** The glass box that a person names; throws GLASS_BOX_ONLY where it is a deep challenger. */
export async function modelNamed(context: CommandContext, name: string): Promise<ModelFolder> {
  return requireGlassBox(await anyModelNamed(context, name));
}

/**
 * The model of either kind that a person names: a model folder, the first characters (`LEAST_PREFIX` or more) of the hash of a stored model of the project, or the id of
 * a candidate in its registry.
 */
export async function anyModelNamed(context: CommandContext, name: string): Promise<AnyModelFolder> {
  const isCandidate = /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name);
  if (existsSync(name) || (!isCandidate && !isHashStart(name))) return loadAnyModelFolder(name);
  const { openStorage, storageRef } = await import('../records/storage/index.ts');
  const project = await context.project();
  const start = isCandidate ? await modelOfCandidate(context, name) : name;
  const storage = openStorage(project);
  const stored = (await storage.list(project.tenant, 'artefacts')).filter((hash) => hash.startsWith(start));
  const [hash] = stored;
  if (hash === undefined || stored.length > 1) {
    const message = hash === undefined ? `No stored model's hash starts with ${start}.` : 'Several models start so.';
    throw new ProbityError('INVALID_INPUT', message, { fix: 'See `probity models list`, or name a model folder.' });
  }
  const folder = await storage.materialise(storageRef(project.tenant, 'artefacts', hash));
  return loadAnyModelFolder(folder, { expectedHash: hash });
}

const isHashStart = (name: string): boolean => name.length >= LEAST_PREFIX && /^[0-9a-f]{1,64}$/.test(name);

async function modelOfCandidate(context: CommandContext, candidateId: string): Promise<string> {
  const { withRegistry } = await import('./registry-access.ts');
  const candidate = await withRegistry(await context.project(), ({ registry }) => registry.candidate(candidateId));
  return candidate.modelHash;
}
