import { sql } from 'kysely';
import { instant, uuidv7, type Instant, type Tenant } from '../../base/index.ts';
import type { Database, LegalBasisKind } from '../database/index.ts';
import { EVERY_SOURCE } from './basis-policy.ts';

/** What allows data of a customer from a source table (`*`: every one) to be used for a purpose, from an instant until another (null: still). */
export interface LegalBasis {
  readonly basisId: string;
  /** The customer it is of; null: every customer of the source. */
  readonly subject: string | null;
  readonly source: string;
  readonly purpose: string;
  readonly basis: LegalBasisKind;
  readonly from: Instant;
  readonly until: Instant | null;
  /** Who recorded it. */
  readonly actor: string;
  /** Who recorded that it was withdrawn, and when; null: it was not. */
  readonly withdrawn: { readonly actor: string; readonly at: Instant } | null;
}

/** When data of a customer (null: of everyone) from a source (`*`: every one) may be used: from an instant until before another; null: still. */
export interface BasisPeriod {
  readonly subject: string | null;
  readonly source: string;
  readonly from: Instant;
  readonly until: Instant | null;
}

/** The legal bases of one tenant's customers (GDPR art. 6; Personal Information Protection Law of China art. 13). */
export interface LegalBases {
  record(basis: Omit<LegalBasis, 'basisId' | 'withdrawn'>): Promise<LegalBasis>;
  /** Ends a customer's consents for a purpose at an instant, those of one source (null: all): data are no longer used from then on. Answers how many it ended. */
  withdraw(subject: string, purpose: string, source: string | null, at: Instant, actor: string): Promise<number>;
  /** By customer, the sources that have a basis for this purpose at an instant; who is not there has none. */
  allowedSources(
    subjects: readonly string[],
    purpose: string,
    at: string,
  ): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** Periods of all bases of these customers, and of everyone (null), for a purpose. */
  periods(subjects: readonly string[], purpose: string): Promise<readonly BasisPeriod[]>;
  /** Those of a customer and those of everyone, in the order in which they were recorded. */
  of(subject: string): Promise<readonly LegalBasis[]>;
}

/** Whether `sources` hold this table, or every one. */
export function holdsSource(sources: ReadonlySet<string> | undefined, table: string): boolean {
  return sources !== undefined && (sources.has(table) || sources.has(EVERY_SOURCE));
}

export function createLegalBases(database: Database, tenant: Tenant): LegalBases {
  const { db } = database;
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
      return { basisId, ...basis, withdrawn: null };
    },
    async withdraw(subject, purpose, source, at, actor) {
      const ended = await db
        .updateTable('legal_bases')
        .set({
          valid_until: sql`greatest(${at}::timestamptz, valid_from + interval '1 millisecond')`,
          withdrawn_by: actor,
          withdrawn_at: at,
        })
        .where('tenant', '=', tenant)
        .where('subject', '=', subject)
        .where('purpose', '=', purpose)
        .where('basis', '=', 'consent')
        .where((where) => (source === null ? where.val(true) : where('source', '=', source)))
        .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', sql<Date>`${at}`)]))
        .executeTakeFirst();
      return Number(ended.numUpdatedRows);
    },
    async allowedSources(subjects, purpose, at) {
      const { rows } = await sql<{ subject: string | null; source: string }>`select subject, source from legal_bases
        where tenant = ${tenant} and purpose = ${purpose} and (subject is null or subject = any(${[...subjects]}))
          and valid_from <= ${at}::timestamptz and (valid_until is null or valid_until > ${at}::timestamptz)`.execute(
        db,
      );
      const everyone = rows.flatMap(({ subject, source }) => (subject === null ? [source] : []));
      const allowed = new Map<string, Set<string>>();
      if (everyone.length > 0) for (const subject of subjects) allowed.set(subject, new Set(everyone));
      for (const { subject, source } of rows) {
        if (subject === null) continue;
        allowed.set(subject, (allowed.get(subject) ?? new Set<string>()).add(source));
      }
      return allowed;
    },
    async periods(subjects, purpose) {
      const found = await db
        .selectFrom('legal_bases')
        .select(['subject', 'source', 'valid_from', 'valid_until'])
        .where('tenant', '=', tenant)
        .where('purpose', '=', purpose)
        .where((where) =>
          where.or([where('subject', 'is', null), where('subject', '=', sql<string>`any(${[...subjects]}::text[])`)]),
        )
        .execute();
      return found.map(({ subject, source, valid_from: from, valid_until: until }) => ({
        subject,
        source,
        from: instant(from),
        until: until === null ? null : instant(until),
      }));
    },
    async of(subject) {
      const found = await db
        .selectFrom('legal_bases')
        .selectAll()
        .where('tenant', '=', tenant)
        .where((where) => where.or([where('subject', 'is', null), where('subject', '=', subject)]))
        .orderBy('recorded_at')
        .orderBy('basis_id')
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
        withdrawn:
          row.withdrawn_by === null || row.withdrawn_at === null
            ? null
            : { actor: row.withdrawn_by, at: instant(row.withdrawn_at) },
      }));
    },
  };
}
