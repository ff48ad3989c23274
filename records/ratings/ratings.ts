import { sql } from 'kysely';
import { instant, ProbityError, type Instant, type Tenant } from '../../base/index.ts';
import {
  absenceOf,
  eraseSubject,
  isAsRecorded,
  storedRecord,
  type Absence,
  type Appender,
  type NewRecord,
} from '../audit/index.ts';
import type { Database } from '../database/index.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** What proves later that a rating was given: its place in the audit chain, its hash, and when. */
export interface Receipt {
  readonly sequence: number;
  readonly hash: string;
  readonly at: Instant;
}

/** A rating on its way into the records. */
export interface NewRating {
  readonly customerId: string | null;
  /** Its evidence: canonical JSON (rating/engine). */
  readonly evidence: string;
  /** Recorded at most once for a key; `fingerprint` is the SHA-256 of the request that it stands for. */
  readonly once?: { readonly key: string; readonly fingerprint: string };
}

/** A rating in the records, durable. */
export interface RecordedRating {
  readonly ratingId: string;
  readonly receipt: Receipt;
  /** It was recorded before, by the same key: what it answers is found by its id. */
  readonly repeated: boolean;
}

/** A stored rating; its evidence is null once it was erased, or its time was over. */
export interface StoredRating {
  readonly ratingId: string;
  readonly receipt: Receipt;
  readonly evidence: string | null;
  /** Why there is no evidence, where somebody asked for this very rating. */
  readonly absence?: Absence;
}

/** What to say of a rating without evidence. */
export function evidenceGone(absence: Absence = 'erased'): ProbityError {
  return absence === 'erased'
    ? new ProbityError('RATING_ERASED', 'The evidence of this rating was erased.')
    : new ProbityError('RATING_RETIRED', 'The evidence of this rating was removed by a retention rule.');
}

/** The ratings of one tenant, as evidence in its audit chain. */
export interface Ratings {
  /** Records a rating; when it resolves, it is durable. Throws IDEMPOTENCY_CONFLICT for a key that stands for another request. */
  record(rating: NewRating): Promise<RecordedRating>;
  /** A rating by its id. Throws UNKNOWN_RATING, and EVIDENCE_ALTERED where it is not what its hash in the chain names. */
  find(ratingId: string): Promise<StoredRating>;
  /** The rating that was recorded for a key, or null. Throws as `find` does, and IDEMPOTENCY_CONFLICT where the key stands for another request. */
  ofKey(once: { readonly key: string; readonly fingerprint: string }): Promise<StoredRating | null>;
  /** Ids of a customer's ratings whose evidence is there, newest first; those recorded before a place of the chain, where one is named. */
  newestOf(customerId: string, limit: number, before?: number): Promise<readonly string[]>;
  /** Erases the evidence of all ratings of a customer; the chain keeps that they existed, and verifies. Answers how many. */
  eraseCustomer(customerId: string): Promise<number>;
}

/** Kind of the records that hold ratings. */
export const RATING_KIND = 'rating';

/** What the system's own keys of idempotency begin with; callers' keys have no space. */
const OWN_KEYS = 'system ';

/** The key under which the system rates a customer again once. */
export function ownKey(key: string): string {
  return `${OWN_KEYS}${key}`;
}

/** How many ratings were recorded within [from, until): those that somebody asked for, and those by which the system rated again (`ownKey`). */
export async function countRatings(
  database: Database,
  tenant: Tenant,
  from: Instant,
  until: Instant,
): Promise<{ readonly asked: number; readonly rerated: number }> {
  const within = database.db
    .selectFrom('chain_records as r')
    .where('r.tenant', '=', tenant)
    .where('r.kind', '=', RATING_KIND)
    .where('r.at', '>=', sql<Date>`${from}`)
    .where('r.at', '<', sql<Date>`${until}`)
    .select(({ fn }) => fn.countAll<number>().as('count'));
  const own = within
    .innerJoin('idempotency_keys as k', (join) =>
      join.onRef('k.tenant', '=', 'r.tenant').onRef('k.sequence', '=', 'r.sequence'),
    )
    .where(sql<boolean>`starts_with(k.idempotency_key, ${OWN_KEYS})`);
  const [all, rerated] = await Promise.all([within.executeTakeFirstOrThrow(), own.executeTakeFirstOrThrow()]);
  return { asked: all.count - rerated.count, rerated: rerated.count };
}

/** When the oldest of so many newest ratings was recorded; null: there is none. */
export async function sinceNewest(database: Database, tenant: Tenant, most: number): Promise<Instant | null> {
  const newest = database.db
    .selectFrom('chain_records')
    .select('at')
    .where('tenant', '=', tenant)
    .where('kind', '=', RATING_KIND)
    .orderBy('sequence', 'desc')
    .limit(most);
  const { at } = await database.db
    .selectFrom(newest.as('newest'))
    .select(({ fn }) => fn.min('at').as('at'))
    .executeTakeFirstOrThrow();
  return at === null ? null : instant(at);
}

const ID = /^([1-9]\d{0,14})-([0-9a-f]{16})$/;

/** A rating's id: its place in the chain and the start of its hash, so that an id can name no other rating. */
export function ratingIdOf({ sequence, hash }: Pick<Receipt, 'sequence' | 'hash'>): string {
  return `${sequence}-${hash.slice(0, 16)}`;
}

/** Takes an id apart: the place in the chain and the start of the hash; null where it is none. */
export function parseRatingId(ratingId: string): { readonly sequence: number; readonly hashStart: string } | null {
  const [, sequence, hashStart] = ID.exec(ratingId) ?? [];
  return sequence === undefined || hashStart === undefined ? null : { sequence: Number(sequence), hashStart };
}

export function createRatings(database: Database, tenant: Tenant, appender: Appender, pseudonyms: Pseudonyms): Ratings {
  const { db } = database;
  const bySequence = async (sequence: number, hashStart: string): Promise<StoredRating> => {
    const record = await storedRecord(database, tenant, sequence);
    if (record === null || record.kind !== RATING_KIND || !record.hash.startsWith(hashStart))
      throw new ProbityError('UNKNOWN_RATING', 'No rating with this id is recorded.');
    if (!isAsRecorded(record))
      throw new ProbityError('EVIDENCE_ALTERED', 'The evidence of this rating is not what the audit chain recorded.');
    const { hash, at, body } = record;
    const named = { ratingId: ratingIdOf(record), receipt: { sequence, hash, at } };
    if (body === null) return { ...named, evidence: null, absence: await absenceOf(database, tenant, record) };
    return { ...named, evidence: Buffer.from(body.bytes).toString('utf8') };
  };
  return {
    async record({ customerId, evidence, once }) {
      const record: NewRecord = {
        kind: RATING_KIND,
        subject: customerId === null ? null : pseudonyms.of(customerId),
        body: Buffer.from(evidence),
        ...(once === undefined ? {} : { once }),
      };
      const appended = await appender.append(record);
      const { sequence, hash, at } = appended.record;
      return {
        ratingId: ratingIdOf({ sequence, hash }),
        receipt: { sequence, hash, at },
        repeated: appended.repeated,
      };
    },
    async find(ratingId) {
      const named = parseRatingId(ratingId);
      if (named === null) throw new ProbityError('UNKNOWN_RATING', 'This is not the id of a rating.');
      return bySequence(named.sequence, named.hashStart);
    },
    async ofKey({ key, fingerprint }) {
      const row = await db
        .selectFrom('idempotency_keys')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('idempotency_key', '=', key)
        .executeTakeFirst();
      if (row === undefined) return null;
      if (row.fingerprint.toString('hex') !== fingerprint)
        throw new ProbityError('IDEMPOTENCY_CONFLICT', 'This key stands for another request.');
      return bySequence(row.sequence, '');
    },
    async newestOf(customerId, limit, before) {
      const found = db
        .selectFrom('chain_records as r')
        .innerJoin('record_bodies as b', (join) =>
          join.onRef('b.tenant', '=', 'r.tenant').onRef('b.sequence', '=', 'r.sequence'),
        )
        .select(['r.sequence', 'r.hash'])
        .where('r.tenant', '=', tenant)
        .where('r.subject', '=', Buffer.from(pseudonyms.of(customerId), 'hex'))
        .where('r.kind', '=', RATING_KIND)
        .where('b.body', 'is not', null)
        .orderBy('r.sequence', 'desc')
        .limit(limit);
      const rows = await (before === undefined ? found : found.where('r.sequence', '<', before)).execute();
      return rows.map(({ sequence, hash }) => ratingIdOf({ sequence, hash: hash.toString('hex') }));
    },
    async eraseCustomer(customerId) {
      const { bodies } = await eraseSubject(database, tenant, appender, pseudonyms.of(customerId));
      return bodies;
    },
  };
}
