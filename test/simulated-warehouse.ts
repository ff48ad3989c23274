import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { CONTRACTS } from '../features/contracts/index.ts';
import { simulate, type SimulatedPortfolio, type SimulationOptions } from '../simulator/index.ts';

/** A simulated portfolio loaded straight into raw tables in memory: what the import makes of it, without its checks. */
export async function simulatedWarehouse(options: SimulationOptions): Promise<{
  readonly portfolio: SimulatedPortfolio;
  readonly connection: DuckDBConnection;
  readonly close: () => void;
}> {
  const portfolio = await simulate(options);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA raw');
  for (const contract of CONTRACTS) {
    const columns = contract.columns.map((column) => column.name).join(', ');
    const files = join(options.outDir, contract.name, '*.parquet').replaceAll("'", "''");
    await connection.run(
      `CREATE TABLE raw.${contract.name} AS
       SELECT ${columns}, happened_at, known_at AS known_from,
         coalesce(lead(known_at) OVER (PARTITION BY ${contract.key.join(', ')} ORDER BY known_at, happened_at), TIMESTAMP 'infinity') AS known_until
       FROM read_parquet('${files}')`,
    );
  }
  if (portfolio.truth !== null) {
    await connection.run(`CREATE TABLE truth AS FROM read_parquet('${portfolio.truth.replaceAll("'", "''")}')`);
  }
  return {
    portfolio,
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
