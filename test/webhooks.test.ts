import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyWebhook } from '../packages/client/index.ts';
import { canonicalJson, type Tenant } from '../base/index.ts';
import { webhookWorkflowId, wakeWebhook } from '../pipelines/webhooks.ts';
import { loadAlerting, monitoringAlerts } from '../rating/index.ts';
import { createAppender } from '../records/audit/index.ts';
import { createChangeFeed, recordOfAlert } from '../records/changes/index.ts';
import { openMasterKeys } from '../records/privacy/index.ts';
import { createRatings, pseudonymsUnder } from '../records/ratings/index.ts';
import { createDeliveries, createWebhooks, deliverDue, newSecret, signature } from '../records/webhooks/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { composeWebhooks, type RunningWebhooks } from '../serving/compose/webhooks.ts';
import {
  deliverySchema,
  issuedWebhookSchema,
  webhookSchema,
  webhooksSchema,
} from '../serving/openapi/webhook-paths.ts';
import { deploy, queues, type Deployment } from './pipelines-deployment.ts';
import { usualWorld } from './serving/world.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';

const tenant = 'acme' as Tenant;
const local = { privateAddresses: false, loopback: true };

let database: TestDatabase;
let deployment: Deployment;
let folder: string;
let receiver: Server;
let url: string;
let got: { id: string; isRight: boolean; type: string; data: { customerId?: string } | null }[];
let failures: number;
let secret: string;
let running: RunningWebhooks;
let server: RunningServer;

/** The server's part and the worker's part over one database, as two processes have them. */
beforeAll(async () => {
  [database, folder] = await Promise.all([startTestDatabase(), mkdtemp(join(tmpdir(), 'probity-webhooks-'))]);
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const header = (name: string): string => String(request.headers[`webhook-${name}`]);
      const delivery = { id: header('id'), timestamp: header('timestamp'), signature: header('signature'), body };
      void verifyWebhook(secret, delivery).then((isRight) => {
        got.push({ id: delivery.id, isRight, ...(JSON.parse(body) as { type: string; data: null }) });
        response.writeHead(failures-- > 0 ? 503 : 204).end();
      });
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const webhooks = createWebhooks(database.database, tenant, await openMasterKeys(join(folder, 'keys.json')));
  const deliveries = createDeliveries(database.database, tenant);
  const feed = createChangeFeed(database.database, tenant);
  deployment = await deploy({
    webhooks: {
      deliverDue: (webhookId) => deliverDue({ webhooks, deliveries, feed, policy: local, now: Date.now }, webhookId),
    },
  });
  running = composeWebhooks({
    webhooks,
    deliveries,
    feed,
    policy: local,
    wake: (webhookId) => wakeWebhook(deployment.server.client.client, { tenant, queues, webhookId }),
    logger: pino({ level: 'silent' }),
    lookMs: 20,
  });
  running.start();
  server = await startServer({ ...usualWorld().deps, webhooks: running.desk }, { port: 0 });
  got = [];
  failures = 0;
});
afterAll(async () => {
  await server?.close();
  await running?.close();
  await deployment?.close();
  receiver?.closeAllConnections();
  receiver?.close();
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), authorization: 'Bearer any' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as unknown };
}

/** Records a decision with a limit, now. */
async function rated(customerId: string, limit: number): Promise<void> {
  const appender = createAppender(database.database, tenant);
  const asOf = new Date().toISOString();
  const evidence = canonicalJson({
    inputs: { asOf, request: { customerId } },
    answer: {
      pd: 0.01,
      score: 500,
      grade: 'B1',
      decision: {
        outcome: 'approve',
        pd: 0.01,
        score: 500,
        grade: 'B1',
        causes: [],
        warnings: [],
        limit: { totalMinor: limit, availableMinor: limit, existingMinor: 0 },
        terms: { days: 30, prepayment: 0, guaranteeNeeded: false },
        currency: { code: 'CNY', minorDigits: 2 },
        validUntil: asOf,
      },
    },
  });
  await createRatings(database.database, tenant, appender, pseudonymsUnder(Buffer.alloc(32, 7))).record({
    customerId,
    evidence,
  });
}

describe('webhooks, from the API to a receiver', () => {
  it('tell a receiver of changes, signed, tried again through Temporal until it takes them', async () => {
    const created = await ask('POST', '/v1/webhooks', { name: 'erp', url, types: ['limit'] });
    expect(created.status).toBe(201);
    const issued = issuedWebhookSchema.parse(created.body);
    secret = issued.secret ?? '';
    failures = 1;
    await rated('c-1', 5000);
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(2);
    expect(got.every(({ isRight, type, data }) => isRight && type === 'limit' && data?.customerId === 'c-1')).toBe(
      true,
    );
    expect(got[0]!.id).toBe(got[1]!.id);
    const at = `/v1/webhooks/${issued.webhookId}`;
    await expect
      .poll(async () => ((await ask('GET', `${at}/deliveries`)).body as { items: unknown[] }).items)
      .toMatchObject([{ state: 'delivered', attempts: 2, lastStatus: 204 }]);
    await deployment.record('webhook-delivered', webhookWorkflowId(tenant, issued.webhookId));
  });

  it('tell a receiver of alerts, where it asks for them', async () => {
    const created = await ask('POST', '/v1/webhooks', { name: 'operations', url, types: ['alert'] });
    const issued = issuedWebhookSchema.parse(created.body);
    const before = secret;
    secret = issued.secret ?? '';
    const at = new Date().toISOString();
    const alarm = { alarmId: 'report-7', level: 'warning', code: 'MODEL_ALARM', meaning: null, at } as const;
    const appender = createAppender(database.database, tenant);
    // One for each role that is told; systems are told once.
    for (const alert of monitoringAlerts(alarm, loadAlerting(null))) await appender.append(recordOfAlert(null, alert)!);
    const alerts = () => got.filter(({ type }) => type === 'alert');
    await expect.poll(() => alerts().length, { timeout: 20_000 }).toBe(1);
    const after = { kind: 'monitoring', cause: 'alarm', about: 'report-7', level: 'warning', code: 'MODEL_ALARM' };
    expect(alerts()[0]).toMatchObject({
      isRight: true,
      data: { type: 'alert', customerId: null, before: null, after },
    });
    expect((await ask('DELETE', `/v1/webhooks/${issued.webhookId}`)).status).toBe(204);
    secret = before;
  });

  it('are listed, tested, changed, paused, rotated and taken away, without their secrets', async () => {
    const listed = webhooksSchema.parse((await ask('GET', '/v1/webhooks')).body);
    expect(JSON.stringify(listed)).not.toContain('whsec_');
    const at = `/v1/webhooks/${listed.items[0]!.webhookId}`;
    const before = got.length;
    expect(deliverySchema.parse((await ask('POST', `${at}/test`)).body).type).toBe('test');
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(before + 1);
    expect(got.at(-1)).toMatchObject({ type: 'test', data: null, isRight: true });
    const changed = await ask('PATCH', at, { name: 'new', state: 'paused' });
    expect(webhookSchema.parse(changed.body)).toMatchObject({ name: 'new', state: 'paused', pausedBecause: null });
    expect((await ask('PATCH', at, {})).status).toBe(400);
    expect((await ask('PATCH', at, { url: 'https://169.254.169.254/' })).status).toBe(400);
    const rotated = issuedWebhookSchema.parse((await ask('POST', `${at}/rotate`, { overlapHours: 1 })).body);
    expect(rotated.secret).not.toBe(secret);
    expect((await ask('POST', `${at}/deliveries/${'0'.repeat(32)}/redeliver`)).status).toBe(404);
    expect((await ask('DELETE', at)).status).toBe(204);
    expect((await ask('GET', at)).status).toBe(404);
    expect((await ask('GET', `/v1/webhooks/${randomUUID()}`)).status).toBe(404);
    expect((await ask('GET', '/v1/webhooks/x')).status).toBe(404);
  });
});

describe('a receiver', () => {
  it('takes what is signed by its secret, now, and nothing else', async () => {
    const own = newSecret();
    const parts = { id: 'm-1', timestamp: 1_780_000_000, body: '{"type":"test"}' };
    const right = signature(own, parts);
    const delivery = { ...parts, timestamp: String(parts.timestamp), signature: `v1,AAAA v2,x ${right}` };
    const at = parts.timestamp;
    expect(await verifyWebhook(own, delivery, at)).toBe(true);
    expect(await verifyWebhook(own, delivery, at + 301)).toBe(false);
    expect(await verifyWebhook(own, { ...delivery, body: '{"type":"Test"}' }, at)).toBe(false);
    expect(await verifyWebhook(newSecret(), delivery, at)).toBe(false);
    for (const broken of ['', 'v1', 'v1,', 'v1,%%%', right.slice(0, -4)])
      expect(await verifyWebhook(own, { ...delivery, signature: broken }, at)).toBe(false);
    expect(await verifyWebhook(own, { ...delivery, timestamp: 'soon' }, at)).toBe(false);
  });
});
