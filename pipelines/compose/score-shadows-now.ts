import type { Progress, Project } from '../../base/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import { createRegistry, createSnapshots } from '../../records/registry/index.ts';
import { createShadows, createShadowScores } from '../../records/shadows/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import type { ShadowWork } from '../activities/dependencies.ts';
import { shadowWork } from './shadow-work.ts';

const MOST = 2_000;

/** The shadow scoring of a project. */
export function composeShadowWork(project: Project, database: Database): ShadowWork {
  const { tenant } = project;
  return shadowWork({
    tenant,
    database,
    registry: createRegistry(database, tenant),
    snapshots: createSnapshots(database, tenant),
    facts: createFacts(database, tenant),
    storage: openStorage(project),
    shadows: createShadows(database, tenant),
    scores: createShadowScores(database, tenant),
  });
}

/** Scores, in this process, all ratings that shadows have not read; a worker may do the same at the same time. */
export async function scoreShadowsNow(
  project: Project,
  database: Database,
  context: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<void> {
  const work = composeShadowWork(project, database);
  while ((await work.scoreNext({ most: MOST }, context)).more);
}
