import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertRaw, rawDatabase, rowsOf, type RawRow } from '../../test/support/raw-fixture.ts';
import { loadViews } from '../views/index.ts';
import { computeFeatures } from './index.ts';

let database: Awaited<ReturnType<typeof rawDatabase>>;
beforeAll(async () => {
  database = await rawDatabase();
});
afterAll(() => database.close());

const of = (table: string, values: RawRow['values']): RawRow => ({
  table,
  values: { party_id: 'c', happened_at: '2025-05-01T00:00:00Z', ...values },
});

it('where all that is known is unknown in what a feature counts, it counts none', async () => {
  await insertRaw(database.connection, [
    of('communications', { communication_id: 'm', channel: 'email', direction: 'out' }),
    of('documents', { document_id: 'd', kind: 'licence' }),
    of('commercial_contracts', { contract_id: 'k', signed_on: '2025-01-01', amount: '10' }),
    of('credit_lines', { credit_line_id: 'l', kind: 'overdraft', granted_on: '2025-01-01' }),
    of('transactions', { transaction_id: 't', direction: 'in', amount: '5' }),
    of('invoices', { invoice_id: 'i', issued_on: '2025-05-01', due_on: '2025-05-20', amount: '7' }),
  ]);
  await computeFeatures(database.connection, {
    views: await loadViews(),
    asked: `(SELECT 'c' AS party_id, TIMESTAMP '2025-07-01' AS as_of)`,
    into: 'features_wide',
  });
  expect((await rowsOf(database.connection, 'features_wide'))[0]).toMatchObject({
    reminders_365d: 0,
    documents_expired: 0,
    contracts_breached_share: 0,
    lines_used_up: 0,
    tx_penalty_count_365d: 0,
    on_time_share_365d: 0,
  });
});
