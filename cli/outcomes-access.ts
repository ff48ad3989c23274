import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { dataPaths, instant, type Instant, type Project } from '../base/index.ts';
import { dataCutoff, labelObservations } from '../features/labels/index.ts';
import { openWarehouse } from '../features/warehouse/index.ts';

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
  /** When the default came, where there was one and its source tells. */
  readonly badAt: (asked: AskedOutcome) => Instant | null;
}

const BATCH = 10_000;

/** Labels customers from instants on by the project's definition of default. Throws WAREHOUSE_MISSING, WAREHOUSE_BUSY, INVALID_INPUT where there are no facts. */
export async function outcomesOf(project: Project, asked: readonly AskedOutcome[]): Promise<KnownOutcomes> {
  const warehouse = await openWarehouse(dataPaths(project).warehouse, 'read');
  try {
    const { connection } = warehouse;
    const cutoff = await dataCutoff(connection);
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
    await labelObservations(connection, { policy: project.labels, asked: 'simulation.main.asked', cutoff, into });
    const reader = await connection.runAndReadAll(
      `SELECT party_id, epoch_ms(as_of)::DOUBLE, label, epoch_ms(outcome_at)::DOUBLE FROM ${into} WHERE label IN ('good', 'bad')`,
    );
    const known = new Map(
      (reader.getRows() as [string, number, string, number | null][]).map(([id, at, label, badAt]) => [
        key(id, instant(at)),
        { bad: label === 'bad', at: badAt === null ? null : instant(badAt) },
      ]),
    );
    return {
      cutoff,
      badOf: ({ customerId, asOf }) => known.get(key(customerId, asOf))?.bad ?? null,
      badAt: ({ customerId, asOf }) => known.get(key(customerId, asOf))?.at ?? null,
    };
  } finally {
    warehouse.close();
  }
}

const key = (customerId: string, asOf: Instant): string => `${asOf} ${customerId}`;
