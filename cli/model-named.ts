import { existsSync } from 'node:fs';
import { ProbityError } from '../base/index.ts';
import { loadModelFolder, type ModelFolder } from '../models/flat/index.ts';
import type { CommandContext } from './command.ts';

/** A model folder, or the stored model of the project whose hash starts with `name`. */
export async function modelNamed(context: CommandContext, name: string): Promise<ModelFolder> {
  if (existsSync(name) || !/^[0-9a-f]{6,64}$/.test(name)) return loadModelFolder(name);
  const { openStorage, storageRef } = await import('../records/storage/index.ts');
  const project = await context.project();
  const storage = openStorage(project);
  const stored = (await storage.list(project.tenant, 'artefacts')).filter((hash) => hash.startsWith(name));
  const [hash] = stored;
  if (hash === undefined || stored.length > 1) {
    const message = hash === undefined ? `No stored model's hash starts with ${name}.` : 'Several models start so.';
    throw new ProbityError('INVALID_INPUT', message, { fix: 'See `probity models list`, or name a model folder.' });
  }
  const folder = await storage.materialise(storageRef(project.tenant, 'artefacts', hash));
  return loadModelFolder(folder, { expectedHash: hash });
}
