import type { Tenant } from '../../base/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createTrafficSplits } from '../../records/registry/index.ts';
import { createShadows, createShadowScores } from '../../records/shadows/index.ts';
import type { ServingDependencies } from '../dependencies.ts';

/** The challengers beside a tenant's champions, with what shadows have scored so far. */
export function composeChallengers(database: Database, tenant: Tenant): ServingDependencies['challengers'] {
  const shadows = createShadows(database, tenant);
  const scores = createShadowScores(database, tenant);
  const splits = createTrafficSplits(database, tenant);
  return {
    shadows: async () =>
      Promise.all((await shadows.list()).map(async (each) => ({ ...each, ...(await scores.counts(each.shadowId)) }))),
    splits: () => splits.list(),
  };
}
