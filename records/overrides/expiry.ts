import { sql } from 'kysely';
import { canonicalJson, sha256, type Instant, type Tenant } from '../../base/index.ts';
import { storedRecord, type Appender } from '../audit/index.ts';
import type { Database } from '../database/index.ts';
import { parseRatingId } from '../ratings/index.ts';

/** Kind of the chain's record that an override which stood has ended by its time. */
export const OVERRIDE_EXPIRY = 'override-expiry';

/** That no later step of the same rating's override is noted behind step `o`. */
export const isLastStep = sql<boolean>`not exists (select from rating_overrides later
  where later.tenant = o.tenant and later.rating_id = o.rating_id and later.revision > o.revision)`;

/** That the end of the override which step `o` left standing is not in the chain. */
const isUntold = sql<boolean>`not exists (select from idempotency_keys k
  where k.tenant = o.tenant and k.idempotency_key = ${`${OVERRIDE_EXPIRY} `}::text || o.rating_id || ' ' || o.revision)`;

/**
 * Puts into the chain that overrides which stood have ended by their time, at most so many at once; each once. Of a sign-off and the decision beside it one may go on: `goesOn` takes that step, or answers null.
 * Answers how many.
 */
export async function expireOverrides(
  { database, tenant, appender }: { readonly database: Database; readonly tenant: Tenant; readonly appender: Appender },
  now: Instant,
  limit: number,
  goesOn: (ratingId: string) => Promise<unknown>,
): Promise<number> {
  const ended = await database.db
    .selectFrom('rating_overrides as o')
    .select(['o.rating_id', 'o.revision', 'o.expires_at'])
    .where('o.tenant', '=', tenant)
    .where('o.state', '=', 'stands')
    .where('o.expires_at', '<=', sql<Date>`${now}`)
    .where(isLastStep)
    .where(isUntold)
    .orderBy('o.expires_at')
    .limit(limit)
    .execute();
  for (const { rating_id: ratingId, revision, expires_at: expiresAt } of ended) {
    if ((await goesOn(ratingId)) !== null) continue;
    const { sequence } = parseRatingId(ratingId) ?? { sequence: 0 };
    const record = await storedRecord(database, tenant, sequence);
    const text = canonicalJson({
      format: 'probity.override-expiry/1',
      ratingId,
      revision,
      expiresAt: expiresAt.toISOString(),
    });
    await appender.append({
      kind: OVERRIDE_EXPIRY,
      subject: record?.subject ?? null,
      body: Buffer.from(text),
      once: { key: `${OVERRIDE_EXPIRY} ${ratingId} ${revision}`, fingerprint: sha256(text) },
    });
  }
  return ended.length;
}
