import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { instant, uuidv7, type Instant, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';

/** One look at a subject's personal data. */
export interface DataAccess {
  readonly actor: string;
  /** Why, in the caller's words or by code (`rating`, `review`, `right-of-access`). */
  readonly purpose: string;
  /** What was shown: `credit-file`, `credit-report`, `export`. */
  readonly what: string;
  readonly at: Instant;
}

/** A look that is to be recorded. */
export interface NewLook extends Omit<DataAccess, 'at'> {
  readonly subject: string;
}

/** Who looked at whose data, for what. Append-only. */
export interface DataAccesses {
  record(subject: string, access: Omit<DataAccess, 'at'>): Promise<void>;
  /** One look at the data of several, all of it or nothing. */
  recordAll(subjects: readonly string[], access: Omit<DataAccess, 'at'>): Promise<void>;
  of(subject: string): Promise<readonly DataAccess[]>;
}

/** Looks that one statement stores. */
const MOST_LOOKS = 2_000;

/**
 * Stores looks in groups: what comes while a group is being stored goes into the next one, so that many at a time cost one statement and one commit.
 * Resolves when they are stored; where a group is not, all of it rejects.
 */
export function groupedLooks(
  store: (looks: readonly NewLook[]) => Promise<void>,
): (looks: readonly NewLook[]) => Promise<void> {
  interface Job {
    readonly looks: readonly NewLook[];
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }
  const queue: Job[] = [];
  let isDraining = false;
  const drain = async (): Promise<void> => {
    // After this turn of the event loop, so that what arrived in it shares the first group.
    await setImmediate();
    while (queue.length > 0) {
      const jobs: Job[] = [];
      for (let count = 0; queue[0] !== undefined && (count === 0 || count + queue[0].looks.length <= MOST_LOOKS);) {
        count += queue[0].looks.length;
        jobs.push(queue.shift() as Job);
      }
      try {
        await store(jobs.flatMap(({ looks }) => looks));
        for (const job of jobs) job.resolve();
      } catch (error) {
        for (const job of jobs) job.reject(error);
      }
    }
    isDraining = false;
  };
  return (looks) =>
    looks.length === 0
      ? Promise.resolve()
      : new Promise((resolve, reject) => {
          queue.push({ looks, resolve, reject });
          if (isDraining) return;
          isDraining = true;
          void drain();
        });
}

/** The looks of a tenant as its database holds them; `recordEach` stores several in one statement, in their order. */
export function createDataAccesses(
  database: Database,
  tenant: Tenant,
): DataAccesses & { recordEach(looks: readonly NewLook[]): Promise<void> } {
  const { db } = database;
  const recordEach = async (looks: readonly NewLook[]): Promise<void> => {
    if (looks.length === 0) return;
    const ids = looks.map(() => uuidv7());
    const column = (of: (look: NewLook) => string) => sql`${looks.map(of)}::text[]`;
    await sql`insert into data_accesses (tenant, access_id, subject, actor, purpose, what)
      select ${tenant}, u.* from unnest(${ids}::uuid[], ${column(({ subject }) => subject)}, ${column(({ actor }) => actor)},
        ${column(({ purpose }) => purpose)}, ${column(({ what }) => what)}) u`.execute(db);
  };
  return {
    record: (subject, access) => recordEach([{ subject, ...access }]),
    recordAll: (subjects, access) => recordEach(subjects.map((subject) => ({ subject, ...access }))),
    recordEach,
    async of(subject) {
      const rows = await db
        .selectFrom('data_accesses')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('subject', '=', subject)
        .orderBy('at')
        .orderBy('access_id')
        .execute();
      return rows.map(({ actor, purpose, what, at }) => ({ actor, purpose, what, at: instant(at) }));
    },
  };
}
