import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instant } from '../../base/index.ts';
import { parseBasisPolicy, type BasisPeriod } from '../../records/privacy/index.ts';
import { lawfulRelation } from './lawful-relation.ts';

const purpose = 'portfolio-monitoring';
const instants = [instant('2026-05-01T00:00:00Z'), instant('2026-05-20T00:00:00Z')];
const lineage = { overdue: ['invoices', 'payments'], sector: ['parties'], orders: ['orders'] };
const features = ['overdue', 'sector', 'orders'];

let connection: DuckDBConnection;
beforeEach(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `CREATE TABLE t AS SELECT * FROM (VALUES ('a', 1, 'x', 10, 7), ('b', 2, 'y', 20, 8), ('it''s', 3, 'z', 30, 9)) AS v(party_id, overdue, sector, orders, other)`,
  );
});
afterEach(() => connection.closeSync());

const use = (sources: readonly string[], periods: readonly BasisPeriod[] = []) => ({
  purpose,
  instants,
  basis: {
    policy: parseBasisPolicy({ bases: sources.map((source) => ({ source, purpose, basis: 'contract' })) }),
    bases: { periods: async () => periods },
  },
});

describe('features of customers that are used for a purpose', () => {
  it('stay the very relation where everything has a basis', async () => {
    const found = await lawfulRelation(connection, 't', { features, lineage }, use(['*']));
    expect(found).toEqual({ relation: 't', withheld: [] });
  });

  it('are null and counted by source for those who give none, and the other columns and rows stay', async () => {
    const from = instant('2026-01-01T00:00:00Z');
    const periods = [
      { subject: 'a', source: 'invoices', from, until: null },
      { subject: 'b', source: 'invoices', from, until: instant('2026-05-10T00:00:00Z') },
      { subject: "it's", source: '*', from: instant('2026-05-02T00:00:00Z'), until: null },
    ];
    const found = await lawfulRelation(connection, 't', { features, lineage }, use(['payments', 'parties'], periods));
    const reader = await connection.runAndReadAll(`SELECT * FROM ${found.relation} ORDER BY party_id`);
    expect(reader.getRows()).toEqual([
      ['a', 1, 'x', null, 7],
      ['b', null, 'y', null, 8],
      ["it's", null, 'z', null, 9],
    ]);
    expect(found.withheld).toEqual([
      { feature: 'overdue', source: 'invoices', customers: 2 },
      { feature: 'orders', source: 'orders', customers: 3 },
    ]);
    expect(reader.columnNames()).toEqual(['party_id', 'overdue', 'sector', 'orders', 'other']);
  });
});
