import type { Tenant } from '../../base/index.ts';
import { instant } from '../../base/index.ts';
import { publishSnapshot, type SnapshotManifest } from '../../features/snapshots/index.ts';
import { loadViews } from '../../features/views/index.ts';
import { insertRaw, rawDatabase, type RawRow } from './raw-fixture.ts';

/** The instant of the book. */
export const BOOK_AT = instant('2025-07-01');

export const bookRow = (table: string, party_id: string, at: string, values: RawRow['values']): RawRow => ({
  table,
  values: { party_id, ...values, happened_at: at },
});

/**
 * Customers `c-0`, `c-1`, … (the first twelve of the industry `trade`, all others of `services`) with an address each, a line of 1000 drawn by 100, and a bill of 50 a month, paid.
 * c-1 and c-2 share address and phone, c-3 and c-4 an address and a household, c-6 belongs to c-7, c-5 has not paid three bills.
 */
export function signalBook(customers: number): readonly RawRow[] {
  const rows: RawRow[] = [];
  for (let i = 0; i < customers; i++) {
    const id = `c-${i}`;
    const detail = (kind: string) =>
      i === 1 || i === 2 ? `ring-${kind}` : (i === 3 || i === 4) && kind === 'address' ? 'flat' : `${id}-${kind}`;
    rows.push(
      bookRow('parties', id, '2023-01-01', {
        kind: 'company',
        segment: 'sme',
        industry: i < 12 ? 'trade' : 'services',
      }),
      ...['address', 'phone'].map((kind) =>
        bookRow('contacts', id, '2023-01-02', { contact_id: `${id}-${kind}`, kind, digest: detail(kind) }),
      ),
      bookRow('credit_lines', id, '2025-05-01', {
        credit_line_id: `l-${i}`,
        kind: 'trade',
        limit_amount: 1000,
        balance: 100,
      }),
    );
    for (let month = 0; month < 18; month++) {
      const at = new Date(Date.UTC(2024, month, 3)).toISOString().slice(0, 10);
      const due = new Date(Date.UTC(2024, month, 17)).toISOString().slice(0, 10);
      rows.push(bookRow('invoices', id, at, { invoice_id: `i-${i}-${month}`, issued_on: at, due_on: due, amount: 50 }));
      if (i !== 5 || month < 15)
        rows.push(
          bookRow('payments', id, due, { payment_id: `p-${i}-${month}`, invoice_id: `i-${i}-${month}`, amount: 50 }),
        );
    }
  }
  rows.push(
    bookRow('party_relations', 'c-3', '2023-02-01', { related_party_id: 'c-4', relation: 'household' }),
    bookRow('party_relations', 'c-6', '2023-02-01', { related_party_id: 'c-7', relation: 'group' }),
  );
  return rows;
}

/** Publishes rows as a snapshot of `BOOK_AT` into a folder, facts through 5. */
export async function publishSignalBook(storageDir: string, rows: readonly RawRow[]): Promise<SnapshotManifest> {
  const database = await rawDatabase();
  try {
    await insertRaw(database.connection, rows);
    return await publishSnapshot({
      connection: database.connection,
      views: (await loadViews()).filter(({ name }) => name === 'exposure'),
      asOf: BOOK_AT,
      tenant: 'acme' as Tenant,
      storageDir,
      factsThrough: 5,
      builtAt: BOOK_AT,
      bucketSize: 4,
    });
  } finally {
    database.close();
  }
}
