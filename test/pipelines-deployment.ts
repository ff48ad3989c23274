import type { PipelineDependencies } from '../pipelines/activities/index.ts';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tenant } from '../base/index.ts';
import { awaitRetrain, submitRetrain } from '../pipelines/client.ts';
import { recordHistory } from '../pipelines/histories/record.ts';
import type { CandidateView, RetrainInput, RetrainOutcome } from '../pipelines/messages.ts';
import { taskQueues } from '../pipelines/task-queues.ts';
import { startWorker } from '../pipelines/worker.ts';
import { testServer, type TestServer } from './pipelines-environment.ts';
import { fakeWorld, type FakeWorld } from './pipelines-fakes.ts';

/** A Temporal server, and a worker over a fake world, for the tests of one file. */
export interface Deployment {
  readonly server: TestServer;
  readonly world: FakeWorld;
  readonly folder: string;
  /** A request into a slot of its own, so that tests do not meet. */
  request(more?: Partial<RetrainInput>): RetrainInput;
  /** Submits a request and waits for its candidate. */
  submitted(input: RetrainInput): Promise<{ workflowId: string; candidate: CandidateView }>;
  outcomeOf(workflowId: string, requestId: string): Promise<RetrainOutcome | null>;
  /** With PROBITY_RECORD_HISTORIES set, the runs of these tests become the histories that the replay tests use. */
  record(name: string, workflowId: string, runId?: string): Promise<void>;
  close(): Promise<void>;
}

export const queues = taskQueues({ tenant: 'acme' as Tenant, portfolio: 'main' });

/** Deploys the workflows over fakes; `more`: other dependencies in place of some. */
export async function deploy(more: Partial<PipelineDependencies> = {}): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'probity-retrain-'));
  const server = await testServer();
  const client = () => server.client.client;
  const world = fakeWorld(folder);
  const dependencies = {
    ...world.dependencies,
    submitRetrain: (input: RetrainInput) => submitRetrain(client(), input),
    ...more,
  };
  const worker = await startWorker({
    address: server.address,
    namespace: 'default',
    queues,
    dependencies,
    codec: server.codec,
  });
  let slots = 0;
  return {
    server,
    world,
    folder,
    request: (asked = {}) => ({
      tenant: 'acme',
      queues,
      slot: { portfolio: 'main', segment: `s${++slots}`, horizonMonths: 12 },
      requestId: randomUUID(),
      submitter: 'dora',
      seed: 7,
      heartbeatTimeoutMs: 3000,
      ...asked,
    }),
    submitted: async (input) => {
      const { workflowId } = await submitRetrain(client(), input);
      const options = { requestId: input.requestId, pollMs: 50, untilCandidate: true };
      const { candidate } = await awaitRetrain(client(), workflowId, options);
      if (!candidate) throw new Error('no candidate came');
      return { workflowId, candidate };
    },
    outcomeOf: async (workflowId, requestId) =>
      (await awaitRetrain(client(), workflowId, { requestId, pollMs: 50 })).outcome,
    record: async (name, workflowId, runId) => {
      if (process.env['PROBITY_RECORD_HISTORIES']) await recordHistory(client(), server.codec, workflowId, name, runId);
    },
    close: async () => {
      await worker.stop();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
