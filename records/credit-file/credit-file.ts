import { sql, type Selectable } from 'kysely';
import {
  instant,
  ProbityError,
  schemaProblems,
  uuidv7,
  type Instant,
  type Json,
  type Tenant,
} from '../../base/index.ts';
import type { CreditFileEntriesTable, Database } from '../database/index.ts';
import type { Vault } from '../privacy/index.ts';
import { ENTRY_KINDS, ENTRY_SCHEMAS, PERSONAL_KEYS, type EntryBody, type EntryKind } from './entries.ts';

/** One version of one entry of a customer's credit file. */
export interface FileEntry<Kind extends EntryKind = EntryKind> {
  readonly customerId: string;
  readonly kind: Kind;
  readonly entryId: string;
  readonly version: number;
  /** When it was so, in the world. */
  readonly happenedAt: Instant;
  /** When we learned it, and when a newer version replaced it (null: it stands). */
  readonly knownFrom: Instant;
  readonly knownUntil: Instant | null;
  readonly removed: boolean;
  readonly actor: string;
  /** Null: the personal data of the customer were erased. What is no personal data stays in `open`. */
  readonly body: EntryBody<Kind> | null;
  readonly open: { readonly [key: string]: Json };
}

/** An entry as a caller brings it. */
export interface NewEntry {
  readonly customerId: string;
  readonly kind: EntryKind;
  /** Absent: a new entry; the identity is always the one entry `identity`. */
  readonly entryId?: string;
  readonly happenedAt: Instant;
  readonly actor: string;
  readonly body: unknown;
  /** The version that the caller changes; a newer one in between is CONFLICT. Absent: whatever stands. */
  readonly ifVersion?: number;
}

/** The credit files of one tenant: every version of every entry is kept. */
export interface CreditFiles {
  /** Adds an entry or a version of it. Throws INVALID_INPUT with every problem, CONFLICT, SUBJECT_ERASED. */
  put(entry: NewEntry): Promise<FileEntry>;
  /** Closes an entry by a version that says it was removed. Throws NOT_FOUND. */
  remove(entry: Omit<NewEntry, 'body' | 'happenedAt'> & { readonly entryId: string }): Promise<FileEntry>;
  /** The file as it was known at an instant (default: now). */
  of(customerId: string, knownAt?: Instant): Promise<readonly FileEntry[]>;
  /** Every version of one entry, oldest first. */
  history(customerId: string, kind: EntryKind, entryId: string): Promise<readonly FileEntry[]>;
  /** Every version of everything, oldest first: the right of access. */
  everything(customerId: string): Promise<readonly FileEntry[]>;
  /** Open reviews that are due by a day, the longest overdue first. */
  reviewsDue(by: string): Promise<readonly FileEntry<'review'>[]>;
}

export function createCreditFiles(database: Database, tenant: Tenant, vault: Vault): CreditFiles {
  const { db } = database;
  const rows = () => db.selectFrom('credit_file_entries').selectAll().where('tenant', '=', tenant);

  const toEntry = async (row: Selectable<CreditFileEntriesTable>): Promise<FileEntry> => {
    const personal =
      row.sealed === null
        ? {}
        : await vault.open(row.customer_id, placeOf(row.kind, row.entry_id, row.version), row.sealed);
    return {
      customerId: row.customer_id,
      kind: row.kind,
      entryId: row.entry_id,
      version: row.version,
      happenedAt: instant(row.happened_at),
      knownFrom: instant(row.known_from),
      knownUntil: row.known_until ? instant(row.known_until) : null,
      removed: row.removed,
      actor: row.actor,
      body: personal === null ? null : ({ ...row.open, ...(personal as object) } as EntryBody),
      open: row.open,
    };
  };
  const all = (found: readonly Selectable<CreditFileEntriesTable>[]) => Promise.all(found.map(toEntry));

  const write = async (
    { customerId, kind, actor, ifVersion }: Omit<NewEntry, 'body' | 'happenedAt'>,
    entryId: string,
    version: { readonly happenedAt: Instant | null; readonly removed: boolean; readonly body: EntryBody | null },
  ): Promise<FileEntry> => {
    const [open, personal] = split(kind, version.body);
    const sealAt = Object.keys(personal).length > 0 ? await vault.sealer(customerId) : null;
    const row = await db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`${tenant}/${customerId}/${kind}/${entryId}`}, 1))`.execute(
        trx,
      );
      const standing = await trx
        .selectFrom('credit_file_entries')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('customer_id', '=', customerId)
        .where('kind', '=', kind)
        .where('entry_id', '=', entryId)
        .where('known_until', 'is', null)
        .executeTakeFirst();
      if (ifVersion !== undefined && ifVersion !== (standing?.version ?? 0))
        throw new ProbityError('CONFLICT', `This entry stands at version ${standing?.version ?? 0}, not ${ifVersion}.`);
      if (version.removed && (standing === undefined || standing.removed))
        throw new ProbityError('NOT_FOUND', 'The credit file has no such entry.');
      const next = (standing?.version ?? 0) + 1;
      const sealed = sealAt === null ? null : sealAt(placeOf(kind, entryId, next), personal);
      const clock = await sql<{ at: Date }>`select greatest(date_trunc('milliseconds', clock_timestamp()),
        ${standing?.known_from ?? null}::timestamptz + interval '1 millisecond') as at`.execute(trx);
      const at = clock.rows[0]?.at ?? new Date();
      if (standing !== undefined)
        await trx
          .updateTable('credit_file_entries')
          .set({ known_until: at })
          .where('tenant', '=', tenant)
          .where('customer_id', '=', customerId)
          .where('kind', '=', kind)
          .where('entry_id', '=', entryId)
          .where('version', '=', standing.version)
          .execute();
      return trx
        .insertInto('credit_file_entries')
        .values({
          tenant,
          customer_id: customerId,
          kind,
          entry_id: entryId,
          version: next,
          happened_at: version.happenedAt ?? at,
          known_from: at,
          known_until: null,
          removed: version.removed,
          open: JSON.stringify(open),
          sealed,
          actor,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    return toEntry(row);
  };

  return {
    async put(entry) {
      const body = parseEntry(entry.kind, entry.body);
      const entryId = entry.kind === 'identity' ? 'identity' : (entry.entryId ?? uuidv7());
      return write(entry, entryId, { happenedAt: entry.happenedAt, removed: false, body });
    },
    remove: (entry) => write(entry, entry.entryId, { happenedAt: null, removed: true, body: null }),
    async of(customerId, knownAt) {
      const asked = rows().where('customer_id', '=', customerId).where('removed', '=', false);
      const found =
        knownAt === undefined
          ? asked.where('known_until', 'is', null)
          : asked
              .where('known_from', '<=', sql<Date>`${knownAt}`)
              .where((where) =>
                where.or([where('known_until', 'is', null), where('known_until', '>', sql<Date>`${knownAt}`)]),
              );
      return all(await found.orderBy(kindOrder).orderBy('known_from').orderBy('entry_id').execute());
    },
    async history(customerId, kind, entryId) {
      const found = rows()
        .where('customer_id', '=', customerId)
        .where('kind', '=', kind)
        .where('entry_id', '=', entryId);
      return all(await found.orderBy('version').execute());
    },
    async everything(customerId) {
      const found = rows().where('customer_id', '=', customerId);
      return all(await found.orderBy('known_from').orderBy('kind').orderBy('entry_id').orderBy('version').execute());
    },
    async reviewsDue(by) {
      const found = rows()
        .where('kind', '=', 'review')
        .where('known_until', 'is', null)
        .where('removed', '=', false)
        .where(sql<boolean>`open ->> 'dueOn' <= ${by} and open ->> 'state' = 'open'`);
      return (await all(
        await found
          .orderBy(sql`open ->> 'dueOn'`)
          .orderBy('entry_id')
          .execute(),
      )) as FileEntry<'review'>[];
    },
  };
}

/** Parses a body of a kind; throws INVALID_INPUT with every problem at once. */
export function parseEntry<Kind extends EntryKind>(kind: Kind, body: unknown): EntryBody<Kind> {
  const schema = ENTRY_SCHEMAS[kind];
  const result = schema.safeParse(body);
  if (result.success) return result.data as EntryBody<Kind>;
  throw new ProbityError('INVALID_INPUT', `This is no valid entry of the kind "${kind}".`, {
    problems: schemaProblems(schema, result.error),
  });
}

const kindOrder = sql`array_position(${sql.raw(`array['${ENTRY_KINDS.join("','")}']`)}, kind)`;

/** Where a sealed part belongs: it opens nowhere else. */
function placeOf(kind: EntryKind, entryId: string, version: number): string {
  return `credit-file/${kind}/${entryId}/${version}`;
}

function split(
  kind: EntryKind,
  body: EntryBody | null,
): [open: { [key: string]: Json }, personal: { [key: string]: Json }] {
  const entries = Object.entries((body ?? {}) as { readonly [key: string]: Json });
  const isPersonal = ([key]: readonly [string, Json]): boolean => PERSONAL_KEYS[kind].includes(key);
  return [
    Object.fromEntries(entries.filter((each) => !isPersonal(each))),
    Object.fromEntries(entries.filter(isPersonal)),
  ];
}
