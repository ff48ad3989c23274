import { ProbityError, type Project } from '../base/index.ts';
import { openDatabase } from '../records/database/index.ts';
import {
  createChampions,
  createRegistry,
  type Candidate,
  type Champions,
  type Registry,
} from '../records/registry/index.ts';
import { resolveDatabase } from './stack/services.ts';

/** A candidate by its id, or the newest one of the model whose hash starts so. */
export async function findCandidate(registry: Registry, id: string): Promise<Candidate> {
  if (/^[0-9a-f]{8}-/.test(id)) return registry.candidate(id);
  const found = (await registry.candidates()).filter((one) => id.length >= 6 && one.modelHash.startsWith(id));
  const newest = found[0];
  if (!newest) throw new ProbityError('NOT_REGISTERED', 'No candidate has this id or a model whose hash starts so.');
  if (found.some((one) => one.modelHash !== newest.modelHash)) {
    throw new ProbityError('INVALID_INPUT', 'Several models start so.', { fix: 'Give more characters of the hash.' });
  }
  return newest;
}

/** Opens the registry of a project for `work`, and closes it again. */
export async function withRegistry<T>(
  project: Project,
  work: (records: { readonly registry: Registry; readonly champions: Champions }) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(await resolveDatabase(project));
  try {
    return await work({
      registry: createRegistry(database, project.tenant),
      champions: createChampions(database, project.tenant),
    });
  } finally {
    await database.close();
  }
}
