import { sql } from 'kysely';
import {
  canonicalJson,
  isProbityError,
  ProbityError,
  sha256,
  type Instant,
  type Json,
  type Tenant,
} from '../../base/index.ts';
import type { Override } from '../../rating/index.ts';
import { absenceOf, storedRecord, type Appender } from '../audit/index.ts';
import type { Database } from '../database/index.ts';
import { nextEnd, outlasting, partsOf, refusedBy, signedOver } from './beside.ts';
import { expireOverrides, isLastStep } from './expiry.ts';
import { evidenceGone, parseRatingId, RATING_KIND, ratingIdOf, type Receipt } from '../ratings/index.ts';

/** A step of an override, durable: the override after it. */
export interface StoredOverride {
  /** Null once erased. */
  readonly override: Override | null;
  /** How many steps the overrides of this rating have taken. */
  readonly revision: number;
  readonly receipt: Receipt;
}

/** Which last steps of overrides are asked for. */
export interface OverridePage {
  readonly state?: Override['state'] | undefined;
  /** Sequence of the last one seen. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The overrides of one tenant's decisions. */
export interface Overrides {
  /** The last step of a rating's override, or null. */
  of(ratingId: string): Promise<StoredOverride | null>;
  /** Every step, in order. */
  steps(ratingId: string): Promise<readonly StoredOverride[]>;
  /**
   * Takes a step: `next` answers the override after it (rating/overrides says what is lawful), from the one before. When it resolves, the step is durable and in
   * the chain. Of two steps from the same state one is taken; the other is computed anew from it. `others`: the overrides of all ratings of the customer, each proposal as its last
   * step left it; nobody takes a step on another rating of the customer meanwhile. Throws UNKNOWN_RATING, RATING_ERASED, RATING_RETIRED, and what `next` throws.
   */
  step(
    ratingId: string,
    next: (before: Override | null, others: readonly Override[]) => Override,
  ): Promise<StoredOverride>;
  /** Overrides and verdicts of all ratings of the customer whom a rating is of, each proposal as its last step left it. Throws UNKNOWN_RATING, RATING_ERASED, RATING_RETIRED. */
  ofCustomerOf(ratingId: string): Promise<readonly Override[]>;
  /** Puts the verdict of a rating's case into the chain as a step of it, beside the sign-off of a review that stands there; null where a step has this case's, or the rating is no more. May be repeated without effect. */
  putVerdict(verdict: Override): Promise<StoredOverride | null>;
  /**
   * Puts the sign-off of a review into the chain as a step of the rating that was reviewed; what a person decided of that very rating goes on beside it, and what waits for a second person is refused first. Null where
   * it is there already, a later one is, or the rating is no more. May be repeated without effect.
   */
  putReviewed(reviewed: Override): Promise<StoredOverride | null>;
  /** Last steps of ratings' overrides, the newest first: those behind a step, and of one state where that is asked for. */
  page(options: OverridePage): Promise<readonly { readonly ratingId: string; readonly last: StoredOverride }[]>;
  /**
   * Puts into the chain that overrides which stood have ended by their time, at most so many at once, so that whoever follows it learns of it. Each once, however often and on how many servers
   * it is asked for. Answers how many.
   */
  expire(now: Instant, limit: number): Promise<number>;
  /** Last steps of the ratings whose overrides had a step within [from, until), by time. */
  within(
    from: Instant,
    until: Instant,
  ): Promise<readonly { readonly ratingId: string; readonly last: StoredOverride }[]>;
}

/** Kind of the chain's records of overrides. */
export const OVERRIDE_KIND = 'override';
const FORMAT = 'probity.override/1';

/** The override after a step, as the chain's record of it holds it. */
export function overrideOfStep(text: string): Override {
  return (JSON.parse(text) as { readonly override: Override }).override;
}

/** The customer whom the evidence of a rating names; null: it names none. */
function customerIn(evidence: string): string | null {
  const { inputs } = JSON.parse(evidence) as {
    readonly inputs?: { readonly request?: { readonly customerId?: unknown } };
  };
  const customerId = inputs?.request?.customerId;
  return typeof customerId === 'string' ? customerId : null;
}

/** Each step is one record by its key, whatever happens in between. Callers' own idempotency keys hold no space, so none can be this. */
const keyOf = (ratingId: string, revision: number): string => `override ${ratingId} ${revision}`;

export function createOverrides(database: Database, tenant: Tenant, appender: Appender): Overrides {
  const { db, texts } = database;
  /** What a person wrote in it, as it was written. */
  const openedText = async (override: Override): Promise<Override> =>
    texts === undefined ? override : texts.open(override);
  const rows = (ratingId: string) =>
    db
      .selectFrom('rating_overrides')
      .select(['revision', 'sequence'])
      .where('tenant', '=', tenant)
      .where('rating_id', '=', ratingId)
      .orderBy('revision');

  const read = async (sequence: number, revision: number): Promise<StoredOverride> => {
    const record = await storedRecord(database, tenant, sequence);
    if (record === null || record.kind !== OVERRIDE_KIND)
      throw new ProbityError('EVIDENCE_ALTERED', `Record ${sequence} of the audit chain is no override.`);
    const { hash, at, body } = record;
    const receipt = { sequence, hash, at };
    if (body === null) return { override: null, revision, receipt };
    const override = await openedText(overrideOfStep(Buffer.from(body.bytes).toString('utf8')));
    return { override, revision, receipt };
  };

  /** Notes where a step stands; the chain is what was decided, this finds it. */
  const note = async (ratingId: string, { override, revision, receipt }: StoredOverride): Promise<void> => {
    if (override === null) return;
    await db
      .insertInto('rating_overrides')
      .values({
        tenant,
        rating_id: ratingId,
        revision,
        sequence: receipt.sequence,
        state: override.state,
        expires_at: nextEnd(override),
        at: receipt.at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  };

  /** A step that is in the chain and was not noted: its process ended in between. */
  const unnoted = async (ratingId: string, revision: number): Promise<StoredOverride | null> => {
    const row = await db
      .selectFrom('idempotency_keys')
      .select('sequence')
      .where('tenant', '=', tenant)
      .where('idempotency_key', '=', keyOf(ratingId, revision))
      .executeTakeFirst();
    if (row === undefined) return null;
    const found = await read(row.sequence, revision);
    await note(ratingId, found);
    return found;
  };

  const of = async (ratingId: string): Promise<StoredOverride | null> => {
    const row = (await rows(ratingId).execute()).at(-1);
    let last = row === undefined ? null : await read(row.sequence, row.revision);
    for (;;) {
      const next = await unnoted(ratingId, (last?.revision ?? 0) + 1);
      if (next === null) return last;
      last = next;
    }
  };

  /** Whose rating it is: the pseudonym in the chain, and the customer of its evidence. */
  const ratedBy = async (
    ratingId: string,
  ): Promise<{ readonly subject: string | null; readonly customerId: string | null }> => {
    const named = parseRatingId(ratingId);
    const record = named === null ? null : await storedRecord(database, tenant, named.sequence);
    if (record === null || record.kind !== RATING_KIND || ratingIdOf(record) !== ratingId)
      throw new ProbityError('UNKNOWN_RATING', 'No rating with this id is recorded.');
    if (record.body === null) throw evidenceGone(await absenceOf(database, tenant, record));
    return { subject: record.subject, customerId: customerIn(Buffer.from(record.body.bytes).toString('utf8')) };
  };

  /** Overrides of a customer's ratings as the chain holds them, each proposal as its last step left it, in the order of proposals. */
  const ofCustomer = async (subject: string): Promise<readonly Override[]> => {
    const found = await db
      .selectFrom('chain_records as r')
      .innerJoin('record_bodies as b', (join) =>
        join.onRef('b.tenant', '=', 'r.tenant').onRef('b.sequence', '=', 'r.sequence'),
      )
      .select(['b.body'])
      .where('r.tenant', '=', tenant)
      .where('r.subject', '=', Buffer.from(subject, 'hex'))
      .where('r.kind', '=', OVERRIDE_KIND)
      .orderBy('r.sequence')
      .execute();
    const last = new Map<string, Override>();
    for (const { body } of found) {
      if (body === null) continue;
      const override = await openedText(overrideOfStep(body.toString('utf8')));
      for (const part of partsOf(override)) last.set(`${part.ratingId} ${part.proposedAt}`, part);
    }
    return [...last.values()];
  };

  /** Steps of this process, one behind the other: each holds a connection for its lock, so more at once could leave none for their work. */
  let queue: Promise<unknown> = Promise.resolve();
  /** Does work on a customer's overrides while nobody else does, on any server. */
  const alone = <T>(whose: string, work: () => Promise<T>): Promise<T> => {
    const mine = queue.then(() =>
      db.transaction().execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`override ${tenant} ${whose}`}, 0))`.execute(trx);
        return work();
      }),
    );
    queue = mine.catch(() => {});
    return mine;
  };

  /** Takes a step; null where `next` answers null: it gives up. What it answers is asked for anew where somebody else was first. */
  const taken = async <Next extends Override | null>(
    ratingId: string,
    { subject, customerId }: Awaited<ReturnType<typeof ratedBy>>,
    next: (before: Override | null, others: readonly Override[]) => Next | Promise<Next>,
  ): Promise<StoredOverride | (Next & null)> => {
    for (;;) {
      const before = await of(ratingId);
      const revision = (before?.revision ?? 0) + 1;
      const override = await next(before?.override ?? null, subject === null ? [] : await ofCustomer(subject));
      if (override === null) return null as Next & null;
      const sealed = texts === undefined ? override : await texts.seal(customerId, override);
      if (sealed === null) throw evidenceGone();
      const text = canonicalJson({ format: FORMAT, ratingId, revision, override: sealed } as unknown as Json);
      try {
        const { record } = await appender.append({
          kind: OVERRIDE_KIND,
          subject,
          body: Buffer.from(text),
          once: { key: keyOf(ratingId, revision), fingerprint: sha256(text) },
        });
        const { sequence, hash, at } = record;
        const stored = { override, revision, receipt: { sequence, hash, at } };
        await note(ratingId, stored);
        return stored;
      } catch (error) {
        // Somebody else took this step: it is looked at, and this one computed from it.
        if (!isProbityError(error, 'IDEMPOTENCY_CONFLICT')) throw error;
      }
    }
  };

  const stepsOf = async (ratingId: string): Promise<readonly StoredOverride[]> => {
    await of(ratingId);
    const found = await rows(ratingId).execute();
    return Promise.all(found.map(({ sequence, revision }) => read(sequence, revision)));
  };
  /** Whether anything that a rating's steps ever put in force is such. */
  const hasPart = async (ratingId: string, is: (part: Override) => boolean): Promise<boolean> =>
    (await stepsOf(ratingId)).some(({ override }) => override !== null && partsOf(override).some(is));
  /** Work on a rating's overrides that is left undone where its evidence is gone. */
  const unlessGone = async (
    ratingId: string,
    work: (rated: Awaited<ReturnType<typeof ratedBy>>) => Promise<StoredOverride | null>,
  ): Promise<StoredOverride | null> => {
    try {
      const rated = await ratedBy(ratingId);
      return await alone(rated.subject ?? ratingId, () => work(rated));
    } catch (error) {
      if (isProbityError(error) && ['UNKNOWN_RATING', 'RATING_ERASED', 'RATING_RETIRED'].includes(error.code))
        return null;
      throw error;
    }
  };

  return {
    of,
    steps: stepsOf,
    async step(ratingId, next) {
      const rated = await ratedBy(ratingId);
      return alone(rated.subject ?? ratingId, () => taken(ratingId, rated, next));
    },
    async ofCustomerOf(ratingId) {
      const { subject } = await ratedBy(ratingId);
      return subject === null ? [] : ofCustomer(subject);
    },
    putVerdict: (verdict) =>
      unlessGone(verdict.ratingId, (rated) =>
        taken(verdict.ratingId, rated, async (before) => {
          if (await hasPart(verdict.ratingId, (one) => one.verdict?.caseId === verdict.verdict?.caseId)) return null;
          return before?.review !== undefined && before.state === 'stands' ? { ...before, over: verdict } : verdict;
        }),
      ),
    putReviewed: (reviewed) =>
      unlessGone(reviewed.ratingId, async (rated) => {
        const { ratingId, review } = reviewed;
        const isThere = () => hasPart(ratingId, (one) => one.review?.reviewId === review?.reviewId);
        await taken(ratingId, rated, async (before) =>
          before?.state === 'second' && !(await isThere()) ? refusedBy(before, reviewed) : null,
        );
        return taken(ratingId, rated, async (before) => ((await isThere()) ? null : signedOver(before, reviewed)));
      }),
    async page({ state, before, limit }) {
      let newest = db
        .selectFrom('rating_overrides as o')
        .select(['o.rating_id', 'o.revision', 'o.sequence'])
        .where('o.tenant', '=', tenant)
        .where(isLastStep);
      if (state !== undefined) newest = newest.where('o.state', '=', state);
      if (before !== undefined) newest = newest.where('o.sequence', '<', before);
      const found = await newest.orderBy('o.sequence', 'desc').limit(limit).execute();
      return Promise.all(
        found.map(async ({ rating_id: ratingId, revision, sequence }) => ({
          ratingId,
          last: await read(sequence, revision),
        })),
      );
    },
    expire: (now, limit) =>
      expireOverrides({ database, tenant, appender }, now, limit, (ratingId) =>
        unlessGone(ratingId, (rated) =>
          taken(ratingId, rated, (before) => (before?.over === undefined ? null : outlasting(before, now))),
        ),
      ),
    async within(from, until) {
      const found = await db
        .selectFrom('rating_overrides')
        .select('rating_id')
        .where('tenant', '=', tenant)
        .where('at', '>=', sql<Date>`${from}`)
        .where('at', '<', sql<Date>`${until}`)
        .groupBy('rating_id')
        .orderBy(sql`min(sequence)`)
        .execute();
      const all: { ratingId: string; last: StoredOverride }[] = [];
      for (const { rating_id: ratingId } of found) {
        const last = await of(ratingId);
        if (last !== null) all.push({ ratingId, last });
      }
      return all;
    },
  };
}
