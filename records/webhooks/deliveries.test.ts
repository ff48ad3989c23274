import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { Change, ChangeFeed } from '../changes/index.ts';
import { openMasterKeys } from '../privacy/index.ts';
import {
  createDeliveries,
  createWebhooks,
  givenUpWebhooks,
  DELIVERED_WITHIN_MS,
  deliverDue,
  isSigned,
  triedBy,
  type Deliveries,
  type DeliverParts,
  type Webhooks,
} from './index.ts';

let database: TestDatabase;
let folder: string;
let receiver: Server;
let url: string;
let answer: (path: string, nth: number) => number;
let got: { id: string; type: string; subject: string; isRight: boolean }[];
let secret: string;
let tenant: Tenant;
let runs = 0;
let webhooks: Webhooks;
let deliveries: Deliveries;
/** How far ahead of the database's clock the deliverer's is, milliseconds. */
let ahead: number;
let feed: Change[];

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'probity-webhooks-'));
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      const timestamp = Number(request.headers['webhook-timestamp']);
      const isRight = isSigned(
        secret,
        { id, timestamp, body },
        String(request.headers['webhook-signature']),
        timestamp,
      );
      const { type, data } = JSON.parse(body) as { type: string; data: Change | null };
      got.push({ id, type, subject: data?.id ?? 'none', isRight });
      response.writeHead(answer(request.url ?? '', got.length)).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  tenant = `tenant-${runs++}` as Tenant;
  webhooks = createWebhooks(database.database, tenant, await openMasterKeys(join(folder, 'master-keys.json')));
  deliveries = createDeliveries(database.database, tenant);
  got = [];
  feed = [];
  answer = () => 204;
  ahead = 1000;
});
afterEach(() => expect(got.every(({ isRight }) => isRight)).toBe(true));

const change = (sequence: number, subject: string, type: 'limit' | 'rating' = 'limit'): Change => {
  const made = {
    type,
    before: null,
    after: null,
    id: `${sequence}-${subject}/${type}`,
    sequence,
    at: instant(Date.now()),
    ratingId: null,
    customerId: subject,
    subject,
  } as Change;
  feed.push(made);
  return made;
};
const parts = (): DeliverParts => ({
  webhooks,
  deliveries,
  feed: {
    read: async ({ sequence }) => ({
      changes: feed.filter((each) => each.sequence > sequence),
      next: { sequence, taken: 0 },
      more: false,
    }),
  } satisfies ChangeFeed,
  policy: { privateAddresses: false, loopback: true },
  now: () => Date.now() + ahead,
});
const made = async (types: ('limit' | 'rating')[] = ['limit']): Promise<string> => {
  const issued = await webhooks.create({ name: 'erp', url, types, createdBy: 'li' });
  ({ secret } = issued);
  return issued.webhook.webhookId;
};
const states = async (webhookId: string) =>
  (await deliveries.page(webhookId, { limit: 100 })).map(({ changeId, state }) => `${changeId} ${state}`).toSorted();

describe('webhooks', () => {
  it('have the feed read from when the first of them was made, and not at all where there is none', async () => {
    expect(await deliveries.place()).toBeNull();
    const webhookId = await made();
    await sql`update webhooks set from_sequence = 7 where webhook_id = ${webhookId}`.execute(database.database.db);
    expect(await deliveries.place()).toEqual({ sequence: 6, taken: 0 });
    await deliveries.remember({ sequence: 9, taken: 1 });
    expect(await deliveries.place()).toEqual({ sequence: 9, taken: 1 });
    await webhooks.remove(webhookId);
    expect(await deliveries.place()).toBeNull();
  });

  it('keep their secrets sealed, tell them once, and sign by the old one too while a rotation overlaps', async () => {
    const webhookId = await made();
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from webhooks where secret like ${`%${secret}%`}`.execute(database.database.db);
    expect(rows[0]).toEqual({ n: 0 });
    expect(JSON.stringify(await webhooks.list())).not.toContain('whsec_');
    const old = secret;
    const rotated = await webhooks.rotate(webhookId, instant(Date.now() + 3_600_000));
    expect(await webhooks.secrets(webhookId)).toEqual([rotated.secret, old]);
    await deliveries.test(webhookId);
    // The receiver that still holds the old secret takes it.
    expect((await deliverDue(parts(), webhookId)).delivered).toBe(1);
    await webhooks.rotate(webhookId, instant(Date.now() - 1));
    expect(await webhooks.secrets(webhookId)).toHaveLength(1);
  });

  it('are told what they asked for, from when they were made, once for each change', async () => {
    const webhookId = await made(['limit']);
    const changes = [change(1, 'a'), change(2, 'a', 'rating'), change(3, 'b')];
    expect(await deliveries.plan(changes)).toEqual([webhookId]);
    await deliveries.plan(changes);
    expect(await deliverDue(parts(), webhookId)).toMatchObject({ delivered: 2, nextAt: null });
    expect(got.map(({ type, subject }) => `${type} ${subject}`).toSorted()).toEqual([
      'limit 1-a/limit',
      'limit 3-b/limit',
    ]);
    expect(await deliverDue(parts(), webhookId)).toMatchObject({ delivered: 0 });
    const other = createDeliveries(database.database, 'globex' as Tenant);
    expect(await other.plan([change(4, 'a')])).toEqual([]);
  });

  it('get the changes of a customer in order: a later one waits for an earlier one that fails, others do not', async () => {
    const webhookId = await made();
    await deliveries.plan([change(1, 'a'), change(2, 'a'), change(3, 'b')]);
    answer = (_, nth) => (nth <= 2 && got[nth - 1]!.subject.startsWith('1-a') ? 503 : 204);
    const first = await deliverDue(parts(), webhookId);
    expect(first).toMatchObject({ delivered: 1, failed: 1 });
    // In time to come, though the change that waits behind it could go by itself: a deliverer that came back at once would never rest.
    expect(Date.parse(first.nextAt!)).toBeGreaterThan(Date.now() + ahead);
    // Not before its time.
    expect(await deliverDue(parts(), webhookId)).toMatchObject({ delivered: 0, failed: 0 });
    ahead += 10_000;
    expect(await deliverDue(parts(), webhookId)).toMatchObject({ delivered: 1 });
    expect(await deliverDue(parts(), webhookId)).toMatchObject({ delivered: 1, nextAt: null });
    expect(await deliveries.counts()).toEqual({ pending: 0, delivered: 3, dead: 0, retries: 1 });
    const ofA = got.filter(({ subject }) => subject.includes('-a/'));
    expect(ofA.map(({ subject }) => subject)).toEqual(['1-a/limit', '1-a/limit', '2-a/limit']);
    // The second try is the same message.
    expect(ofA[0]!.id).toBe(ofA[1]!.id);
  });

  it('that fail for a day are paused with a dead letter, which can be sent again under its id', async () => {
    const webhookId = await made();
    await deliveries.plan([change(1, 'a')]);
    answer = () => 500;
    await deliverDue(parts(), webhookId);
    ahead += DELIVERED_WITHIN_MS + 1;
    expect(await deliverDue(parts(), webhookId)).toMatchObject({ dead: 1, nextAt: null });
    expect(await states(webhookId)).toEqual(['1-a/limit dead']);
    expect(await webhooks.get(webhookId)).toMatchObject({
      state: 'paused',
      pausedBecause: 'A delivery failed for a day.',
    });
    const givenUp = async () => (await givenUpWebhooks(database.database, tenant)).map((each) => each.webhookId);
    expect(await givenUp()).toContain(webhookId);
    expect(await deliverDue(parts(), webhookId)).toMatchObject({ delivered: 0 });
    const [dead] = await deliveries.page(webhookId, { state: 'dead', limit: 1 });
    await deliveries.again(webhookId, dead!.deliveryId);
    await webhooks.resume(webhookId);
    expect(await givenUp()).not.toContain(webhookId);
    await webhooks.pause(webhookId, null);
    expect(await givenUp()).not.toContain(webhookId);
    await webhooks.resume(webhookId);
    answer = () => 200;
    ahead = 1000;
    expect(await deliverDue(parts(), webhookId)).toMatchObject({ delivered: 1 });
    expect(new Set(got.map(({ id }) => id)).size).toBe(1);
    await expect(deliveries.again(webhookId, dead!.deliveryId)).rejects.toMatchObject({ code: 'UNKNOWN_DELIVERY' });
  });

  it('that answer 410 are paused at once, and those that are gone are left alone', async () => {
    const webhookId = await made();
    await deliveries.plan([change(1, 'a')]);
    answer = () => 410;
    await deliverDue(parts(), webhookId);
    expect(await webhooks.get(webhookId)).toMatchObject({
      state: 'paused',
      pausedBecause: 'The receiver answered 410 Gone.',
    });
    expect(await deliveries.waiting()).toEqual([]);
    await webhooks.remove(webhookId);
    expect(await deliverDue(parts(), webhookId)).toMatchObject({ delivered: 0, nextAt: null });
    await expect(webhooks.get(webhookId)).rejects.toMatchObject({ code: 'UNKNOWN_WEBHOOK' });
  });

  it('reach no address that is not allowed', async () => {
    const webhookId = await made();
    await deliveries.plan([change(1, 'a')]);
    await deliverDue({ ...parts(), policy: { privateAddresses: false, loopback: false } }, webhookId);
    expect(got).toEqual([]);
    expect(await deliveries.page(webhookId, { limit: 1 })).toMatchObject([
      { state: 'pending', attempts: 1, lastStatus: null },
    ]);
  });
});

it('a delivery is tried after 5 s, 10 s, 20 s and so on, never more than an hour apart, for a day', () => {
  const created = Date.parse('2026-01-01T00:00:00Z');
  const pauses: number[] = [];
  let at = created;
  for (let attempts = 0; attempts < 100; attempts++) {
    const delivery = { attempts, createdAt: instant(created) } as Parameters<typeof triedBy>[1];
    const tried = triedBy({ kind: 'answered', status: 500 }, delivery, at);
    if (tried.state === 'dead') break;
    pauses.push((Date.parse(tried.nextAt) - at) / 1000);
    at = Date.parse(tried.nextAt);
  }
  expect(pauses.slice(0, 4)).toEqual([5, 10, 20, 40]);
  expect(Math.max(...pauses)).toBe(3600);
  expect(at).toBeLessThanOrEqual(created + DELIVERED_WITHIN_MS);
  expect(at).toBeGreaterThan(created + DELIVERED_WITHIN_MS - 3_600_000);
});
