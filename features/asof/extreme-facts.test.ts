import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { insertRaw, rawDatabase, rowsOf, type RawRow } from '../../test/support/raw-fixture.ts';
import { CONTRACTS, type Column } from '../contracts/index.ts';
import { loadViews } from '../views/index.ts';
import { computeFeatures } from './index.ts';

const CUSTOMERS = 300;

/** The ends of what each type of the contracts holds, and what lies between. */
const EDGES: { readonly [type in Column['type']]: readonly (string | number | boolean | null)[] } = {
  text: ['', 'x', '🙂', "'"],
  code: [null],
  number: ['1.7976931348623157e308', '-1.7976931348623157e308', '5e-324', 0, 1, null],
  integer: ['9007199254740991', '-9007199254740991', 0, 1, null],
  money: ['9999999999999999.99', '-9999999999999999.99', '0.01', 0, null],
  date: ['0001-01-01', '2024-07-01', '2025-06-30', '9999-12-31', null],
  instant: ['0001-01-01T00:00:00Z', '2025-06-01T00:00:00Z', '9999-12-31T23:59:59Z', null],
  flag: [true, false, null],
};
const HAPPENED = ['0001-01-02T00:00:00Z', '2024-12-01T00:00:00Z', '2025-06-01T00:00:00Z'];

let database: Awaited<ReturnType<typeof rawDatabase>>;
beforeAll(async () => {
  database = await rawDatabase();
});
afterAll(() => database.close());

function extremeRows(): RawRow[] {
  const random = seededRandom('extreme facts');
  const pick = <T>(values: readonly T[]): T => values[random.integer(values.length)] as T;
  const cell = (column: Column, customer: number): string | number | boolean | null => {
    const { name, type, values, min } = column;
    if (name === 'party_id') return `c${customer}`;
    if (name.endsWith('_id')) return `c${customer}-${random.integer(2)}`;
    if (values !== undefined) return pick(values);
    const allowed = EDGES[type].filter((value) => min === undefined || value === null || Number(value) >= min);
    const given = column.required === true ? allowed.filter((value) => value !== null) : allowed;
    return pick(given);
  };
  const rows = new Map<string, RawRow>();
  for (let customer = 0; customer < CUSTOMERS; customer++)
    for (const { name: table, columns, key } of CONTRACTS)
      for (let i = random.integer(3); i >= 0; i--) {
        const values: RawRow['values'] = {
          happened_at: pick(HAPPENED),
          ...Object.fromEntries(columns.map((column) => [column.name, cell(column, customer)])),
        };
        rows.set(JSON.stringify([table, ...key.map((name) => values[name])]), { table, values });
      }
  return [...rows.values()];
}

it('facts at the ends of what the contracts accept stop no feature view, and no feature is NaN or infinite but by infinite facts', async () => {
  await insertRaw(database.connection, extremeRows());
  await computeFeatures(database.connection, {
    views: await loadViews(),
    asked: `(SELECT 'c' || unnest(range(${CUSTOMERS})) AS party_id, TIMESTAMP '2025-07-01' AS as_of)`,
    into: 'features_wide',
  });
  const rows = await rowsOf(database.connection, 'features_wide');
  expect(rows).toHaveLength(CUSTOMERS);
  const broken = rows.flatMap((row) =>
    Object.entries(row).flatMap(([name, value]) =>
      typeof value === 'number' && !Number.isFinite(value) ? [name] : [],
    ),
  );
  expect([...new Set(broken)]).toEqual([]);
});
