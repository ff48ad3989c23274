import { sql } from 'kysely';
import type { Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import { FEED_START, type FeedPlace } from './feed.ts';

/** How far a reader has read the change feed. */
export interface FeedReading {
  /** Where it left off; the feed's start for one that never read. */
  place(): Promise<FeedPlace>;
  /** Goes on, never back. */
  remember(place: FeedPlace): Promise<void>;
}

/** The place of one reader, kept in a table of its own. */
export function createFeedReading(
  { db }: Database,
  tenant: Tenant,
  table: 'warning_places' | 'review_places' | 'webhook_places',
): FeedReading {
  return {
    async place() {
      const row = await db
        .selectFrom(table)
        .select(['sequence', 'taken'])
        .where('tenant', '=', tenant)
        .executeTakeFirst();
      return row ?? FEED_START;
    },
    async remember({ sequence, taken }) {
      const places = sql.table(table);
      await sql`insert into ${places} as p (tenant, sequence, taken) values (${tenant}, ${sequence}, ${taken})
        on conflict (tenant) do update set sequence = excluded.sequence, taken = excluded.taken
        where (p.sequence, p.taken) < (excluded.sequence, excluded.taken)`.execute(db);
    },
  };
}
