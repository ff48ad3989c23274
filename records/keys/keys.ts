import { sql } from 'kysely';
import { instant, isRole, ProbityError, type Instant, type Role, type Tenant } from '../../base/index.ts';
import type { ApiKeysTable, Database } from '../database/index.ts';
import type { Selectable, Transaction } from 'kysely';
import type { Schema } from '../database/index.ts';
import { newKey, secretHash, writeKey } from './secret.ts';

/** A key without its secret. */
export interface Key {
  readonly keyId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** The only operations that it may call, within its roles; null: all of them. */
  readonly operations: readonly string[] | null;
  /** What its holder looks at data of customers for, where a request says no other; null: the purpose of each operation. */
  readonly purpose: string | null;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly expiresAt: Instant;
  readonly revokedAt: Instant | null;
  readonly revokedBy: string | null;
  /** The key that it took over from. */
  readonly replaces: string | null;
  readonly lastUsedAt: Instant | null;
}

/** A key as the server checks it. */
export interface StoredKey extends Key {
  readonly secretHash: Buffer;
}

/** A new key, with the text that its holder keeps: shown once, stored nowhere. */
export interface IssuedKey {
  readonly key: Key;
  readonly written: string;
}

/** What a new key may do, and for how long. */
export interface NewKey {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly operations?: readonly string[] | null;
  readonly purpose?: string | null;
  /** Days until it expires, 1 to MOST_DAYS. */
  readonly days: number;
  readonly actor: string;
  /** An id of the caller's, of which no other key is made (`keyIdOf`). */
  readonly keyId?: string | undefined;
}

export const MOST_DAYS = 3650;
export const MOST_OVERLAP_HOURS = 720;
/** Days that a key lives where nothing is said. */
export const USUAL_DAYS = 365;
/** Hours that a rotated key goes on where nothing is said. */
export const USUAL_OVERLAP_HOURS = 24;
const lastUseIsKeptTo = 60_000;

/** The keys of one tenant. */
export interface Keys {
  create(wanted: NewKey): Promise<IssuedKey>;
  /** The first admin key; null where the tenant has had a key before. */
  createFirst(actor: string): Promise<IssuedKey | null>;
  /** Keys in order of their making, after the place `after`. */
  list(options: { readonly after?: KeyPlace; readonly limit: number }): Promise<readonly Key[]>;
  /** Throws UNKNOWN_KEY. */
  get(keyId: string): Promise<Key>;
  /** What the server needs to check a key; null where there is none. */
  find(keyId: string): Promise<StoredKey | null>;
  /**
   * A successor with the same name, roles, operations and purpose and a lifetime of its own; the key itself goes on for `overlapHours`,
   * so that its holder can change over without a gap. Throws UNKNOWN_KEY, KEY_NOT_ACTIVE.
   */
  rotate(
    keyId: string,
    options: { overlapHours: number; days: number; actor: string; successorId?: string | undefined },
  ): Promise<IssuedKey>;
  /** Ends a key at once, for good; ending it again changes nothing. Throws UNKNOWN_KEY. */
  revoke(keyId: string, actor: string): Promise<Key>;
  /** Remembers that a key was used, to the minute. */
  used(keyId: string): Promise<void>;
}

/** A place in the list of keys. */
export interface KeyPlace {
  readonly createdAt: Instant;
  readonly keyId: string;
}

type Trx = Transaction<Schema>;

export function createKeys(database: Database, tenant: Tenant): Keys {
  const { db } = database;
  const own = (trx: Database['db'] | Trx) => trx.selectFrom('api_keys').selectAll().where('tenant', '=', tenant);

  const insert = async (trx: Database['db'] | Trx, wanted: NewKey, replaces: string | null): Promise<IssuedKey> => {
    const parts = newKey(wanted.keyId);
    const now = await databaseNow(trx);
    const row = await trx
      .insertInto('api_keys')
      .values({
        tenant,
        key_id: parts.keyId,
        name: wanted.name,
        secret_hash: secretHash(parts.secret).toString('hex'),
        roles: JSON.stringify([...new Set(wanted.roles)]),
        operations: wanted.operations ? JSON.stringify(wanted.operations) : null,
        purpose: wanted.purpose ?? null,
        created_at: now,
        created_by: wanted.actor,
        expires_at: new Date(now.getTime() + wanted.days * 86_400_000),
        replaces,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { key: toKey(row), written: writeKey(parts) };
  };

  const locked = async (trx: Trx, keyId: string) => {
    const row = await own(trx).where('key_id', '=', keyId).forUpdate().executeTakeFirst();
    return row ?? unknownKey();
  };

  return {
    create: (wanted) => insert(db, wanted, null),

    createFirst: (actor) =>
      db.transaction().execute(async (trx) => {
        // Two servers that start at once must not make two first keys.
        await sql`select pg_advisory_xact_lock(hashtext(${`probity first key ${tenant}`}))`.execute(trx);
        if ((await own(trx).limit(1).executeTakeFirst()) !== undefined) return null;
        return insert(trx, { name: 'first admin', roles: ['admin'], days: USUAL_DAYS, actor }, null);
      }),

    async list({ after, limit }) {
      let query = own(db);
      if (after !== undefined)
        query = query.where(sql<boolean>`(created_at, key_id) > (${after.createdAt}::timestamptz, ${after.keyId})`);
      const rows = await query.orderBy('created_at').orderBy('key_id').limit(limit).execute();
      return rows.map(toKey);
    },

    async get(keyId) {
      const row = await own(db).where('key_id', '=', keyId).executeTakeFirst();
      return row === undefined ? unknownKey() : toKey(row);
    },

    async find(keyId) {
      const row = await own(db).where('key_id', '=', keyId).executeTakeFirst();
      return row === undefined ? null : { ...toKey(row), secretHash: Buffer.from(row.secret_hash, 'hex') };
    },

    rotate: (keyId, { overlapHours, days, actor, successorId }) =>
      db.transaction().execute(async (trx) => {
        const old = toKey(await locked(trx, keyId));
        const now = await databaseNow(trx);
        if (old.revokedAt !== null || Date.parse(old.expiresAt) <= now.getTime())
          throw new ProbityError('KEY_NOT_ACTIVE', 'This key has been revoked or has expired.');
        const last = new Date(Math.min(Date.parse(old.expiresAt), now.getTime() + overlapHours * 3_600_000));
        await trx
          .updateTable('api_keys')
          .set({ expires_at: last })
          .where('tenant', '=', tenant)
          .where('key_id', '=', keyId)
          .execute();
        const { name, roles, operations, purpose } = old;
        return insert(trx, { name, roles, operations, purpose, days, actor, keyId: successorId }, keyId);
      }),

    revoke: (keyId, actor) =>
      db.transaction().execute(async (trx) => {
        const old = await locked(trx, keyId);
        if (old.revoked_at !== null) return toKey(old);
        const row = await trx
          .updateTable('api_keys')
          .set({ revoked_at: await databaseNow(trx), revoked_by: actor })
          .where('tenant', '=', tenant)
          .where('key_id', '=', keyId)
          .returningAll()
          .executeTakeFirstOrThrow();
        return toKey(row);
      }),

    async used(keyId) {
      const now = await databaseNow(db);
      await db
        .updateTable('api_keys')
        .set({ last_used_at: now })
        .where('tenant', '=', tenant)
        .where('key_id', '=', keyId)
        .where((is) =>
          is.or([is('last_used_at', 'is', null), is('last_used_at', '<', new Date(now.getTime() - lastUseIsKeptTo))]),
        )
        .execute();
    },
  };
}

/** The database's present, to the millisecond that an Instant holds, so that a place in the list is exact. */
async function databaseNow(trx: Database['db'] | Trx): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select date_trunc('milliseconds', clock_timestamp()) as now`.execute(trx);
  return rows[0]?.now ?? new Date();
}

function unknownKey(): never {
  throw new ProbityError('UNKNOWN_KEY', 'There is no key with this id.');
}

function toKey(row: Selectable<ApiKeysTable>): Key {
  const at = (date: Date | null) => (date === null ? null : instant(date));
  return {
    keyId: row.key_id,
    name: row.name,
    roles: row.roles.filter(isRole),
    operations: row.operations,
    purpose: row.purpose,
    createdAt: instant(row.created_at),
    createdBy: row.created_by,
    expiresAt: instant(row.expires_at),
    revokedAt: at(row.revoked_at),
    revokedBy: row.revoked_by,
    replaces: row.replaces,
    lastUsedAt: at(row.last_used_at),
  };
}
