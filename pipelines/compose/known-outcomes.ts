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
import { dataCutoff, labelObservations } from '../../features/labels/index.ts';
import { openWarehouse } from '../../features/warehouse/index.ts';

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

const BATCH = 10_000;

/**
 * Labels customers from instants on by the project's definition of default, or another policy; as known at the data's end, or at `knownBy` where that is earlier.
 * Throws WAREHOUSE_MISSING, WAREHOUSE_BUSY, INVALID_INPUT where there are no facts.
 */
export async function outcomesOf(
  project: Project,
  asked: readonly AskedOutcome[],
  { policy = project.labels, knownBy }: { readonly policy?: LabelPolicy; readonly knownBy?: Instant } = {},
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
    await labelObservations(connection, { policy, asked: 'simulation.main.asked', cutoff, into });
    const reader = await connection.runAndReadAll(
      `SELECT party_id, epoch_ms(as_of)::DOUBLE, label, epoch_ms(outcome_at)::DOUBLE FROM ${into} WHERE label IN ('good', 'bad', 'in_default')`,
    );
    const known = new Map(
      (reader.getRows() as [string, number, string, number | null][]).map(([id, at, label, badAt]) => [
        key(id, instant(at)),
        { label, at: badAt === null ? null : instant(badAt) },
      ]),
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
 * of default excludes nobody (late payment, a status on one day). Throws WAREHOUSE_MISSING, WAREHOUSE_BUSY.
 */
export async function customersInDefault(
  project: Project,
  policy: LabelPolicy,
  files: readonly string[],
  asOf: Instant,
): Promise<ReadonlySet<string>> {
  if (policy.default.kind !== 'dpd') return new Set();
  const warehouse = await openWarehouse(dataPaths(project).warehouse, 'read');
  try {
    const { connection } = warehouse;
    await connection.run("ATTACH ':memory:' AS population (READ_WRITE)");
    const into = 'population.main.standing';
    const at = `TIMESTAMP ${literal(asOf.slice(0, -1))}`;
    await labelObservations(connection, {
      // A window without length has closed by the instant itself, so that the label tells the standing alone.
      policy: { ...policy, horizonMonths: 0 },
      asked: `(SELECT party_id, ${at} AS as_of FROM read_parquet([${files.map((file) => literal(exactGlob(file))).join(', ')}]))`,
      cutoff: asOf,
      into,
    });
    const found = await connection.runAndReadAll(`SELECT party_id FROM ${into} WHERE label = 'in_default'`);
    return new Set(found.getRows().map(([id]) => String(id)));
  } finally {
    warehouse.close();
  }
}
