import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canonicalJson, compiledEntry, dataPaths, loadProject, type Project } from '../base/index.ts';
import { createAppender } from '../records/audit/index.ts';
import { openPseudonymKey } from '../records/checkpoints/index.ts';
import { masterKeyFile, openMasterKeys } from '../records/privacy/index.ts';
import { createRatings, sharedPseudonyms } from '../records/ratings/index.ts';
import { createWebhooks } from '../records/webhooks/index.ts';
import { testServer, until, type TestServer } from './pipelines-environment.ts';
import { endWorker, startWorkerProcess, type WorkerProcess } from './pipelines-processes.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';
import { ratedProject, type RatedProject } from './support/rated-project.ts';

/** Changes of each customer, and customers. */
const CHANGES = Number(process.env['PROBITY_KILL_CHANGES'] ?? 12);
const CUSTOMERS = ['c-1', 'c-2', 'c-3', 'c-4'];
const LIMIT_MS = 300_000;

interface Arrival {
  readonly deliveryId: string;
  readonly customerId: string;
  readonly sequence: number;
}

let database: TestDatabase;
let temporal: TestServer;
let rated: RatedProject;
let project: Project;
let receiver: Server;
const arrivals: Arrival[] = [];
/** Requests that were taken in and are not answered yet. */
let inFlight = 0;

beforeAll(async () => {
  [database, temporal] = await Promise.all([startTestDatabase(), testServer()]);
  rated = await ratedProject(database.database, database.url);
  const { root } = rated.project;
  const text = [
    'tenant: acme',
    `database: ${JSON.stringify(database.url)}`,
    `temporal: { address: "${temporal.address}" }`,
    'serving: { port: 0, webhooks: { loopback: true } }',
  ];
  await writeFile(join(root, 'probity.yaml'), `${text.join('\n')}\n`);
  project = await loadProject(root, {});
  await temporal.shareKeys(project);
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { deliveryId, data } = JSON.parse(body) as {
        deliveryId: string;
        data: { customerId: string; sequence: number };
      };
      arrivals.push({ deliveryId, customerId: data.customerId, sequence: data.sequence });
      inFlight += 1;
      setTimeout(() => {
        inFlight -= 1;
        response.writeHead(204).end();
      }, 60);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
}, 180_000);

let api: ChildProcess | null = null;
let worker: WorkerProcess | null = null;

afterAll(async () => {
  if (worker !== null) await endWorker(worker, 'SIGKILL');
  await endApi();
  receiver?.closeAllConnections();
  receiver?.close();
  await temporal?.stop();
  await rated?.remove();
  await database?.stop();
});

async function startApi(): Promise<void> {
  const command = [compiledEntry('cli/main.ts'), 'serve', '--json', '--log-level', 'silent', '--project', project.root];
  api = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(api.stdout as NodeJS.ReadableStream, 'data');
}

async function endApi(): Promise<void> {
  if (api === null || api.exitCode !== null || api.signalCode !== null) return;
  const gone = once(api, 'exit');
  api.kill('SIGKILL');
  await gone;
}

/** Evidence of a decision, as the change feed reads it. */
function evidence(customerId: string, limit: number): string {
  const asOf = new Date().toISOString();
  const figures = { pd: 0.01, score: 500, grade: 'B1' };
  const decision = {
    ...figures,
    outcome: 'approve',
    causes: [],
    warnings: [],
    limit: { totalMinor: limit, availableMinor: limit, existingMinor: 0 },
    terms: { days: 30, prepayment: 0, guaranteeNeeded: false },
    currency: { code: 'CNY', minorDigits: 2 },
    validUntil: new Date(Date.parse(asOf) + 86_400_000).toISOString(),
  };
  return canonicalJson({ inputs: { asOf, request: { customerId } }, answer: { ...figures, decision } });
}

it(
  'kill -9 of server and worker while deliveries are in flight: each change arrives, in its customer’s order, a repeated one under its own id',
  async () => {
    const { keys } = dataPaths(project);
    const { tenant } = project;
    await startApi();
    worker = await startWorkerProcess(project, {});
    const webhooks = createWebhooks(database.database, tenant, await openMasterKeys(masterKeyFile(keys)));
    const { port } = receiver.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/hook`;
    await webhooks.create({ name: 'erp', url, types: ['rating'], createdBy: 'test' });

    const appender = createAppender(database.database, tenant);
    const pseudonyms = await sharedPseudonyms(database.database, tenant, await openPseudonymKey(keys));
    const ratings = createRatings(database.database, tenant, appender, pseudonyms);
    const recorded = new Map<string, number[]>(CUSTOMERS.map((id) => [id, []]));
    const record = async (): Promise<void> => {
      for (let change = 1; change <= CHANGES; change++) {
        for (const id of CUSTOMERS) {
          const { receipt } = await ratings.record({ customerId: id, evidence: evidence(id, change * 100) });
          recorded.get(id)?.push(receipt.sequence);
        }
        await sleep(150);
      }
    };
    const recording = record();
    const busy = () => until(async () => (inFlight > 0 ? true : null), 60_000);

    await busy();
    await endApi();
    await startApi();
    await busy();
    await endWorker(worker, 'SIGKILL');
    const whileDead = arrivals.length;
    await endApi();
    worker = await startWorkerProcess(project, {});
    await startApi();
    await recording;

    const wanted = CUSTOMERS.length * CHANGES;
    const distinct = () => new Set(arrivals.map(({ deliveryId }) => deliveryId)).size;
    await until(async () => (distinct() >= wanted ? true : null), LIMIT_MS - 60_000);
    expect(distinct()).toBe(wanted);
    expect(arrivals.length).toBeGreaterThan(whileDead);
    // What was in flight when the worker died came again.
    expect(arrivals.length).toBeGreaterThan(wanted);
    for (const id of CUSTOMERS) {
      const mine = arrivals.filter(({ customerId }) => customerId === id);
      const first = mine.filter(({ deliveryId }, i) => mine.findIndex((each) => each.deliveryId === deliveryId) === i);
      expect(first.map(({ sequence }) => sequence)).toEqual(recorded.get(id));
      // One id is one change, and once a later change has come, no earlier one comes again.
      expect(new Set(mine.map(({ deliveryId, sequence }) => `${deliveryId} ${sequence}`)).size).toBe(CHANGES);
      expect(mine.map(({ sequence }) => sequence)).toEqual(
        mine.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
      );
    }
  },
  LIMIT_MS,
);
