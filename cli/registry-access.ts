import { ProbityError, type Project } from '../base/index.ts';
import { openDatabase } from '../records/database/index.ts';
import {
  createChampions,
  createRegistry,
  type Candidate,
  type Champions,
  type Registry,
} from '../records/registry/index.ts';
import { LEAST_PREFIX } from './short-name.ts';
import { resolveDatabase } from './stack/services.ts';

/** A candidate by the first characters of its id, or the newest one of the model whose hash starts so. */
export async function findCandidate(registry: Registry, id: string): Promise<Candidate> {
  if (id.length < LEAST_PREFIX)
    throw new ProbityError('INVALID_INPUT', `\`${id}\` is too short to name a candidate or a model.`, {
      fix: `Give at least ${LEAST_PREFIX} characters of its id or hash; see \`probity models list\`.`,
    });
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return registry.candidate(id);
  const all = await registry.candidates();
  const found = all.filter((one) => one.candidateId.startsWith(id) || one.modelHash.startsWith(id));
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
