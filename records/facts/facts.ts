import { sql } from 'kysely';
import { canonicalJson, instant, type Instant, type Tenant } from '../../base/index.ts';
import { contractOf } from '../../features/contracts/index.ts';
import type { Database } from '../database/index.ts';

/** A row of a canonical table that an application reported: checked against its contract before it comes here. */
export interface NewFact {
  readonly table: string;
  readonly values: { readonly [column: string]: string | number | boolean | null };
  readonly happenedAt: Instant;
  /** Which application reported it. */
  readonly source: string;
  /** The same key from the same source again is the same fact and adds nothing. */
  readonly idempotencyKey: string | null;
  /** It says by `happenedAt` which version of its row it is: older than the one that stands, it is kept and replaces nothing. */
  readonly ordered?: boolean;
}

/** An acknowledged fact: durable, ordered, and known from the moment of its acknowledgement. */
export interface Fact extends NewFact {
  readonly sequence: number;
  readonly knownFrom: Instant;
}

/** A fact as its acknowledgement answers it. */
export interface Acknowledged extends Fact {
  /** Its key was known: the fact was there before, and nothing was added. */
  readonly repeated: boolean;
}

/** The facts acknowledged for one tenant, in commit order. */
export interface Facts {
  /** Stores all facts or none; when it returns they are durable. A fact whose key is known already answers the stored one. */
  append(facts: readonly NewFact[]): Promise<readonly Acknowledged[]>;
  /** Facts after a sequence, in order; of one customer where `entity` is given (facts of tables without customer are included). */
  since(sequence: number, options?: { readonly entity?: string; readonly limit?: number }): Promise<readonly Fact[]>;
  /** All facts of some customers after a sequence, in order, with those of tables without customer. */
  of(entities: readonly string[], after: number): Promise<readonly Fact[]>;
  /** The newest sequence, 0 where there is none. */
  head(): Promise<number>;
  /** Facts of one table about one customer after a sequence, in order. */
  about(entity: string, table: string, after: number): Promise<readonly Fact[]>;
}

/** Rows of one statement: their parameters stay under PostgreSQL's 65 535. */
const ROWS_AT_ONCE = 1_000;
/** Rows of one answer. */
const PAGE = 50_000;

export function createFacts(database: Database, tenant: Tenant): Facts {
  const { db } = database;
  return {
    async append(facts) {
      if (facts.length === 0) return [];
      return db.transaction().execute(async (trx) => {
        await trx
          .insertInto('fact_heads')
          .values({ tenant, sequence: 0 })
          .onConflict((conflict) => conflict.column('tenant').doNothing())
          .execute();
        // The row lock orders appends by commit: whoever reads "after N" cannot miss a lower number that commits later.
        const head = await trx
          .selectFrom('fact_heads')
          .select('sequence')
          .where('tenant', '=', tenant)
          .forUpdate()
          .executeTakeFirstOrThrow();
        const clock = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(trx);
        const knownFrom = instant(clock.rows[0]?.at ?? new Date());
        let sequence = head.sequence;
        const before = await known(trx, tenant, facts);
        const fresh: Fact[] = [];
        const stored = facts.map((fact): Acknowledged => {
          const name = fact.idempotencyKey === null ? null : nameOf(fact.source, fact.idempotencyKey);
          const there = name === null ? undefined : before.get(name);
          if (there !== undefined) return { ...there, repeated: true };
          sequence += 1;
          const added = { ...fact, ordered: fact.ordered ?? false, sequence, knownFrom };
          fresh.push(added);
          if (name !== null) before.set(name, added);
          return { ...added, repeated: false };
        });
        for (let from = 0; from < fresh.length; from += ROWS_AT_ONCE)
          await trx
            .insertInto('facts')
            .values(fresh.slice(from, from + ROWS_AT_ONCE).map((fact) => rowOf(tenant, fact)))
            .execute();
        await trx.updateTable('fact_heads').set({ sequence }).where('tenant', '=', tenant).execute();
        return stored;
      });
    },

    async about(entity, table, after) {
      const rows = await db
        .selectFrom('facts')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('entity_id', '=', entity)
        .where('table_name', '=', table)
        .where('sequence', '>', after)
        .orderBy('sequence')
        .execute();
      return rows.map(toFact);
    },
    async since(sequence, options = {}) {
      let query = db.selectFrom('facts').selectAll().where('tenant', '=', tenant).where('sequence', '>', sequence);
      const { entity } = options;
      if (entity !== undefined)
        query = query.where((is) => is.or([is('entity_id', '=', entity), is('entity_id', 'is', null)]));
      return (
        await query
          .orderBy('sequence')
          .limit(options.limit ?? 100_000)
          .execute()
      ).map(toFact);
    },

    async of(entities, after) {
      const found: Fact[] = [];
      for (let from = after; ;) {
        const rows = await db
          .selectFrom('facts')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('sequence', '>', from)
          .where((is) => is.or([is('entity_id', '=', sql<string>`any(${entities})`), is('entity_id', 'is', null)]))
          .orderBy('sequence')
          .limit(PAGE)
          .execute();
        found.push(...rows.map(toFact));
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return found;
        from = last.sequence;
      }
    },

    async head() {
      const row = await db.selectFrom('fact_heads').select('sequence').where('tenant', '=', tenant).executeTakeFirst();
      return row?.sequence ?? 0;
    },
  };
}

type Row = {
  table_name: string;
  row_values: Record<string, string | number | boolean | null>;
  happened_at: Date;
  known_from: Date;
  source: string;
  idempotency_key: string | null;
  sequence: number;
  ordered: boolean;
};

/** Facts that are there under the keys of these, by `nameOf`. */
async function known(trx: Database['db'], tenant: Tenant, facts: readonly NewFact[]): Promise<Map<string, Fact>> {
  const keyed = facts.flatMap(({ source, idempotencyKey: key }) => (key === null ? [] : [{ source, key }]));
  if (keyed.length === 0) return new Map();
  const { rows } = await sql<Row>`select f.* from facts f
    join (select distinct * from unnest(${keyed.map(({ source }) => source)}::text[], ${keyed.map(({ key }) => key)}::text[]) as k(source, key)) k
      on f.source = k.source and f.idempotency_key = k.key where f.tenant = ${tenant}`.execute(trx);
  return new Map(rows.map((row) => [nameOf(row.source, row.idempotency_key ?? ''), toFact(row)]));
}

const nameOf = (source: string, key: string): string => JSON.stringify([source, key]);

function rowOf(tenant: Tenant, fact: Fact) {
  const entity = contractOf(fact.table)?.entity;
  return {
    tenant,
    sequence: fact.sequence,
    table_name: fact.table,
    entity_id: entity ? String(fact.values[entity] ?? '') || null : null,
    row_values: canonicalJson(fact.values),
    happened_at: fact.happenedAt,
    known_from: fact.knownFrom,
    source: fact.source,
    idempotency_key: fact.idempotencyKey,
    ordered: fact.ordered ?? false,
  };
}

function toFact(row: Row): Fact {
  return {
    table: row.table_name,
    values: row.row_values,
    happenedAt: instant(row.happened_at),
    knownFrom: instant(row.known_from),
    source: row.source,
    idempotencyKey: row.idempotency_key,
    sequence: row.sequence,
    ordered: row.ordered,
  };
}
