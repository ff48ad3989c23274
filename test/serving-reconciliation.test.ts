import { afterAll, beforeAll, expect, it } from 'vitest';
import { contractOf, type TableContract } from '../features/contracts/index.ts';
import { concluded, partOf, rowHash, rowKey } from '../records/reconciliation/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { reconciliationAnswerSchema, reconciliationPageSchema } from '../serving/openapi/reconciliation-paths.ts';
import { usualWorld } from './serving/world.ts';

const world = usualWorld();
const payments = contractOf('payments') as TableContract;
let server: RunningServer;
beforeAll(async () => {
  server = await startServer(world.deps, { port: 0 });
});
afterAll(() => server?.close());

async function post(path: string, body: unknown, type = 'application/json') {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': type },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const reconcile = async (tables: unknown, more: object = {}) => {
  const { status, body } = await post('/v1/reconciliations', { source: '/erp', tables, ...more });
  expect([status, body]).toEqual([200, expect.anything()]);
  return reconciliationAnswerSchema.parse(body);
};

const row = (id: string, amount: string) => ({ payment_id: id, party_id: 'c-1', amount });
const told = (values: ReturnType<typeof row>) => ({ key: [values.payment_id], hash: rowHash(payments, values) });
const event = (values: ReturnType<typeof row>) => ({
  specversion: '1.0',
  id: `${values.payment_id}@${values.amount}`,
  source: '/erp',
  type: 'probity.payment.v1',
  subject: 'c-1',
  time: '2026-05-01T00:00:00Z',
  data: values,
});

it('a reconciliation finds by count and sum that something differs, by rows what, and is settled by sending that', async () => {
  const own = [row('1', '10.00'), row('2', '20.50'), row('3', '0.99')];
  await post('/v1/events', [event(row('1', '10.00')), event(row('2', '20.05'))], 'application/cloudevents-batch+json');
  const summary = { table: 'payments', count: 3, sums: { amount: '31.49' } };
  const first = await reconcile([summary]);
  expect(first).toMatchObject({
    agrees: false,
    tables: [{ count: { source: 3, here: 2 }, sums: { amount: { source: '31.49', here: '30.05' } }, missing: null }],
  });
  const second = await reconcile([{ ...summary, rows: own.map(told) }]);
  expect(second.tables[0]).toMatchObject({
    missing: { count: 1, keys: [['3']] },
    conflicting: { count: 1, keys: [['2']] },
    unexpected: { count: 0, keys: [] },
  });
  // The world's facts are a list: what is sent again stands beside; of the real ones the newest version of a key stands.
  const asked = [...(second.tables[0]?.missing?.keys ?? []), ...(second.tables[0]?.conflicting?.keys ?? [])].flat();
  world.facts.splice(
    0,
    world.facts.length,
    ...world.facts.filter(({ values }) => !asked.includes(String(values['payment_id']))),
  );
  const repair = own.filter(({ payment_id: id }) => asked.includes(id)).map(event);
  expect((await post('/v1/events', repair, 'application/cloudevents-batch+json')).status).toBe(201);
  expect(await reconcile([{ ...summary, rows: own.map(told) }])).toMatchObject({ agrees: true });
  for (const number of [0, 1, 2]) {
    const part = own.filter((one) => partOf(rowKey(payments, one), 3) === number).map(told);
    expect(
      await reconcile([{ table: 'payments', count: part.length, rows: part }], { part: { of: 3, number } }),
    ).toMatchObject({
      agrees: true,
    });
  }
});

it('every problem of a statement is named at once', async () => {
  const { status, body } = await post('/v1/reconciliations', {
    source: '/erp',
    part: { of: 2, number: partOf('["1"]', 2) },
    tables: [
      { table: 'payment', count: 1 },
      {
        table: 'payments',
        count: 1,
        sums: { payment_id: '1' },
        rows: [told(row('1', '1')), told(row('1', '2')), { key: ['a', 'b'], hash: '0'.repeat(64) }],
      },
      { table: 'payments', count: 1 },
    ],
  });
  expect(status).toBe(400);
  expect((body['problems'] as { at: string }[]).map(({ at }) => at)).toEqual([
    'tables.0.table',
    'tables.1.sums.payment_id',
    'tables.1.rows.1.key',
    'tables.1.rows.2.key',
    'tables.2.table',
  ]);
  expect((await post('/v1/reconciliations', { source: '/erp', part: { of: 2, number: 2 }, tables: [] })).status).toBe(
    400,
  );
});

it('statements of whole tables are kept for the daily reconciliation, totals alone', async () => {
  world.stated.length = 0;
  const rows = [told(row('1', '10.00'))];
  await reconcile([{ table: 'payments', count: 1, rows }], { source: '/other', part: { of: 1, number: 0 } });
  expect(world.stated).toEqual([]);
  await reconcile([{ table: 'payments', count: 1, sums: { amount: '10.00' }, rows }], { source: '/other', through: 7 });
  expect(world.stated).toMatchObject([
    { source: '/other', through: 7, contradicts: false, statement: { count: 1, sums: { amount: '10.00' } } },
  ]);
});

it('daily reconciliations are read newest first', async () => {
  const none = { snapshotId: null, state: 'none', differing: [] } as const;
  const parts = { factsThrough: 3, facts: [], found: none, snapshot: none, statements: [], stale: [] };
  for (const day of ['02', '01'])
    world.reconciled.push({ ...concluded({ at: `2026-01-${day}T05:15:00.000Z`, ...parts }), reconciliationId: day });
  const page = async (query: string) => {
    const response = await fetch(`${server.url}/v1/reconciliations?limit=1${query}`);
    return reconciliationPageSchema.parse(await response.json());
  };
  const { items, nextCursor } = await page('');
  expect(items.map(({ reconciliationId }) => reconciliationId)).toEqual(['02']);
  expect(nextCursor).not.toBeNull();
  const forged = await fetch(
    `${server.url}/v1/reconciliations?cursor=${Buffer.from('["control",["x","y"]]').toString('base64url')}`,
  );
  expect(forged.status).toBe(400);
});
