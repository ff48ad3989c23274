import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { identifier } from '../../base/index.ts';
import { readableColumns } from '../asof/index.ts';
import { loadViews, type FeatureView } from '../views/index.ts';
import { laneStatements, type LaneStatements } from './lane-statements.ts';
import { PUBLISHED } from './published-facts.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await connection.run('CREATE SCHEMA published');
  for (const { name } of PUBLISHED) {
    const columns = readableColumns(name).map(([column, type]) => `${identifier(column)} ${type}`);
    await connection.run(
      `CREATE TABLE published.${identifier(name)} (${['snapshot_bucket INTEGER', ...columns].join(', ')})`,
    );
  }
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const all = ({ ask, read, rest, views, inParties, anywhere }: LaneStatements) => [
  ask,
  inParties,
  anywhere,
  ...[...read, ...rest].map(({ ofOne }) => ofOne),
  ...views.flatMap(({ fill, answer }) => (fill === null ? [answer] : [fill, answer])),
];

it('no statement of a lane was prepared before a table of the lane was made: such a one would be planned anew at every run', async () => {
  const views = await loadViews();
  const named = (...names: string[]): FeatureView[] => views.filter(({ name }) => names.includes(name));
  const orderOf = new Map<unknown, number>();
  let order = 0;
  let lastMade = 0;
  const run = connection.run.bind(connection);
  vi.spyOn(connection, 'run').mockImplementation((sql, ...given) => {
    if (sql.startsWith('CREATE')) lastMade = order += 1;
    return run(sql, ...given);
  });
  const prepare = connection.prepare.bind(connection);
  vi.spyOn(connection, 'prepare').mockImplementation(async (sql) => {
    const statement = await prepare(sql);
    orderOf.set(statement, (order += 1));
    return statement;
  });
  const statementsOf = await laneStatements(connection, {
    holding: (_, work) => work(),
    holds: () => true,
    statistics: () => null,
  });
  const sets = [named('profile'), named('profile', 'market_conditions'), named('bureau_facts'), named('profile')];
  for (const set of sets) {
    const statements = await statementsOf(set);
    expect(all(statements).filter((one) => (orderOf.get(one) ?? 0) < lastMade)).toEqual([]);
    expect(await statementsOf(set)).toBe(statements);
  }
  expect(order).toBeGreaterThan(lastMade);
});
