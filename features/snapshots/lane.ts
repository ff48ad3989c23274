import type { DuckDBInstance } from '@duckdb/node-api';
import { instant, type AsOf } from '../../base/index.ts';
import type { FeatureView } from '../views/feature-view.ts';
import { addFacts, type AddedFact } from './added-facts.ts';
import { copyStatement, laneStatements, laneTable, type TableCopy } from './lane-statements.ts';
import type { PublishedFacts } from './published-facts.ts';

/** A feature's value: DOUBLE, VARCHAR or BOOLEAN; null as the view's header says. */
export type FeatureValue = number | string | boolean | null;

/** The features of one customer as of one instant. */
export interface FeatureRow {
  readonly partyId: string;
  readonly asOf: AsOf;
  /** Some fact about the customer was known by then. */
  readonly known: boolean;
  readonly features: { readonly [name: string]: FeatureValue };
}

/** A customer to compute, as of an instant. */
export interface Asked {
  readonly id: string;
  readonly bucket: number;
  readonly asOf: AsOf;
}

/** One connection that computes one request at a time, with tables of its own for the asked customers' facts. */
export interface Lane {
  /** One row for each (customer, instant), in any order. */
  compute(
    views: readonly FeatureView[],
    asked: readonly Asked[],
    added: readonly AddedFact[],
  ): Promise<readonly FeatureRow[]>;
  close(): void;
}

/** A row while it is put together. */
interface Growing extends FeatureRow {
  known: boolean;
  readonly features: Record<string, FeatureValue>;
}

/** Opens a lane: its temporary tables take a request's facts inside a transaction that is always rolled back. */
export async function openLane(instance: DuckDBInstance, published: PublishedFacts): Promise<Lane> {
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const statementsOf = await laneStatements(connection, published);

  /** Fills tables with the asked customers' published facts, and those added. */
  const take = async (
    tables: readonly TableCopy[],
    buckets: ReadonlyMap<string, number>,
    added: readonly AddedFact[],
  ): Promise<void> => {
    const held = [...new Set(buckets.values())];
    const [only] = buckets;
    for (const { contract, ofOne } of tables) {
      if (!held.some((bucket) => published.holds(contract.name, bucket))) continue;
      if (contract.entity === null) await ofOne.run();
      else if (only && buckets.size === 1) {
        ofOne.bindInteger(1, only[1]);
        ofOne.bindVarchar(2, only[0]);
        await ofOne.run();
      } else {
        const asked = `IN (SELECT party_id FROM ${laneTable('asked')})`;
        await connection.run(copyStatement(contract, `IN (${held.join(', ')})`, asked));
      }
    }
    const names = new Set(tables.map(({ contract }) => contract.name));
    const theirs = added.filter(({ table }) => names.has(table));
    if (theirs.length > 0) await addFacts(connection, theirs, laneTable);
  };

  return {
    async compute(views, asked, added) {
      const statements = await statementsOf(views);
      const rows = new Map<string, Growing>();
      for (const { id, asOf } of asked) rows.set(rowKey(id, asOf), { partyId: id, asOf, known: false, features: {} });
      const rowOf = (values: readonly unknown[]) => rows.get(rowKey(String(values[0]), instant(Number(values[1]))));
      const buckets = new Map(asked.map(({ id, bucket }) => [id, bucket]));
      const seeKnown = async (statement: typeof statements.anywhere): Promise<void> => {
        for (const values of (await statement.runAndReadAll()).getRows()) {
          const row = rowOf(values);
          if (row) row.known = true;
        }
      };
      await connection.run('BEGIN');
      try {
        statements.ask.bindVarchar(1, JSON.stringify(asked.map(({ id, asOf }) => ({ p: id, t: asOf }))));
        await statements.ask.run();
        await take(statements.read, buckets, added);
        for (const { fill, answer, names } of statements.views) {
          await fill?.run();
          for (const values of (await answer.runAndReadAll()).getRows()) {
            const row = rowOf(values);
            names.forEach((name, index) => {
              if (row) row.features[name] = (values[index + 2] ?? null) as FeatureValue;
            });
          }
        }
        await seeKnown(statements.inParties);
        if ([...rows.values()].some(({ known }) => !known)) {
          await take(statements.rest, buckets, added);
          await seeKnown(statements.anywhere);
        }
        return [...rows.values()];
      } finally {
        await connection.run('ROLLBACK');
      }
    },
    close: () => connection.closeSync(),
  };
}

/** Names a (customer, instant) pair. */
export function rowKey(partyId: string, asOf: string): string {
  return `${asOf} ${partyId}`;
}
