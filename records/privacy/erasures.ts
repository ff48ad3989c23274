import { sql, type Selectable } from 'kysely';
import { instant, ProbityError, systemClock, type Clock, type Instant, type Tenant } from '../../base/index.ts';
import { eraseSubject, type Appender } from '../audit/index.ts';
import type { Database, ErasureStep, ErasuresTable } from '../database/index.ts';
import { pseudonymsUnder } from '../ratings/index.ts';
import { eraseRecords, type Removed } from './erase-records.ts';
import { erasuresFile, openErasuresFile } from './erasures-file.ts';
import type { ErasureGround } from './grounds.ts';

/** An erasure: asked for, under way while `completedAt` is null, and what each finished step removed. */
export interface Erasure {
  /** The customer's pseudonym. */
  readonly subject: string;
  readonly requestedAt: Instant;
  readonly actor: string;
  readonly ground: ErasureGround;
  readonly reason: string | null;
  readonly steps: readonly ErasureStep[];
  readonly completedAt: Instant | null;
}

/** Names a step of an erasure; `records` and `chain` are done here, the others by the workflow (pipelines/workflows). */
export type ErasureStepName = 'records' | 'chain' | 'workflows' | 'warehouse' | 'files' | 'compaction';

/** The erasures of one tenant. */
export interface Erasures {
  /**
   * Erases a customer: listed outside the database first, then key, tables and bodies in the chain go, before it resolves; what lies in files is
   * left to the workflow. Asked for again, it answers the one that is there and removes what came since. Throws INVALID_INPUT where the reason names the customer.
   */
  request(
    customerId: string,
    by: { readonly actor: string; readonly ground: ErasureGround; readonly reason: string },
  ): Promise<Erasure>;
  /** The erasure of a customer, or null. */
  of(customerId: string): Promise<Erasure | null>;
  /** Pseudonyms of all erased customers. */
  subjects(): Promise<readonly string[]>;
  /** Those whose erasure is not finished. */
  unfinished(): Promise<readonly string[]>;
  /** Ids of the cases that ratings of theirs opened. */
  caseIds(subjects: readonly string[]): Promise<readonly string[]>;
  /** Ids of early warnings, reviews and disputes of theirs, once their tables have been erased. */
  followedIds(subjects: readonly string[]): Promise<{
    readonly warnings: readonly string[];
    readonly reviews: readonly string[];
    readonly disputes: readonly string[];
  }>;
  /** Removes again what tables and chain hold of them: what came while their erasure ran. */
  sweep(subjects: readonly string[]): Promise<Removed>;
  /** Notes a finished step of them. */
  note(subjects: readonly string[], step: ErasureStepName, removed: Removed): Promise<void>;
  /** Notes that they are finished, in the audit chain too. */
  complete(subjects: readonly string[]): Promise<void>;
  /** Brings file and database to the same list, and erases what either was missing; `again`: all of them, as after a restore. Answers how many were erased anew. */
  apply(options?: { readonly again?: boolean }): Promise<number>;
}

/** Any number that no other lock of the kind has. */
const LOCK_SEED = 4;

export function createErasures(of: {
  readonly database: Database;
  readonly tenant: Tenant;
  readonly appender: Appender;
  readonly pseudonymKey: Uint8Array;
  /** The tenant's audit folder, which holds the list. */
  readonly audit: string;
  readonly clock?: Clock;
}): Erasures {
  const { database, tenant, appender, pseudonymKey } = of;
  const { db } = database;
  const clock = of.clock ?? systemClock;
  const pseudonyms = pseudonymsUnder(pseudonymKey);
  const file = openErasuresFile(erasuresFile(of.audit), tenant, pseudonymKey);
  const rows = () => db.selectFrom('erasures').selectAll().where('tenant', '=', tenant).where('hashed', '=', true);
  const find = async (subject: string): Promise<Erasure | null> => {
    const row = await rows().where('subject', '=', subject).executeTakeFirst();
    return row ? toErasure(row) : null;
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time over all processes; of this one's callers one waits at the database, so that they cannot take all connections. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => locked(work));
    last = turn.catch(() => {});
    return turn;
  };
  const locked = <T>(work: () => Promise<T>): Promise<T> =>
    database.withConnection(async (connection) => {
      const lock = [tenant, LOCK_SEED];
      await connection.query({ text: 'select pg_advisory_lock(hashtextextended($1, $2))', values: lock });
      try {
        return await work();
      } finally {
        await connection.query({ text: 'select pg_advisory_unlock(hashtextextended($1, $2))', values: lock });
      }
    });

  const note: Erasures['note'] = async (subjects, step, removed) => {
    if (subjects.length === 0) return;
    const done: ErasureStep = { step, at: clock.now(), removed };
    await db
      .updateTable('erasures')
      .set({ steps: sql`steps || ${JSON.stringify([done])}::jsonb` })
      .where('tenant', '=', tenant)
      .where('subject', 'in', [...subjects])
      .execute();
  };
  /** Erases the bodies of the chain, and says so there: once at least, and again where bodies have come since. */
  const eraseChain = async (
    subject: string,
    about: { ground: string; actor: string; reason: string | null },
  ): Promise<number> => {
    const { rows: found } = await sql<{ bodies: number; erased: boolean }>`
      select count(*) filter (where r.kind <> 'erasure' and b.body is not null) as bodies, coalesce(bool_or(r.kind = 'erasure'), false) as erased
      from chain_records r left join record_bodies b on b.tenant = r.tenant and b.sequence = r.sequence
      where r.tenant = ${tenant} and r.subject = ${Buffer.from(subject, 'hex')}`.execute(db);
    const [{ bodies, erased }] = found as [{ bodies: number; erased: boolean }];
    if (erased && bodies === 0) return 0;
    return (await eraseSubject(database, tenant, appender, subject, about)).bodies;
  };
  const sweep: Erasures['sweep'] = async (subjects) => {
    if (subjects.length === 0) return {};
    const removed = await eraseRecords(database, tenant, pseudonymKey, subjects);
    let bodies = 0;
    for (const subject of subjects) {
      const known = await find(subject);
      if (known !== null) bodies += await eraseChain(subject, aboutOf(known));
    }
    return { ...removed, ...(bodies > 0 ? { record_bodies: bodies } : {}) };
  };

  return {
    async request(customerId, { actor, ground, reason }) {
      if (reason.toLowerCase().includes(customerId.toLowerCase()))
        throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
          problems: [
            {
              at: 'reason',
              message: 'The reason stays on record: it may not name the customer.',
              fix: 'Name the request, such as a ticket.',
            },
          ],
        });
      return alone(async () => {
        const subject = pseudonyms.of(customerId);
        await file.add([{ subject, ground, at: clock.now() }]);
        const made = await db
          .insertInto('erasures')
          .values({ tenant, subject, actor, ground, reason, hashed: true })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        const fresh = (made.numInsertedOrUpdatedRows ?? 0n) > 0n;
        const removed = await eraseRecords(database, tenant, pseudonymKey, [subject], [customerId]);
        const bodies = await eraseChain(subject, { ground, actor, reason });
        if (fresh || Object.keys(removed).length > 0) await note([subject], 'records', removed);
        if (fresh || bodies > 0) await note([subject], 'chain', { record_bodies: bodies });
        // What came since lies in files perhaps, too.
        if (!fresh && (Object.keys(removed).length > 0 || bodies > 0)) await reopen([subject]);
        return (await find(subject)) as Erasure;
      });
    },
    of: (customerId) => find(pseudonyms.of(customerId)),
    subjects: async () => (await rows().orderBy('subject').execute()).map(({ subject }) => subject),
    unfinished: async () =>
      (await rows().where('completed_at', 'is', null).orderBy('subject').execute()).map(({ subject }) => subject),
    caseIds: async (subjects) => {
      const { rows: found } = await sql<{ case_id: string }>`select c.case_id from chain_records r
        join referral_cases c on c.tenant = r.tenant and c.rating_id = r.sequence || '-' || left(encode(r.hash, 'hex'), 16)
        where r.tenant = ${tenant} and r.kind = 'rating' and r.subject = any(${bytesOf(subjects)}::bytea[])`.execute(
        db,
      );
      return found.map(({ case_id }) => case_id);
    },
    followedIds: async (subjects) => {
      const warned = await db
        .selectFrom('early_warnings')
        .select('warning_id')
        .where('tenant', '=', tenant)
        .where('customer_id', 'in', [...subjects])
        .execute();
      const reviewed = await db
        .selectFrom('customer_reviews')
        .select('review_id')
        .where('tenant', '=', tenant)
        .where('customer_id', 'in', [...subjects])
        .execute();
      const disputed = await db
        .selectFrom('disputes')
        .select('dispute_id')
        .where('tenant', '=', tenant)
        .where('customer_id', 'in', [...subjects])
        .execute();
      return {
        warnings: warned.map((row) => row.warning_id),
        reviews: reviewed.map((row) => row.review_id),
        disputes: disputed.map((row) => row.dispute_id),
      };
    },
    sweep,
    note,
    async complete(subjects) {
      for (const subject of subjects) {
        const known = await find(subject);
        if (known === null || known.completedAt !== null) continue;
        const body = { format: 'probity.erasure/1', stage: 'completed', steps: known.steps as never };
        await appender.append({ kind: 'erasure', subject, body: Buffer.from(JSON.stringify(body)) });
        await db
          .updateTable('erasures')
          .set({ completed_at: clock.now() })
          .where('tenant', '=', tenant)
          .where('subject', '=', subject)
          .execute();
      }
    },
    apply: ({ again = false } = {}) =>
      alone(async () => {
        const old = await db
          .selectFrom('erasures')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('hashed', '=', false)
          .execute();
        if (old.length > 0) {
          const ids = old.map(({ subject }) => subject);
          await eraseRecords(
            database,
            tenant,
            pseudonymKey,
            ids.map((id) => pseudonyms.of(id)),
            ids,
          );
        }
        const listed = await file.read();
        const known = await rows().execute();
        const inDatabase = new Set(known.map(({ subject }) => subject));
        await file.add(known.map((row) => ({ subject: row.subject, ground: row.ground, at: instant(row.erased_at) })));
        const missing = listed.filter(({ subject }) => !inDatabase.has(subject));
        for (const { subject, ground, at } of missing)
          await db
            .insertInto('erasures')
            .values({ tenant, subject, ground, actor: 'probity', erased_at: at, hashed: true, reason: null })
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        const anew = again
          ? [...new Set([...inDatabase, ...missing.map(({ subject }) => subject)])]
          : missing.map(({ subject }) => subject);
        if (anew.length === 0) return 0;
        await reopen(anew);
        await note(anew, 'records', await sweep(anew));
        return anew.length;
      }),
  };

  async function reopen(subjects: readonly string[]): Promise<void> {
    await db
      .updateTable('erasures')
      .set({ completed_at: null })
      .where('tenant', '=', tenant)
      .where('subject', 'in', [...subjects])
      .execute();
  }
}

const bytesOf = (subjects: readonly string[]): readonly Buffer[] => subjects.map((one) => Buffer.from(one, 'hex'));

function aboutOf({ ground, actor, reason }: Erasure): { ground: string; actor: string; reason: string | null } {
  return { ground, actor, reason };
}

function toErasure(row: Selectable<ErasuresTable>): Erasure {
  return {
    subject: row.subject,
    requestedAt: instant(row.erased_at),
    actor: row.actor,
    ground: row.ground,
    reason: row.reason,
    steps: row.steps,
    completedAt: row.completed_at === null ? null : instant(row.completed_at),
  };
}
