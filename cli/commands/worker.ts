import type { Command } from 'commander';
import { ProbityError } from '../../base/index.ts';
import { composeDependencies } from '../../pipelines/compose/index.ts';
import { QUEUE_KINDS, taskQueues, type QueueKind } from '../../pipelines/task-queues.ts';
import { startWorker } from '../../pipelines/worker.ts';
import { action, command, type CommandContext } from '../command.ts';
import { resolveServices } from '../stack/index.ts';

interface WorkerOptions {
  readonly queues: string;
  readonly concurrency: string;
}

/** `probity worker`: takes on the project's workflows and activities until Ctrl-C or SIGTERM. */
export function workerCommand(): Command {
  return command('worker', "run the project's workflows and activities until Ctrl-C")
    .option(
      '--queues <list>',
      'task queues to serve: training (computes, runs the workflows), features (writes the warehouse; one process)',
      QUEUE_KINDS.join(','),
    )
    .option('--concurrency <n>', 'activities of the training queue at the same time', '4')
    .action(action<WorkerOptions>(worker));
}

async function worker(context: CommandContext, _args: readonly string[], options: WorkerOptions): Promise<void> {
  const serve = queueKinds(options.queues);
  const concurrency = Number(options.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new ProbityError('USAGE', '--concurrency must be a positive whole number.');
  }
  const project = await context.project();
  const { signal } = context;
  const services = await resolveServices(project);
  const composition = await composeDependencies(project, services);
  try {
    const running = await startWorker({
      address: services.temporalAddress,
      namespace: project.temporalNamespace,
      queues: taskQueues(project),
      dependencies: composition.dependencies,
      codec: composition.codec,
      serve,
      concurrency,
    });
    const stop = () => void running.stop().catch(() => {});
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    context.result(
      { queues: serve, temporalAddress: services.temporalAddress, pid: process.pid },
      `worker ${process.pid} serves ${serve.join(' and ')} at ${services.temporalAddress}; Ctrl-C ends it`,
    );
    await running.finished;
  } finally {
    await composition.close();
  }
}

function queueKinds(list: string): readonly QueueKind[] {
  const names = list.split(',').map((name) => name.trim());
  const known = QUEUE_KINDS.filter((kind) => names.includes(kind));
  const unknown = names.filter((name) => !QUEUE_KINDS.some((kind) => kind === name));
  if (unknown.length === 0) return known;
  throw new ProbityError('USAGE', 'Some of these are not task queues.', {
    problems: unknown.map((name) => ({ at: '--queues', message: `"${name}" is not a queue` })),
    fix: `Use ${QUEUE_KINDS.join(', ')}, separated by commas.`,
  });
}
