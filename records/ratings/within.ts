import { ProbityError, type Instant, type Tenant } from '../../base/index.ts';
import { isAsRecorded, recordsWithin } from '../audit/index.ts';
import type { Database } from '../database/index.ts';
import { RATING_KIND, ratingIdOf, type StoredRating } from './ratings.ts';

/** A stored rating with the pseudonym of whom it is about; null: features came in the request. */
export interface RatingInTime extends StoredRating {
  readonly subject: string | null;
}

/**
 * The ratings recorded within [from, until), in order. Throws EVIDENCE_ALTERED at the first one that is not what the chain recorded; that none is missing,
 * `audit verify` tells.
 */
export async function* ratingsWithin(
  database: Database,
  tenant: Tenant,
  period: { readonly from: Instant; readonly until: Instant },
): AsyncGenerator<RatingInTime> {
  for await (const record of recordsWithin(database, tenant, RATING_KIND, period)) {
    const { sequence, hash, at, body, subject } = record;
    if (!isAsRecorded(record))
      throw new ProbityError('EVIDENCE_ALTERED', `Record ${sequence} is not what the audit chain recorded.`);
    yield {
      ratingId: ratingIdOf(record),
      receipt: { sequence, hash, at },
      evidence: body === null ? null : Buffer.from(body.bytes).toString('utf8'),
      subject,
    };
  }
}
