import { z } from 'zod';
import { isProbityError, ProbityError, type Project } from '../base/index.ts';
import type { ProfitBasis } from '../models/validation/index.ts';
import type { ShadowComparison, ShadowedRating } from '../pipelines/compose/compare-shadow.ts';
import { parseEvidence } from '../rating/index.ts';
import { storedRecord } from '../records/audit/index.ts';
import { openDatabase, type Database } from '../records/database/index.ts';
import { createShadows, createShadowScores, type Shadow } from '../records/shadows/index.ts';
import { LEAST_PREFIX } from './short-name.ts';
import { resolveDatabase } from './stack/services.ts';

/** Opens the operational database of a project for `work`, and closes it again. */
export async function withDatabase<T>(project: Project, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(await resolveDatabase(project));
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** A shadow by the first characters of its id, its candidate's, or its model's hash: the one that stands before the newest that has ended. */
export function findShadow(all: readonly Shadow[], id: string): Shadow {
  if (id.length < LEAST_PREFIX)
    throw new ProbityError('INVALID_INPUT', `\`${id}\` is too short to name a shadow.`, {
      fix: `Give at least ${LEAST_PREFIX} characters of its id; see \`probity models shadows\`.`,
    });
  const named = all.filter(({ shadowId, candidateId, modelHash }) =>
    [shadowId, candidateId, modelHash].some((text) => text.startsWith(id)),
  );
  const found = named.filter(({ endedAt }) => endedAt === null);
  const [one, other] = found.length > 0 ? found : named.slice(0, 1);
  if (one === undefined)
    throw new ProbityError('NOT_REGISTERED', 'No shadow, candidate or model in shadow is called so.');
  if (other === undefined) return one;
  throw new ProbityError('INVALID_INPUT', 'Several shadows are called so.', {
    fix: 'Give more characters; see `probity models shadows`.',
  });
}

const customerOf = z.object({ request: z.object({ customerId: z.string().optional() }) });

/** Compares a shadow on the ratings that it scored and whose outcomes the warehouse knows. */
export async function shadowComparison(
  project: Project,
  id: string,
  profit: ProfitBasis['model'] | null,
): Promise<ShadowComparison> {
  const { outcomesOf } = await import('../pipelines/compose/known-outcomes.ts');
  const { compareShadow } = await import('../pipelines/compose/compare-shadow.ts');
  const { tenant } = project;
  return withDatabase(project, async (database) => {
    const shadow = findShadow(await createShadows(database, tenant).list(), id);
    if (shadow.slot.horizonMonths !== project.labels.horizonMonths)
      throw new ProbityError(
        'HORIZON_MISMATCH',
        'The outcomes of this project are over another horizon than the slot.',
      );
    const ratings: Omit<ShadowedRating, 'bad'>[] = [];
    for (const { sequence, ratingId, asOf, decider, said } of await createShadowScores(database, tenant).of(
      shadow.shadowId,
    )) {
      if (!('pd' in said)) continue;
      // Whom the rating is about, only its evidence tells; where that is gone, so is the rating.
      const body = (await storedRecord(database, tenant, sequence))?.body;
      if (!body) continue;
      const read = customerOf.safeParse(parseEvidence(Buffer.from(body.bytes).toString('utf8')).inputs);
      const customerId = read.data?.request.customerId;
      if (customerId === undefined) continue;
      ratings.push({ ratingId, customerId, asOf, deciderPd: decider.pd, shadowPd: said.pd });
    }
    const known = await outcomesOf(project, ratings).catch((error: unknown) => {
      if (ratings.length > 0 || !isProbityError(error)) throw error;
      return { cutoff: shadow.startedAt, badOf: () => null };
    });
    const rows = ratings.map((rating) => ({ ...rating, bad: known.badOf(rating) }));
    return compareShadow(shadow, rows, known.cutoff, profit);
  });
}
