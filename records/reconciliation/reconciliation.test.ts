import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { contractOf, type TableContract } from '../../features/contracts/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createFacts, type NewFact } from '../facts/index.ts';
import {
  amountText,
  compareTable,
  createStandingRows,
  hundredths,
  partOf,
  rowHash,
  rowKey,
  tableHash,
  type RowValues,
  type TableStatement,
} from './index.ts';

const payments = contractOf('payments') as TableContract;

/** A statement of these rows, with all that a source can tell. */
function stated(rows: readonly RowValues[]): TableStatement {
  const told = new Map(rows.map((row) => [rowKey(payments, row), { hash: rowHash(payments, row) }]));
  const sum = rows.reduce((total, { amount }) => total + hundredths(amount as string), 0n);
  return { count: rows.length, sums: { amount: amountText(sum) }, hash: tableHash(told), rows: told };
}
const keysOf = (rows: readonly RowValues[]): string[] => rows.map((row) => rowKey(payments, row)).sort();

describe('hashes of rows', () => {
  // Golden values: hashlib.sha256 over json.dumps(row, sort_keys=True, separators=(',', ':')) in Python 3.
  const row = { payment_id: 'p1', party_id: 'c-1', amount: '120.50' };
  const golden = '5dbf031d974cb4060433bf36225fbe436a2123d464d744e3d56ffd49373b84ed';

  it('are those that a source works out, however amounts, instants and nulls were written', () => {
    expect(rowHash(payments, row)).toBe(golden);
    expect(rowHash(payments, { ...row, amount: 120.5, invoice_id: null, credit_line_id: '' })).toBe(golden);
    expect(rowKey(payments, row)).toBe('["p1"]');
    expect(tableHash(new Map([['["p1"]', { hash: golden }]]))).toBe(
      '80fbc78e95ef82175600e388a987c919924f9cb50ee08649cd3ad43b7683b5fb',
    );
    expect(partOf('["p1"]', 7)).toBe(3);
    const tax = { party_id: 'c-1', period_end: '2025-12-31', published_on: '2026-03-01', tax_due: '-0.05' };
    expect(rowHash(contractOf('tax_records') as TableContract, tax)).toBe(
      '40f6a4fddd59c4f2bbf5e6dbf39f350f856625769c395fb8ec253b90b7bcc321',
    );
    const report = contractOf('bureau_reports') as TableContract;
    const pulled = (at: string) => rowHash(report, { report_id: 'r', party_id: 'c', provider: 'b', pulled_at: at });
    expect(pulled('2026-01-01T12:00:00+02:00')).toBe(pulled('2026-01-01T10:00:00.000Z'));
  });

  it('keep amounts to the cent', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (value) => {
        expect(hundredths(amountText(value))).toBe(value);
      }),
    );
  });
});

describe('a comparison', () => {
  const row = fc.record({
    payment_id: fc.integer({ min: 0, max: 12 }).map(String),
    party_id: fc.constantFrom('a', 'b'),
    amount: fc.integer({ min: 0, max: 300 }).map((cents) => amountText(BigInt(cents))),
  });
  const table = fc.uniqueArray(row, { selector: ({ payment_id }) => payment_id, maxLength: 10 });

  it('names exactly the keys that are missing, conflicting and unexpected, and agrees where there are none', () => {
    fc.assert(
      fc.property(table, table, (source, here) => {
        const { agrees, keys, contradicts } = compareTable(payments, stated(source), here);
        const standing = new Map(here.map((one) => [one.payment_id, one]));
        const told = new Set(source.map(({ payment_id }) => payment_id));
        expect(keys).toEqual({
          missing: keysOf(source.filter(({ payment_id }) => !standing.has(payment_id))),
          conflicting: keysOf(
            source.filter((one) => {
              const other = standing.get(one.payment_id);
              return other !== undefined && (other.amount !== one.amount || other.party_id !== one.party_id);
            }),
          ),
          unexpected: keysOf(here.filter(({ payment_id }) => !told.has(payment_id))),
        });
        expect(agrees).toBe(Object.values(keys ?? {}).every((list) => list.length === 0));
        expect(contradicts).toBe(false);
      }),
    );
  });

  it('by hash alone agrees exactly where the one by rows does', () => {
    fc.assert(
      fc.property(table, table, (source, here) => {
        const byHash = compareTable(payments, { ...stated(source), rows: null }, here);
        expect(byHash.keys).toBe(null);
        expect(byHash.agrees).toBe(compareTable(payments, stated(source), here).agrees);
      }),
    );
  });

  it('says where a source contradicts itself, and where a sum alone differs', () => {
    const rows = [{ payment_id: '1', party_id: 'a', amount: '1.00' }];
    expect(compareTable(payments, { ...stated(rows), count: 2 }, rows)).toMatchObject({
      agrees: false,
      contradicts: true,
    });
    expect(compareTable(payments, { ...stated(rows), hash: '0'.repeat(64) }, rows)).toMatchObject({
      contradicts: true,
    });
    expect(compareTable(payments, { count: 1, sums: { amount: '1.01' }, hash: null, rows: null }, rows)).toMatchObject({
      agrees: false,
      sums: { amount: { source: '1.01', here: '1.00' } },
    });
  });
});

describe('the rows that stand of a source', () => {
  let server: TestDatabase;
  beforeAll(async () => {
    server = await startTestDatabase();
  });
  afterAll(() => server?.stop());

  it('are its own newest versions, by the clock that orders them, up to a sequence', async () => {
    const facts = createFacts(server.database, 'acme' as Tenant);
    const standing = createStandingRows(server.database, 'acme' as Tenant);
    const fact = (id: string, amount: string, day: number, more: Partial<NewFact> = {}): NewFact => ({
      table: 'payments',
      values: { payment_id: id, party_id: 'c', amount },
      happenedAt: instant(`2026-01-0${day}`),
      source: 'erp',
      idempotencyKey: null,
      ordered: true,
      ...more,
    });
    await facts.append([
      fact('1', '1.00', 3),
      fact('1', '2.00', 2),
      fact('2', '5.00', 2),
      fact('2', '6.00', 2),
      fact('3', '7.00', 2),
      fact('3', '8.00', 1, { ordered: false }),
      fact('4', '9.00', 1, { source: 'crm' }),
      fact('2', '10.00', 4),
    ]);
    const amounts = async (through: number | null) =>
      (await standing.of('erp', payments, through)).map(
        ({ payment_id: id, amount }) => `${String(id)}=${String(amount)}`,
      );
    expect(await amounts(null)).toEqual(['1=1.00', '2=10.00', '3=8.00']);
    expect(await amounts(3)).toEqual(['1=1.00', '2=5.00']);
  });
});
