import type { Logger } from 'pino';
import { messageOf, type Json, type Project } from '../../base/index.ts';
import type { ActsFile, RatingStandards } from '../../rating/index.ts';
import { auditPlaces, openSignedAppender } from '../../records/assurance/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import { openPseudonymKey } from '../../records/checkpoints/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createParts, partLoader } from '../../records/parts/index.ts';
import { createRatings, sharedPseudonyms, type Pseudonyms, type Ratings } from '../../records/ratings/index.ts';
import type { Registry } from '../../records/registry/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import type { RatingRecords } from '../dependencies.ts';

/**
 * Composes the records of a project's ratings. Throws DATABASE_NOT_DURABLE where the database may lose what it acknowledges,
 * AUDIT_CHAIN_BROKEN where it does not hold what was signed last, KEY_UNUSABLE where the keys are not the project's.
 */
export async function composeRecords(
  project: Project,
  outside: {
    readonly database: Database;
    readonly storage: Storage;
    readonly registry: Registry;
    readonly standards: RatingStandards;
    readonly acts: ActsFile;
    readonly logger: Logger;
  },
): Promise<{
  readonly records: RatingRecords;
  readonly standardsHash: string;
  readonly actsHash: string;
  readonly appender: Appender;
  readonly pseudonyms: Pseudonyms;
  readonly ratings: Ratings;
  readonly close: () => Promise<void>;
}> {
  const { tenant } = project;
  const { database, logger } = outside;
  const places = auditPlaces(project);
  const signed = await openSignedAppender({
    database,
    places,
    watch: true,
    onError: (error) => logger.error({ problem: messageOf(error) }, 'a checkpoint could not be written'),
  });
  const { appender } = signed;
  try {
    const parts = createParts(database, tenant);
    const standardsHash = await parts.keep('standards', outside.standards as unknown as Json);
    const actsHash = await parts.keep('acts', outside.acts);
    const pseudonyms = await sharedPseudonyms(database, tenant, await openPseudonymKey(places.keys));
    const ratings = createRatings(database, tenant, appender, pseudonyms);
    const part = partLoader(outside, (hash) => parts.content(hash));
    return {
      records: { ...ratings, part, keep: (role, content) => parts.keep(role, content) },
      standardsHash,
      actsHash,
      appender,
      pseudonyms,
      ratings,
      close: () => signed.close(),
    };
  } catch (error) {
    await signed.close().catch(() => {});
    throw error;
  }
}
