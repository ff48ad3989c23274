import type { Command } from 'commander';
import { action, command, type CommandContext } from '../command.ts';
import { firstKey } from '../keys-access.ts';
import { startStack } from '../stack/index.ts';

interface Options {
  readonly worker: boolean;
  readonly api: boolean;
  readonly adminKeyFile?: string;
}

/** `probity up`: the local stack of a project, until Ctrl-C. */
export function upCommand(): Command {
  return command('up', 'run the local stack of a project (PostgreSQL, Temporal, worker, API) until Ctrl-C')
    .option('--no-worker', 'without the worker process')
    .option('--no-api', 'without the API')
    .option('--admin-key-file <path>', 'write the first admin key there (mode 600) instead of showing it')
    .action(action<Options>(up));
}

async function up(context: CommandContext, _args: readonly string[], options: Options): Promise<void> {
  const project = await context.project();
  const { signal } = context;
  const stack = await startStack(project, context.progress);
  try {
    await firstKey(context, project, stack.databaseUrl, options.adminKeyFile);
    if (options.worker) await stack.startWorker();
    const api = options.api ? await stack.startApi() : null;
    const { temporalAddress, temporalUi } = stack;
    const lines = [
      ...(api === null ? [] : [`API          ${api}`]),
      `Temporal     ${temporalAddress}${temporalUi === null ? '' : `  (web UI ${temporalUi})`}`,
      context.paint.dim('Ctrl-C ends the stack.'),
    ];
    context.result({ api, temporalAddress, temporalUi, pid: process.pid }, lines.join('\n'));
    await ended(signal);
  } finally {
    await stack.stop();
  }
}

/** Settles when the signal is aborted. */
export function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, 1 << 30);
    const done = () => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
