import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DuckDBInstance } from '@duckdb/node-api';
import { dataPaths, instant, literal, parseProject, type Instant } from '../../base/index.ts';
import { openWarehouse } from '../../features/warehouse/index.ts';
import { parseBasisPolicy } from '../../records/privacy/index.ts';
import { insertRaw } from '../../test/support/raw-fixture.ts';
import { customersInDefault, outcomesOf, warehouseEnd } from './known-outcomes.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'probity-outcomes-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const outcome = (party: string, at: string, days: number, knownFrom = at) => ({
  table: 'outcomes',
  values: {
    party_id: party,
    happened_at: at,
    known_from: knownFrom,
    subject_id: party,
    kind: 'dpd',
    days_past_due: days,
  },
});

describe('customers in default', () => {
  it('are those whom training leaves out at that instant, as was known then', async () => {
    const project = parseProject('tenant: acme\nportfolio: main\n', root);
    const warehouse = await openWarehouse(dataPaths(project).warehouse, 'write');
    await insertRaw(warehouse.connection, [
      outcome('bad', '2024-06-01', 120),
      outcome('cured', '2024-06-01', 120),
      outcome('cured', '2024-09-01', 0),
      outcome('good', '2024-06-01', 10),
      // Happened before, learned after: nobody knew it then.
      outcome('told-late', '2024-06-01', 120, '2025-02-01'),
      outcome('good', '2025-06-01', 0),
    ]);
    warehouse.close();
    const asOf = instant('2025-01-01');
    const file = join(root, 'customers.parquet');
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(
      `COPY (SELECT unnest(['bad', 'cured', 'good', 'told-late', 'new']) AS party_id) TO ${literal(file)} (FORMAT parquet)`,
    );
    connection.closeSync();
    expect([...(await customersInDefault(project, project.labels, [file], asOf))]).toEqual(['bad']);
    expect([...(await customersInDefault(project, project.labels, [file], instant('2025-03-01')))].sort()).toEqual([
      'bad',
      'told-late',
    ]);
    // Training says the same of the same instant.
    const asked = ['bad', 'cured', 'good', 'new'].map((customerId) => ({ customerId, asOf: instant('2024-06-02') }));
    const known = await outcomesOf(project, asked);
    expect(asked.filter(known.wasInDefault).map(({ customerId }) => customerId)).toEqual(['bad', 'cured']);
    expect(await warehouseEnd(project)).toBe('2025-06-02T00:00:00.000Z');
    const late = { horizonMonths: 6, default: { kind: 'late', days: 30 } } as const;
    expect((await customersInDefault(project, late, [file], asOf)).size).toBe(0);
  });

  it('are not known, and nor is any outcome, where what tells it has no legal basis then or now', async () => {
    const project = parseProject('tenant: acme\nportfolio: main\n', root);
    const warehouse = await openWarehouse(dataPaths(project).warehouse, 'write');
    await insertRaw(warehouse.connection, [
      ...['gave', 'took-back', 'never'].map((party) => outcome(party, '2024-06-01', 120)),
      outcome('other', '2025-10-01', 0),
    ]);
    warehouse.close();
    const file = join(root, 'customers.parquet');
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(
      `COPY (SELECT unnest(['gave', 'took-back', 'never']) AS party_id) TO ${literal(file)} (FORMAT parquet)`,
    );
    connection.closeSync();
    const purpose = 'portfolio-monitoring';
    const policy = parseBasisPolicy({ bases: [{ source: 'parties', purpose, basis: 'contract' }] });
    const from = instant('2020-01-01');
    const periods = async () => [
      { subject: 'gave', source: 'outcomes', from, until: null },
      { subject: 'took-back', source: '*', from, until: instant('2026-01-01') },
    ];
    const lawful = (at: Instant) => ({
      purpose,
      instants: [at, instant('2026-03-01')],
      basis: { policy, bases: { periods } },
    });
    const then = instant('2024-07-01');
    expect((await customersInDefault(project, project.labels, [file], then)).size).toBe(3);
    expect([...(await customersInDefault(project, project.labels, [file], then, lawful))]).toEqual(['gave']);
    const asked = ['gave', 'took-back', 'never'].map((customerId) => ({ customerId, asOf: instant('2024-01-01') }));
    const known = await outcomesOf(project, asked, { lawful });
    expect(asked.map(known.badOf)).toEqual([true, null, null]);
    expect(asked.map((each) => known.badAt(each) === null)).toEqual([false, true, true]);
    const all = await outcomesOf(project, asked);
    expect(asked.map(all.badOf)).toEqual([true, true, true]);
  });

  it('are told otherwise once a correction comes, and by what was known before it still as before', async () => {
    const project = parseProject('tenant: acme\nportfolio: main\n', root);
    const warehouse = await openWarehouse(dataPaths(project).warehouse, 'write');
    await insertRaw(warehouse.connection, [
      outcome('c', '2024-06-01', 120),
      outcome('c', '2024-06-01', 0, '2025-09-01'),
      outcome('other', '2025-10-01', 0),
    ]);
    warehouse.close();
    const asked = [{ customerId: 'c', asOf: instant('2024-01-01') }];
    expect((await outcomesOf(project, asked, { knownBy: instant('2025-02-01') })).badOf(asked[0]!)).toBe(true);
    expect((await outcomesOf(project, asked)).badOf(asked[0]!)).toBe(false);
  });
});
