import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { PayloadCodec } from '@temporalio/common';
import { messageOf, ProbityError } from '../base/index.ts';
import { createActivities, type PipelineDependencies } from './activities/index.ts';
import { workflowBundle } from './bundle.ts';
import { QUEUE_KINDS, type QueueKind, type TaskQueues } from './task-queues.ts';

export interface WorkerOptions {
  /** `host:port` of the Temporal server. */
  readonly address: string;
  readonly namespace: string;
  readonly queues: TaskQueues;
  readonly dependencies: PipelineDependencies;
  /** Seals payloads (payload-codec.ts); null, for tests alone: they are sent plain. */
  readonly codec: PayloadCodec | null;
  /** Which queues this process serves; default: all. */
  readonly serve?: readonly QueueKind[];
  /** Activities of the training queue at the same time; default 4. The features queue always has one: DuckDB has one writer. */
  readonly concurrency?: number;
}

/** A running worker process: one Temporal worker a queue. */
export interface RunningWorker {
  /** Settles when the workers have stopped; rejects when one failed. */
  readonly finished: Promise<void>;
  /** Stops polling, cancels running activities after 5 s, and waits until all is quiet. */
  stop(): Promise<void>;
}

/** Connects and starts polling. Workflows run on the training queue's worker; the features queue has activities only. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const serve = options.serve ?? QUEUE_KINDS;
  warningsOnly();
  const bundle = serve.includes('training') ? await workflowBundle() : null;
  const connection = await connectNative(options.address);
  const activities = createActivities(options.dependencies);
  try {
    const workers = await Promise.all(
      serve.map((kind) =>
        Worker.create({
          connection,
          namespace: options.namespace,
          ...(options.codec === null ? {} : { dataConverter: { payloadCodecs: [options.codec] } }),
          taskQueue: options.queues[kind],
          activities: activities[kind],
          maxConcurrentActivityTaskExecutions: kind === 'features' ? 1 : (options.concurrency ?? 4),
          shutdownGraceTime: '5 s',
          maxHeartbeatThrottleInterval: '5 s',
          defaultHeartbeatThrottleInterval: '1 s',
          stickyQueueScheduleToStartTimeout: '5 s',
          ...(kind === 'training' && bundle ? { workflowBundle: { codePath: bundle } } : {}),
        }),
      ),
    );
    const finished = Promise.all(workers.map((worker) => worker.run())).then(() => connection.close());
    finished.catch(() => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    });
    return {
      finished,
      stop: async () => {
        for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
        await finished;
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

let installed = false;

/** The features queue has activities only, on purpose; the SDK warns of it each time. */
const EXPECTED_WARNING = 'No workflows registered, not polling for workflow tasks';

/** The SDK's runtime is one per process: it logs warnings and errors, on stderr, and leaves signals to the caller. */
function warningsOnly(): void {
  if (installed) return;
  installed = true;
  const stderr = new DefaultLogger('WARN');
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => {
    if (message !== EXPECTED_WARNING) stderr.log(level, message, meta);
  });
  Runtime.install({ logger, shutdownSignals: [] });
}

async function connectNative(address: string): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ address });
  } catch (error) {
    throw new ProbityError('SERVICE_UNAVAILABLE', `No Temporal server answers at ${address}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
