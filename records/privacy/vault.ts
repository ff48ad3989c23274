import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { canonicalJson, isProbityError, ProbityError, type Json, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import type { MasterKeys } from './master-keys.ts';
import type { Pseudonyms } from '../ratings/index.ts';
import type { ErasureGround } from './grounds.ts';
import { KEY_BYTES, open, seal } from './seal.ts';

/**
 * Personal data under envelope keys: each data subject has a data key, the data key is wrapped by a master key. Destroying the data key
 * erases everything that it sealed, wherever copies lie (crypto-shredding).
 */
export interface Vault {
  /** Seals a value for a place (`field`); throws SUBJECT_ERASED for a subject that was erased. */
  seal(subject: string, field: string, value: Json): Promise<string>;
  /** The same, its key found before: it seals without asking the database, inside a transaction. */
  sealer(subject: string): Promise<(field: string, value: Json) => string>;
  /** Seals texts that carry the name of their key, wherever they are put; throws SUBJECT_ERASED. */
  textSealer(subject: string): Promise<(text: string) => string>;
  /** Opens such texts, of whomever they are; those whose key was destroyed are not among the answers, and one that does not open (altered, moved) is null. */
  openTexts(sealed: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  /** Opens it there; null where the subject was erased. */
  open(subject: string, field: string, sealed: string): Promise<Json | null>;
  /** Destroys the subject's key, for good. Doing it again changes nothing. Answers whether it was this call that erased. */
  erase(subject: string, by: { readonly actor: string; readonly ground: ErasureGround }): Promise<boolean>;
  isErased(subject: string): Promise<boolean>;
  /** Those of several that are. */
  erasedAmong(subjects: readonly string[]): Promise<ReadonlySet<string>>;
  /** Wraps every data key by the active master key; answers how many were wrapped anew. */
  rotate(): Promise<number>;
}

/** How a sealed text begins: what it is, then the name of its key and the bytes. */
const SEALED = 'sealed:1:';
const SEALED_TEXT = /^sealed:1:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[A-Za-z0-9_-]{38,}$/;
/** The place that texts are sealed for: they may be moved among the records of their customer. */
const TEXT = 'free text';

/** Whether a text is sealed. */
export function isSealedText(text: string): boolean {
  return text.startsWith(SEALED) && SEALED_TEXT.test(text);
}

/** What opening answers; null where a text does not open, which must not cost those beside it. */
function unlessBroken(opening: () => string): string | null {
  try {
    return opening();
  } catch (error) {
    if (isProbityError(error, 'SEAL_BROKEN')) return null;
    throw error;
  }
}

/** What remains of an erased subject is its pseudonym, so that no key is made for it again. */
export function createVault(database: Database, tenant: Tenant, keys: MasterKeys, pseudonyms: Pseudonyms): Vault {
  const { db } = database;
  const context = (subject: string): string => `${tenant}/${subject}`;

  /** A subject that was erased is known by its pseudonym, which is also what then stands in its place. */
  const namesOf = (subject: string): readonly string[] => [subject, pseudonyms.of(subject)];
  const erasedAmong = async (subjects: readonly string[]): Promise<ReadonlySet<string>> => {
    const byName = new Map(subjects.flatMap((subject) => namesOf(subject).map((name) => [name, subject] as const)));
    const { rows } = await sql<{ subject: string }>`select subject from erasures
      where tenant = ${tenant} and subject = any(${[...byName.keys()]}::text[])`.execute(db);
    return new Set(rows.flatMap(({ subject }) => byName.get(subject) ?? []));
  };
  const isErased = async (subject: string): Promise<boolean> => (await erasedAmong([subject])).size > 0;

  interface DataKey {
    readonly keyId: string;
    readonly key: Buffer;
  }
  const stored = async (subject: string): Promise<DataKey | null> => {
    const row = await db
      .selectFrom('subject_keys')
      .select(['key_id', 'wrapped'])
      .where('tenant', '=', tenant)
      .where('subject', '=', subject)
      .executeTakeFirst();
    return row ? { keyId: row.key_id, key: keys.unwrap(row.wrapped, context(subject)) } : null;
  };

  /** The subject's key, made where there is none; the lock that an erasure takes too lets no key be made behind it. */
  const keyFor = async (subject: string): Promise<DataKey> => {
    const found = await stored(subject);
    if (found) return found;
    await db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${context(subject)}, 0))`.execute(trx);
      await sql`insert into subject_keys (tenant, subject, wrapped)
        select ${tenant}, ${subject}, ${keys.wrap(randomBytes(KEY_BYTES), context(subject))}
        where not exists (select 1 from erasures where tenant = ${tenant} and subject in (${sql.join(namesOf(subject))}))
        on conflict do nothing`.execute(trx);
    });
    const made = await stored(subject);
    if (made) return made;
    throw new ProbityError('SUBJECT_ERASED', 'The data of this customer were erased; nothing personal is kept again.');
  };

  const sealer: Vault['sealer'] = async (subject) => {
    const { key } = await keyFor(subject);
    return (field, value) => seal(key, Buffer.from(canonicalJson(value)), `${context(subject)}/${field}`);
  };

  return {
    isErased,
    erasedAmong,
    sealer,
    seal: async (subject, field, value) => (await sealer(subject))(field, value),
    async textSealer(subject) {
      const { keyId, key } = await keyFor(subject);
      return (text) => `${SEALED}${keyId}:${seal(key, Buffer.from(text), `${context(subject)}/${TEXT}`)}`;
    },
    async openTexts(sealed) {
      const parsed = sealed.map((text) => {
        const [keyId = '', bytes = ''] = text.slice(SEALED.length).split(':');
        return { text, keyId, bytes };
      });
      const found = await db
        .selectFrom('subject_keys')
        .select(['key_id', 'subject', 'wrapped'])
        .where('tenant', '=', tenant)
        .where('key_id', 'in', [...new Set(parsed.map(({ keyId }) => keyId))])
        .execute();
      const byId = new Map(found.map((row) => [row.key_id, row]));
      const unwrapped = new Map(found.map((row) => [row.key_id, keys.unwrap(row.wrapped, context(row.subject))]));
      const opened = new Map<string, string | null>();
      for (const { text, keyId, bytes } of parsed) {
        const [row, key] = [byId.get(keyId), unwrapped.get(keyId)];
        if (row !== undefined && key !== undefined)
          opened.set(
            text,
            unlessBroken(() => open(key, bytes, `${context(row.subject)}/${TEXT}`).toString('utf8')),
          );
      }
      return opened;
    },
    async open(subject, field, sealed) {
      const found = await stored(subject);
      if (found === null) {
        if (await isErased(subject)) return null;
        throw new ProbityError('SEAL_BROKEN', 'The key of a sealed value is missing, and no erasure is on record.');
      }
      return JSON.parse(open(found.key, sealed, `${context(subject)}/${field}`).toString('utf8')) as Json;
    },
    async erase(subject, { actor, ground }) {
      return db.transaction().execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${context(subject)}, 0))`.execute(trx);
        const erasure = await trx
          .insertInto('erasures')
          .values({ tenant, subject: pseudonyms.of(subject), actor, ground, hashed: true })
          .onConflict((conflict) => conflict.doNothing())
          .returning('subject')
          .executeTakeFirst();
        await trx.deleteFrom('subject_keys').where('tenant', '=', tenant).where('subject', '=', subject).execute();
        return erasure !== undefined;
      });
    },
    async rotate() {
      const rows = await db
        .selectFrom('subject_keys')
        .select(['subject', 'wrapped'])
        .where('tenant', '=', tenant)
        .execute();
      let wrapped = 0;
      for (const row of rows) {
        if (keys.isCurrent(row.wrapped)) continue;
        const dataKey = keys.unwrap(row.wrapped, context(row.subject));
        await db
          .updateTable('subject_keys')
          .set({ wrapped: keys.wrap(dataKey, context(row.subject)) })
          .where('tenant', '=', tenant)
          .where('subject', '=', row.subject)
          .where('wrapped', '=', row.wrapped)
          .execute();
        wrapped++;
      }
      return wrapped;
    },
  };
}
