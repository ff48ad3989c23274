import { sql } from 'kysely';
import { instant, uuidv7, type Instant, type Tenant } from '../../base/index.ts';
import type { Database, LegalBasisKind } from '../database/index.ts';

/** What allows data of a source to be used for a purpose, from an instant until another (null: still). */
export interface LegalBasis {
  readonly basisId: string;
  /** The customer it is of; null: every customer of the source. */
  readonly subject: string | null;
  readonly source: string;
  readonly purpose: string;
  readonly basis: LegalBasisKind;
  readonly from: Instant;
  readonly until: Instant | null;
  readonly actor: string;
}

/** The legal bases of one tenant (GDPR art. 6; Personal Information Protection Law of China art. 13). */
export interface LegalBases {
  record(basis: Omit<LegalBasis, 'basisId'>): Promise<LegalBasis>;
  /** Ends a consent at an instant: data are no longer used from then on. Answers how many bases it ended. */
  withdraw(subject: string, purpose: string, at: Instant, actor: string): Promise<number>;
  /** The sources that have a basis for this purpose and subject at an instant. */
  allowedSources(subject: string, purpose: string, at: Instant): Promise<ReadonlySet<string>>;
  of(subject: string): Promise<readonly LegalBasis[]>;
}

export function createLegalBases(database: Database, tenant: Tenant): LegalBases {
  const { db } = database;
  const rows = () => db.selectFrom('legal_bases').selectAll().where('tenant', '=', tenant);
  return {
    async record(basis) {
      const basisId = uuidv7();
      await db
        .insertInto('legal_bases')
        .values({
          tenant,
          basis_id: basisId,
          subject: basis.subject,
          source: basis.source,
          purpose: basis.purpose,
          basis: basis.basis,
          valid_from: basis.from,
          valid_until: basis.until,
          actor: basis.actor,
        })
        .execute();
      return { basisId, ...basis };
    },
    async withdraw(subject, purpose, at, actor) {
      const ended = await db
        .updateTable('legal_bases')
        .set({ valid_until: sql`greatest(${at}::timestamptz, valid_from + interval '1 millisecond')`, actor })
        .where('tenant', '=', tenant)
        .where('subject', '=', subject)
        .where('purpose', '=', purpose)
        .where('basis', '=', 'consent')
        .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', sql<Date>`${at}`)]))
        .executeTakeFirst();
      return Number(ended.numUpdatedRows);
    },
    async allowedSources(subject, purpose, at) {
      const found = await rows()
        .where('purpose', '=', purpose)
        .where((where) => where.or([where('subject', 'is', null), where('subject', '=', subject)]))
        .where('valid_from', '<=', sql<Date>`${at}`)
        .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', sql<Date>`${at}`)]))
        .execute();
      return new Set(found.map(({ source }) => source));
    },
    async of(subject) {
      const found = await rows()
        .where((where) => where.or([where('subject', 'is', null), where('subject', '=', subject)]))
        .orderBy('recorded_at')
        .execute();
      return found.map((row) => ({
        basisId: row.basis_id,
        subject: row.subject,
        source: row.source,
        purpose: row.purpose,
        basis: row.basis,
        from: instant(row.valid_from),
        until: row.valid_until ? instant(row.valid_until) : null,
        actor: row.actor,
      }));
    },
  };
}
