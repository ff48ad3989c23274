import { z } from 'zod';
import { instant, type Instant, type Tenant } from '../../base/index.ts';
import { storedHead } from '../audit/index.ts';
import type { Database } from '../database/index.ts';
import {
  CHANGE_TYPES,
  changesOf,
  speaksForPresent,
  type ChangeContent,
  type ChangeType,
  type RatedFacts,
} from './change.ts';
import { ratedFacts } from './evidence.ts';
import { warningRecord } from './warning-record.ts';

/** A place in the feed: behind a record of the audit chain, or behind the first changes of the next one. */
export interface FeedPlace {
  readonly sequence: number;
  /** How many changes of the record `sequence + 1` were read. */
  readonly taken: number;
}

export const FEED_START: FeedPlace = { sequence: 0, taken: 0 };

/** One change, told in the order of the audit chain. */
export type Change = ChangeContent & {
  /** Always the same for the same change: whoever saw it before can tell. */
  readonly id: string;
  /** The record of the audit chain that it comes from. */
  readonly sequence: number;
  readonly at: Instant;
  readonly ratingId: string | null;
  readonly customerId: string | null;
  /** The customer's pseudonym, by which an erasure names whose changes are to be forgotten. */
  readonly subject: string | null;
};

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

/** Kinds of records that changes are told of. */
const TOLD_KINDS = ['rating', 'erasure', 'expiry', 'trigger', 'instruction', 'review'];
/** Those that speak for themselves: what was before does not matter. */
const ALONE_KINDS = ['erasure', 'trigger', 'instruction', 'review'];
/** Records that one call reads at most where types are left out, so that it does not read the whole chain. */
const MOST_RECORDS = 500;
/** Earlier ratings of a customer that are looked at in one query. */
const LOOK_BACK = 10;

interface Row {
  readonly sequence: number;
  readonly hash: Buffer;
  readonly kind: string;
  readonly subject: Buffer | null;
  readonly at: Date;
  readonly body: Buffer | null;
}

/**
 * The feed over the audit chain. The chain's numbers have no gaps and become visible in their order (the head is locked until the
 * commit), so a reader who goes on behind the last number that it saw can miss none, however many servers append.
 */
export function createChangeFeed(database: Database, tenant: Tenant): ChangeFeed {
  const records = () =>
    database.db
      .selectFrom('chain_records as r')
      .leftJoin('record_bodies as b', (join) =>
        join.onRef('b.tenant', '=', 'r.tenant').onRef('b.sequence', '=', 'r.sequence'),
      )
      .select(['r.sequence', 'r.hash', 'r.kind', 'r.subject', 'r.at', 'b.body'])
      .where('r.tenant', '=', tenant);

  /** The newest rating of a subject before a record that speaks for the present; null where there is none, or it was erased. */
  const presentBefore = async (subject: Buffer, sequence: number): Promise<RatedFacts | null> => {
    let below = sequence;
    let isExpired = false;
    for (;;) {
      const rows: Row[] = await records()
        .where('r.subject', '=', subject)
        .where('r.sequence', '<', below)
        .orderBy('r.sequence', 'desc')
        .limit(LOOK_BACK)
        .execute();
      for (const row of rows) {
        if (row.kind === 'expiry') isExpired = true;
        if (row.kind !== 'rating' && row.kind !== 'erasure') continue;
        if (row.kind === 'erasure' || row.body === null) return null;
        const facts = factsOf(row);
        if (facts !== null && speaksForPresent(facts, row.at.toISOString()))
          return isExpired ? withoutLimit(facts) : facts;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < LOOK_BACK) return null;
      below = last.sequence;
    }
  };

  return {
    async read(after, { limit, types = CHANGE_TYPES, ofCustomers = false }) {
      const most = CHANGE_TYPES.every((type) => types.includes(type)) ? limit + 1 : MOST_RECORDS;
      // Before the records: what lies up to here is visible to them, so that what they leave out need not be looked at again.
      const end = ofCustomers ? (await storedHead(database, tenant)).sequence : null;
      if (end === after.sequence) return { changes: [], next: after, more: false };
      const rows: Row[] = await records()
        .where('r.sequence', '>', after.sequence)
        .where('r.kind', 'in', TOLD_KINDS)
        .$if(ofCustomers, (query) => query.where('r.subject', 'is not', null))
        .orderBy('r.sequence')
        .limit(most)
        .execute();
      const newest = new Map<string, RatedFacts | null>();
      const changes: Change[] = [];
      let next = after;
      for (const row of rows) {
        const subject = row.subject?.toString('hex') ?? null;
        let before: RatedFacts | null = null;
        if (row.subject !== null && subject !== null && !ALONE_KINDS.includes(row.kind))
          before = newest.has(subject) ? (newest.get(subject) ?? null) : await presentBefore(row.subject, row.sequence);
        const { told, present } = toldOf(row, before);
        if (subject !== null && row.kind === 'erasure') newest.set(subject, null);
        else if (subject !== null && !ALONE_KINDS.includes(row.kind)) newest.set(subject, present ?? before);
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

function factsOf({ kind, body }: Row): RatedFacts | null {
  return kind === 'rating' && body !== null ? ratedFacts(body.toString('utf8')) : null;
}

/** The changes of one record; `present`: what it says, where that speaks for the present. */
function toldOf(
  row: Row,
  before: RatedFacts | null,
): { readonly told: readonly Change[]; readonly present: RatedFacts | null } {
  const { sequence, kind } = row;
  const hash = row.hash.toString('hex');
  const at = instant(row.at);
  const recordId = `${sequence}-${hash.slice(0, 16)}`;
  const subject = row.subject?.toString('hex') ?? null;
  if (kind === 'expiry') return toldOfExpiry(row, before, recordId, subject);
  if (kind === 'trigger' || kind === 'instruction')
    return { told: toldByWarning(row, recordId, subject), present: null };
  if (kind === 'review') return { told: toldOfReview(row, recordId, subject), present: null };
  const ratingId = kind === 'rating' ? recordId : null;
  const facts = factsOf(row);
  const present = facts !== null && speaksForPresent(facts, at) ? facts : null;
  const contents: readonly ChangeContent[] =
    facts === null
      ? [{ type: kind === 'rating' ? 'rating' : 'erasure', before: null, after: null }]
      : changesOf(facts, before, present !== null);
  const told = contents.map((content): Change => {
    const code = content.type === 'warning' ? `/${content.after?.code ?? ''}` : '';
    const id = `${recordId}/${content.type}${code}`;
    return { ...content, id, sequence, at, ratingId, customerId: facts?.customerId ?? null, subject };
  });
  return { told, present };
}

/** What a warning says beside ratings: a trigger that a look at signals raised or no longer shows, and what the ERP is to do. Nothing of what was erased. */
function toldByWarning({ sequence, at, kind, body }: Row, recordId: string, subject: string | null): readonly Change[] {
  const said = body === null ? null : warningRecord(body.toString('utf8'));
  if (said === null) return [];
  const { customerId, content } = said;
  const common = { id: `${recordId}/${kind}`, sequence, at: instant(at), ratingId: null, customerId, subject };
  return [{ ...content, ...common }];
}

const reviewBody = z.object({
  reviewId: z.string(),
  customerId: z.string(),
  event: z.object({ kind: z.enum(['reminder', 'deadline-passed']), dueAt: z.string().optional() }),
});

/** A review that is due soon, or late; what people do to it is told to nobody else. */
function toldOfReview({ sequence, at, body }: Row, recordId: string, subject: string | null): readonly Change[] {
  if (body === null) return [];
  const parsed = reviewBody.safeParse(JSON.parse(body.toString('utf8')));
  if (!parsed.success) return [];
  const { reviewId, customerId, event } = parsed.data;
  const after = {
    reviewId,
    event: event.kind === 'reminder' ? 'reminder' : 'late',
    dueAt: event.dueAt ?? null,
  } as const;
  return [
    {
      type: 'review',
      before: null,
      after,
      id: `${recordId}/review`,
      sequence,
      at: instant(at),
      ratingId: null,
      customerId,
      subject,
    },
  ];
}

/** The end of a rating's validity: from then on it supports no limit. */
function toldOfExpiry(
  { sequence, at }: Row,
  before: RatedFacts | null,
  recordId: string,
  subject: string | null,
): { readonly told: readonly Change[]; readonly present: RatedFacts | null } {
  const limit = before?.decided?.limit ?? null;
  const present = before === null ? null : withoutLimit(before);
  if (limit === null || limit.totalMinor === 0) return { told: [], present };
  const change: Change = {
    type: 'limit',
    before: limit,
    after: { ...limit, totalMinor: 0, availableMinor: 0 },
    id: `${recordId}/limit`,
    sequence,
    at: instant(at),
    ratingId: null,
    customerId: before?.customerId ?? null,
    subject,
  };
  return { told: [change], present };
}

function withoutLimit(facts: RatedFacts): RatedFacts {
  const { decided } = facts;
  if (decided === null) return facts;
  return { ...facts, decided: { ...decided, limit: { ...decided.limit, totalMinor: 0, availableMinor: 0 } } };
}
