import { isProbityError, ProbityError, type Json, type Project } from '../../base/index.ts';
import { parseEvidence, replay, type PartHashes, type TablePrograms } from '../../rating/index.ts';
import { absenceOf, isAsRecorded, storedRecord, type Absence } from '../../records/audit/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createParts, partLoader } from '../../records/parts/index.ts';
import { parseRatingId, ratingIdOf, type Receipt } from '../../records/ratings/index.ts';
import { createRegistry } from '../../records/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';

/** What replaying a recorded rating came to. */
export type Replayed = { readonly ratingId: string; readonly receipt: Receipt } & (
  | { readonly outcome: Absence }
  | {
      readonly outcome: 'same';
      readonly engine: string;
      /** Which program ran the rules' tables, then and now; null where none did. */
      readonly tables: TablePrograms | null;
      readonly parts: PartHashes;
      readonly answer: Json;
    }
);

/**
 * Recomputes a recorded rating of a project from its evidence, with the engine, artefact and standards of then, and compares the bytes
 * with the answer that was given. Throws UNKNOWN_RATING; EVIDENCE_ALTERED where anything that it follows from is not what it was;
 * PART_MISSING, NOT_REGISTERED and STORAGE_FAILED where a part is gone.
 */
export async function replayRecorded(database: Database, project: Project, ratingId: string): Promise<Replayed> {
  const { tenant } = project;
  const named = parseRatingId(ratingId);
  const record = named === null ? null : await storedRecord(database, tenant, named.sequence);
  if (record === null || record.kind !== 'rating' || ratingIdOf(record) !== ratingId)
    throw new ProbityError('UNKNOWN_RATING', 'No rating with this id is recorded.');
  const { sequence, hash, at, body } = record;
  const receipt = { sequence, hash, at };
  if (body === null) return { ratingId, receipt, outcome: await absenceOf(database, tenant, record) };
  const parts = createParts(database, tenant);
  const load = partLoader({ registry: createRegistry(database, tenant), storage: openStorage(project) }, (part) =>
    parts.content(part),
  );
  const evidence = parseEvidence(Buffer.from(body.bytes).toString('utf8'));
  const { answer, tables } = await replay(evidence, load).catch((error: unknown) => {
    if (!isProbityError(error, 'INVALID_ARTEFACT') && !isProbityError(error, 'ARTEFACT_ALTERED')) throw error;
    throw new ProbityError('EVIDENCE_ALTERED', `The model is not the one that rated: ${error.message}`, {
      cause: error,
    });
  });
  // The evidence agrees with itself; that it is also what was recorded, the chain says.
  if (!isAsRecorded(record))
    throw new ProbityError('EVIDENCE_ALTERED', 'The evidence is not what the audit chain recorded.');
  return { ratingId, receipt, outcome: 'same', engine: evidence.engine, tables, parts: evidence.parts, answer };
}
