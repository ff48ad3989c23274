import type { DuckDBConnection } from '@duckdb/node-api';
import { computeFeatures, rawTables, resultColumns, viewStatement } from '../asof/index.ts';
import type { FeatureView } from '../views/index.ts';
import { identifier, literal, type Instant } from '../../base/index.ts';
import { listOf, loadSignalFacts, type SignalScope, type SignalSource } from './signal-facts.ts';
import type { SignalViews } from './load-signals.ts';

/** A signal's value; null as its view says. */
export type SignalValue = number | string | boolean | null;

/** The signals of one customer, or of one industry, at an instant. */
export interface SignalRow {
  readonly id: string;
  readonly segment: string | null;
  /** The newest score's; null: never scored. */
  readonly pd: number | null;
  readonly signals: { readonly [name: string]: SignalValue };
}

/** A fact behind a signal, by reference: its table and key, its date and its amount. */
export interface SignalFact {
  /** The signal that it speaks for. */
  readonly topic: string;
  readonly table: string;
  readonly key: string;
  readonly on: string | null;
  readonly amount: number | null;
}

/** Customers looked at together: their signals, and more about those of whom there is something to say. */
export interface SignalLook {
  readonly rows: readonly SignalRow[];
  /** Facts behind signals of some customers, at most so many a customer and topic, the newest first. */
  evidenceOf(ids: readonly string[], most: number): Promise<ReadonlyMap<string, readonly SignalFact[]>>;
  /** Other customers with equal contact details, and customers of the same group, by customer. */
  othersOf(ids: readonly string[]): Promise<readonly Other[]>;
  close(): void;
}

/** Another customer who has to do with a customer. */
export interface Other {
  readonly id: string;
  readonly other: string;
  readonly kind: 'identity' | 'group';
  /** Of a parent, an owner, or a customer of the same: of these the exposure of a group is the sum. Of a customer with equal details its own. Null for all others. */
  readonly exposure: number | null;
  /** Whether it is a parent or an owner of the customer. */
  readonly isHead: boolean;
}

/** Computes the signals of the customers of a scope; close it when done. Throws SNAPSHOT_ALTERED, VIEW_INVALID. */
export async function lookAtCustomers(
  views: SignalViews,
  source: SignalSource,
  scope: SignalScope,
  signal?: AbortSignal,
): Promise<SignalLook> {
  const facts = await loadSignalFacts([...views.customers, ...views.evidence], source, scope);
  const { connection } = facts;
  try {
    await computeFeatures(connection, {
      views: views.customers,
      asked: facts.asked,
      into: 'signals',
      batchRows: 50_000,
      ...(signal ? { signal } : {}),
    });
    const lawful = (await source.lawful?.(connection, 'signals')) ?? 'signals';
    const rows = await rowsOf(
      connection,
      `SELECT s.* EXCLUDE (as_of), p.segment AS own_segment, c.pd AS own_pd FROM ${lawful} s LEFT JOIN (
         SELECT party_id, arg_max(segment, known_from) AS segment FROM raw.parties
         WHERE known_from <= ${literal(source.asOf)} GROUP BY party_id) p USING (party_id) LEFT JOIN (
         SELECT party_id, arg_max(pd, happened_at) AS pd FROM raw.scores
         WHERE known_from <= ${literal(source.asOf)} GROUP BY party_id) c USING (party_id) ORDER BY party_id`,
    );
    return {
      rows,
      evidenceOf: (ids, most) => evidenceOf(connection, views.evidence, source.asOf, ids, most),
      othersOf: (ids) => othersOf(connection, source.asOf, ids),
      close: facts.close,
    };
  } catch (error) {
    facts.close();
    throw error;
  }
}

/** The signals of every industry of companies, and the customers of each. */
export async function lookAtIndustries(
  views: SignalViews,
  source: SignalSource,
): Promise<{
  readonly rows: readonly SignalRow[];
  /** Facts behind signals of some industries, as those of customers. */
  evidenceOf(industries: readonly string[], most: number): Promise<ReadonlyMap<string, readonly SignalFact[]>>;
  membersOf(industry: string): Promise<readonly { readonly id: string; readonly exposure: number | null }[]>;
  close(): void;
}> {
  const facts = await loadSignalFacts([...views.industries, ...views.industryEvidence], source, {
    kind: 'partition',
    partition: 0,
    partitions: 1,
  });
  const { connection } = facts;
  const at = literal(source.asOf);
  const standing = `known_from <= ${at} AND ${at} < known_until AND happened_at <= ${at}`;
  try {
    await computeFeatures(connection, {
      views: views.industries,
      asked: `(SELECT DISTINCT industry AS party_id, ${at}::TIMESTAMP AS as_of FROM raw.parties
        WHERE kind = 'company' AND industry IS NOT NULL AND ${standing})`,
      into: 'industries',
    });
    return {
      rows: await rowsOf(
        connection,
        'SELECT * EXCLUDE (as_of), NULL AS own_segment, NULL AS own_pd FROM industries ORDER BY party_id',
      ),
      evidenceOf: (industries, most) => evidenceOf(connection, views.industryEvidence, source.asOf, industries, most),
      membersOf: async (industry) => {
        const reader = await connection.runAndReadAll(
          `SELECT p.party_id, e.amount::DOUBLE FROM (SELECT DISTINCT party_id FROM raw.parties
             WHERE industry = ${literal(industry)} AND ${standing}) p LEFT JOIN raw.exposures e USING (party_id) ORDER BY p.party_id`,
        );
        return reader
          .getRows()
          .map(([id, amount]) => ({ id: String(id), exposure: amount === null ? null : Number(amount) }));
      },
      close: facts.close,
    };
  } catch (error) {
    facts.close();
    throw error;
  }
}

async function rowsOf(connection: DuckDBConnection, query: string): Promise<readonly SignalRow[]> {
  const reader = await connection.runAndReadAll(query);
  return reader.getRowObjects().map(({ party_id: id, own_segment: segment, own_pd: pd, ...signals }) => ({
    id: String(id),
    pd: pd === null || pd === undefined ? null : Number(pd),
    segment: segment === null || segment === undefined ? null : String(segment),
    signals: signals as Record<string, SignalValue>,
  }));
}

async function evidenceOf(
  connection: DuckDBConnection,
  views: readonly FeatureView[],
  asOf: Instant,
  ids: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, readonly SignalFact[]>> {
  const found = new Map<string, SignalFact[]>();
  if (ids.length === 0) return found;
  await connection.run(
    `CREATE OR REPLACE TABLE spoken_of AS SELECT unnest(${listOf(ids)}) AS party_id, ${literal(asOf)}::TIMESTAMP AS as_of`,
  );
  const table = await rawTables(connection, 'raw');
  for (const view of views) {
    const statement = viewStatement(view, { asked: 'spoken_of', table, view: () => '' });
    const [, , ...columns] = resultColumns(view).map(([name]) => identifier(name));
    const reader = await connection.runAndReadAll(
      `SELECT party_id, ${columns.join(', ')} FROM (${statement})
       QUALIFY row_number() OVER (PARTITION BY party_id, topic ORDER BY fact_on DESC, fact_key, amount, fact_table) <= ${most}
       ORDER BY party_id, topic, fact_on DESC, fact_key, amount, fact_table`,
    );
    for (const [id, topic, name, key, on, amount] of reader.getRows()) {
      const facts = found.get(String(id)) ?? [];
      found.set(String(id), facts);
      facts.push({
        topic: String(topic),
        table: String(name),
        key: String(key),
        on: on === null || on === undefined ? null : String(on),
        amount: amount === null || amount === undefined ? null : Number(amount),
      });
    }
  }
  return found;
}

async function othersOf(
  connection: DuckDBConnection,
  asOf: Instant,
  ids: readonly string[],
): Promise<readonly Other[]> {
  if (ids.length === 0) return [];
  const at = literal(asOf);
  const standing = (alias: string) =>
    `${alias}.known_from <= ${at} AND ${at} < ${alias}.known_until AND ${alias}.happened_at <= ${at}`;
  const reader = await connection.runAndReadAll(`WITH spoken AS (SELECT unnest(${listOf(ids)}) AS id),
    head AS (
      SELECT id, id AS head, true AS held FROM spoken
      UNION SELECT s.id, r.related_party_id, r.relation IN ('group', 'owner')
      FROM spoken s JOIN raw.party_relations r ON r.party_id = s.id AND ${standing('r')}
    ),
    relative AS (
      SELECT id, other, bool_or(held) AS held FROM (
        SELECT id, head AS other, held FROM head
        UNION ALL SELECT h.id, r.party_id, h.held AND r.relation IN ('group', 'owner')
        FROM head h JOIN raw.party_relations r ON r.related_party_id = h.head AND ${standing('r')}
      ) GROUP BY id, other
    ),
    sharing AS (
      SELECT DISTINCT s.id, c.party_id AS other FROM spoken s
      JOIN raw.contacts o ON o.party_id = s.id AND ${standing('o')}
      JOIN raw.contacts c ON c.digest = o.digest AND c.kind = o.kind AND c.party_id <> s.id AND ${standing('c')}
    )
    SELECT r.id, other, 'group', CASE WHEN r.held THEN e.amount END::DOUBLE, coalesce(h.held, false)
    FROM relative r LEFT JOIN head h ON h.id = r.id AND h.head = other AND h.held
    LEFT JOIN raw.exposures e ON e.party_id = other WHERE other <> r.id
    UNION ALL
    SELECT id, other, 'identity', e.amount::DOUBLE, false FROM sharing LEFT JOIN raw.exposures e ON e.party_id = other
    WHERE (id, other) NOT IN (SELECT (id, other) FROM relative)
    ORDER BY ALL`);
  return reader.getRows().map(([id, other, kind, exposure, isHead]) => ({
    id: String(id),
    other: String(other),
    kind: kind === 'group' ? 'group' : 'identity',
    exposure: exposure === null || exposure === undefined ? null : Number(exposure),
    isHead: isHead === true,
  }));
}
