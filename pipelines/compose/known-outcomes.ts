import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import {
  dataPaths,
  exactGlob,
  instant,
  literal,
  type Instant,
  type LabelPolicy,
  type Project,
} from '../../base/index.ts';
import { dataCutoff, labelObservations, type LabelReport } from '../../features/labels/index.ts';
import { openWarehouse } from '../../features/warehouse/index.ts';
import { lackingRows } from '../../records/privacy/index.ts';
import type { LawfulUse } from './lawful-relation.ts';

/** A customer and the instant from which their outcome counts. */
export interface AskedOutcome {
  readonly customerId: string;
  readonly asOf: Instant;
}

/** What became of customers, as the warehouse knows. */
export interface KnownOutcomes {
  /** The data's end: nothing later is known. */
  readonly cutoff: Instant;
  /** Whether the customer defaulted within the project's horizon from then on; null: the window is open, or it cannot be told. */
  readonly badOf: (asked: AskedOutcome) => boolean | null;
  /** Whether the customer was in default at that instant already, and so is of no population that a model is for; false where the window is open. */
  readonly wasInDefault: (asked: AskedOutcome) => boolean;
  /** When the default came, where there was one and its source tells. */
  readonly badAt: (asked: AskedOutcome) => Instant | null;
}

/** Tables that tell outcomes, by where default events come from. */
export const OUTCOME_TABLES: Readonly<Record<LabelReport['source'], readonly string[]>> = {
  outcomes: ['outcomes'],
  invoices: ['invoices', 'payments'],
};

/** The use of a customer's outcome, counted from an instant, that needs a legal basis. */
export type LawfulOutcomes = (asOf: Instant) => LawfulUse;

/** Those of the asked for whom a table that tells outcomes has no basis: by place. */
async function withoutBasis(
  asked: readonly AskedOutcome[],
  source: LabelReport['source'],
  lawful: LawfulOutcomes | undefined,
): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  const instants = lawful === undefined ? [] : [...new Set(asked.map(({ asOf }) => asOf))];
  for (const at of instants) {
    const places = [...asked.keys()].filter((place) => asked[place]?.asOf === at);
    const { purpose, instants: each, basis } = lawful!(at);
    const rows = places.map((place) => ({ customerId: asked[place]?.customerId ?? '', instants: each }));
    for (const marks of (await lackingRows(basis, purpose, OUTCOME_TABLES[source], rows)).values())
      for (const [row, mark] of marks.entries()) if (mark === 1) found.add(places[row] ?? -1);
  }
  return found;
}

const BATCH = 10_000;

/**
 * Labels customers from instants on by the project's definition of default, or another policy; as known at the data's end, or at `knownBy` where that is earlier.
 * With `lawful`, the outcome of a customer for whom a table that tells it has no legal basis is not known.
 * Throws WAREHOUSE_MISSING, WAREHOUSE_BUSY, INVALID_INPUT where there are no facts.
 */
export async function outcomesOf(
  project: Project,
  asked: readonly AskedOutcome[],
  {
    policy = project.labels,
    knownBy,
    lawful,
  }: {
    readonly policy?: LabelPolicy;
    readonly knownBy?: Instant;
    readonly lawful?: LawfulOutcomes | undefined;
  } = {},
): Promise<KnownOutcomes> {
  const warehouse = await openWarehouse(dataPaths(project).warehouse, 'read');
  try {
    const { connection } = warehouse;
    const end = await dataCutoff(connection);
    const cutoff = knownBy !== undefined && knownBy < end ? knownBy : end;
    // The warehouse is open for reading alone: what is made on the way stands beside it.
    await connection.run("ATTACH ':memory:' AS simulation (READ_WRITE)");
    await connection.run('CREATE TABLE simulation.main.asked (party_id VARCHAR, as_of TIMESTAMP)');
    for (let at = 0; at < asked.length; at += BATCH) {
      const some = asked.slice(at, at + BATCH);
      await connection.run(
        'INSERT INTO simulation.main.asked SELECT DISTINCT unnest($ids), unnest($instants)::TIMESTAMP',
        {
          ids: listValue(some.map(({ customerId }) => customerId)),
          instants: listValue(some.map(({ asOf }) => asOf.slice(0, -1))),
        },
        { ids: LIST(VARCHAR), instants: LIST(VARCHAR) },
      );
    }
    const into = 'simulation.main.outcomes';
    const { source } = await labelObservations(connection, { policy, asked: 'simulation.main.asked', cutoff, into });
    const withheld = await withoutBasis(asked, source, lawful);
    const unknown = new Set([...withheld].map((place) => key(asked[place]!.customerId, asked[place]!.asOf)));
    const reader = await connection.runAndReadAll(
      `SELECT party_id, epoch_ms(as_of)::DOUBLE, label, epoch_ms(outcome_at)::DOUBLE FROM ${into} WHERE label IN ('good', 'bad', 'in_default')`,
    );
    const known = new Map(
      (reader.getRows() as [string, number, string, number | null][])
        .map(([id, at, label, badAt]): [string, { readonly label: string; readonly at: Instant | null }] => [
          key(id, instant(at)),
          { label, at: badAt === null ? null : instant(badAt) },
        ])
        .filter(([name]) => !unknown.has(name)),
    );
    const labelOf = ({ customerId, asOf }: AskedOutcome) => known.get(key(customerId, asOf))?.label;
    return {
      cutoff,
      badOf: (each) => (labelOf(each) === 'bad' ? true : labelOf(each) === 'good' ? false : null),
      wasInDefault: (each) => labelOf(each) === 'in_default',
      badAt: (each) => (labelOf(each) === 'bad' ? (known.get(key(each.customerId, each.asOf))?.at ?? null) : null),
    };
  } finally {
    warehouse.close();
  }
}

const key = (customerId: string, asOf: Instant): string => `${asOf} ${customerId}`;

/** The end of what the warehouse knows. Throws WAREHOUSE_MISSING, WAREHOUSE_BUSY, INVALID_INPUT where there are no facts. */
export async function warehouseEnd(project: Project): Promise<Instant> {
  const warehouse = await openWarehouse(dataPaths(project).warehouse, 'read');
  try {
    return await dataCutoff(warehouse.connection);
  } finally {
    warehouse.close();
  }
}

/**
 * The customers of Parquet files (column `party_id`) who were in default at an instant, as known then: those whom training leaves out. None where the definition
 * of default excludes nobody (late payment, a status on one day), nor for whom what tells it has no legal basis. Throws WAREHOUSE_MISSING, WAREHOUSE_BUSY.
 */
export async function customersInDefault(
  project: Project,
  policy: LabelPolicy,
  files: readonly string[],
  asOf: Instant,
  lawful?: LawfulOutcomes,
): Promise<ReadonlySet<string>> {
  if (policy.default.kind !== 'dpd') return new Set();
  const warehouse = await openWarehouse(dataPaths(project).warehouse, 'read');
  try {
    const { connection } = warehouse;
    await connection.run("ATTACH ':memory:' AS population (READ_WRITE)");
    const into = 'population.main.standing';
    const at = `TIMESTAMP ${literal(asOf.slice(0, -1))}`;
    const { source } = await labelObservations(connection, {
      // A window without length has closed by the instant itself, so that the label tells the standing alone.
      policy: { ...policy, horizonMonths: 0 },
      asked: `(SELECT party_id, ${at} AS as_of FROM read_parquet([${files.map((file) => literal(exactGlob(file))).join(', ')}]))`,
      cutoff: asOf,
      into,
    });
    const found = await connection.runAndReadAll(`SELECT party_id FROM ${into} WHERE label = 'in_default'`);
    const standing = found.getRows().map(([id]) => ({ customerId: String(id), asOf }));
    const unknown = await withoutBasis(standing, source, lawful);
    return new Set(standing.flatMap(({ customerId }, place) => (unknown.has(place) ? [] : [customerId])));
  } finally {
    warehouse.close();
  }
}
