import type { Tenant } from '../../base/index.ts';
import { storedHead } from '../audit/index.ts';
import type { Database } from '../database/index.ts';
import { OVERRIDE_EXPIRY, overrideOfStep } from '../overrides/index.ts';
import type { Override } from '../../rating/index.ts';
import { CHANGE_TYPES, speaksForPresent, type ChangeType } from './change.ts';
import { inForceAt, NOTHING_STANDS, type OverrideOf, type Standing } from './standing.ts';
import { factsOf, recordIdOf, toldAlone, toldOf, type Change, type Followed, type Row } from './told-by-record.ts';

/** A place in the feed: behind a record of the audit chain, or behind the first changes of the next one. */
export interface FeedPlace {
  readonly sequence: number;
  /** How many changes of the record `sequence + 1` were read. */
  readonly taken: number;
}

export const FEED_START: FeedPlace = { sequence: 0, taken: 0 };

/** A part of the feed, and where to go on; `more`: there is more already. */
export interface FeedPart {
  readonly changes: readonly Change[];
  readonly next: FeedPlace;
  readonly more: boolean;
}

/** The changes of one tenant, read from its audit chain: nothing is lost that was recorded, and any place can be gone back to. */
export interface ChangeFeed {
  /**
   * At most `limit` changes of these types behind a place. It may be empty and yet have `more`: one call reads so many records. `ofCustomers`: only
   * changes of ratings that name a customer; the bodies of others are not even read.
   */
  read(
    after: FeedPlace,
    options: { readonly limit: number; readonly types?: readonly ChangeType[]; readonly ofCustomers?: boolean },
  ): Promise<FeedPart>;
}

/** Records that one call reads at most where types are left out, so that it does not read the whole chain. */
const MOST_RECORDS = 500;
/** Earlier ratings of a customer that are looked at in one query. */
const LOOK_BACK = 10;

/** Kinds that speak for themselves: what stood before does not matter. */
const ALONE_KINDS: readonly string[] = ['review', 'trigger', 'instruction', 'alert'];
/** Kinds of records that change what is told. */
const KINDS = ['rating', 'erasure', 'expiry', 'override', OVERRIDE_EXPIRY] as const;

const NOBODY: Followed = { standing: NOTHING_STANDS, told: null };

/**
 * The feed over the audit chain. The chain's numbers have no gaps and become visible in their order (the head is locked until the
 * commit), so a reader who goes on behind the last number that it saw can miss none, however many servers append. `overrideOf` says which override is in force with a rating; without it
 * the feed tells what model and rules decided.
 */
export function createChangeFeed(database: Database, tenant: Tenant, overrideOf: OverrideOf = () => null): ChangeFeed {
  const records = () =>
    database.db
      .selectFrom('chain_records as r')
      .leftJoin('record_bodies as b', (join) =>
        join.onRef('b.tenant', '=', 'r.tenant').onRef('b.sequence', '=', 'r.sequence'),
      )
      .select(['r.sequence', 'r.hash', 'r.kind', 'r.subject', 'r.at', 'b.body'])
      .where('r.tenant', '=', tenant);

  /** The newest rating of a subject before a record that speaks for the present, whether its validity has ended, and when something was told last; null where there is none, or it was erased. */
  const presentBefore = async (
    subject: Buffer,
    sequence: number,
  ): Promise<Pick<Standing, 'rated' | 'isExpired'> & { readonly lastAt: string | null }> => {
    let below = sequence;
    let isExpired = false;
    let lastAt: string | null = null;
    for (;;) {
      const rows: Row[] = await records()
        .where('r.subject', '=', subject)
        .where('r.sequence', '<', below)
        .orderBy('r.sequence', 'desc')
        .limit(LOOK_BACK)
        .execute();
      for (const row of rows) {
        if (row.kind === 'expiry') isExpired = true;
        if (row.kind === 'erasure' || (row.kind === 'rating' && row.body === null))
          return { rated: null, isExpired: false, lastAt };
        const facts = factsOf(row);
        const isPresent = facts !== null && speaksForPresent(facts, row.at.toISOString());
        if (isPresent || (row.kind !== 'rating' && KINDS.some((kind) => kind === row.kind)))
          lastAt ??= row.at.toISOString();
        if (isPresent) return { rated: { ratingId: recordIdOf(row), facts }, isExpired, lastAt };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < LOOK_BACK) return { rated: null, isExpired: false, lastAt };
      below = last.sequence;
    }
  };

  /** Overrides of these customers before a place, by customer; nothing is asked where the tenant has none. */
  const overridesBefore = async (
    subjects: readonly Buffer[],
    sequence: number,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, Override>>> => {
    const found = new Map<string, Map<string, Override>>();
    if (subjects.length === 0) return found;
    const rows: Row[] = await records()
      .where('r.subject', 'in', [...subjects])
      .where('r.sequence', '<=', sequence)
      .where('r.kind', 'in', ['override', 'erasure'])
      .orderBy('r.sequence')
      .execute();
    for (const row of rows) {
      const subject = row.subject?.toString('hex') ?? '';
      if (row.kind === 'erasure') found.delete(subject);
      else if (row.body !== null) {
        const override = overrideOfStep(row.body.toString('utf8'));
        found.set(subject, (found.get(subject) ?? new Map<string, Override>()).set(override.ratingId, override));
      }
    }
    return found;
  };

  return {
    async read(after, { limit, types = CHANGE_TYPES, ofCustomers = false }) {
      const most = CHANGE_TYPES.every((type) => types.includes(type)) ? limit + 1 : MOST_RECORDS;
      // Before the records: what lies up to here is visible to them, so that what they leave out need not be looked at again.
      const end = ofCustomers ? (await storedHead(database, tenant)).sequence : null;
      if (end === after.sequence) return { changes: [], next: after, more: false };
      const rows: Row[] = await records()
        .where('r.sequence', '>', after.sequence)
        .where('r.kind', 'in', [...KINDS, ...ALONE_KINDS])
        .$if(ofCustomers, (query) => query.where('r.subject', 'is not', null))
        .orderBy('r.sequence')
        .limit(most)
        .execute();
      const subjects = new Map(
        rows.flatMap(({ subject }) => (subject === null ? [] : [[subject.toString('hex'), subject] as const])),
      );
      const before = await overridesBefore([...subjects.values()], after.sequence);
      const followed = new Map<string, Followed>();
      const followedBefore = async (row: Row, subject: string): Promise<Followed> => {
        const known = followed.get(subject);
        if (known !== undefined || row.subject === null || row.kind === 'erasure') return known ?? NOBODY;
        const { lastAt, ...rest } = await presentBefore(row.subject, row.sequence);
        const standing = { ...rest, overrides: before.get(subject) ?? NOTHING_STANDS.overrides };
        return { standing, told: lastAt === null ? null : inForceAt(standing, lastAt, overrideOf) };
      };
      const follow = async (row: Row, subject: string | null): Promise<readonly Change[]> => {
        const was = subject === null ? NOBODY : await followedBefore(row, subject);
        const { told, now } = toldOf(row, was, overrideOf);
        if (subject !== null) followed.set(subject, now);
        return told;
      };
      const changes: Change[] = [];
      let next = after;
      for (const row of rows) {
        const subject = row.subject?.toString('hex') ?? null;
        const told = ALONE_KINDS.includes(row.kind) ? toldAlone(row) : await follow(row, subject);
        const resumed = after.taken > 0 && row.sequence === after.sequence + 1 ? after.taken : 0;
        for (const [i, change] of told.entries()) {
          if (i < resumed || !types.includes(change.type)) continue;
          if (changes.length === limit) return { changes, next: { sequence: row.sequence - 1, taken: i }, more: true };
          changes.push(change);
        }
        next = { sequence: row.sequence, taken: 0 };
      }
      const more = rows.length === most;
      if (!more && end !== null && end > next.sequence) next = { sequence: end, taken: 0 };
      return { changes, next, more };
    },
  };
}
