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

/** Who looked at whose data, for what. Append-only. */
export interface DataAccesses {
  record(subject: string, access: Omit<DataAccess, 'at'>): Promise<void>;
  /** One look at the data of several, all of it or nothing. */
  recordAll(subjects: readonly string[], access: Omit<DataAccess, 'at'>): Promise<void>;
  of(subject: string): Promise<readonly DataAccess[]>;
}

export function createDataAccesses(database: Database, tenant: Tenant): DataAccesses {
  const { db } = database;
  const insert = async (
    subjects: readonly string[],
    { actor, purpose, what }: Omit<DataAccess, 'at'>,
  ): Promise<void> => {
    if (subjects.length === 0) return;
    await db
      .insertInto('data_accesses')
      .values(subjects.map((subject) => ({ tenant, access_id: uuidv7(), subject, actor, purpose, what })))
      .execute();
  };
  return {
    record: (subject, access) => insert([subject], access),
    recordAll: insert,
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
