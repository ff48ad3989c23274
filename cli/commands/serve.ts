import type { Command } from 'commander';
import { pino } from 'pino';
import { ProbityError } from '../../base/index.ts';
import { composeServing } from '../../serving/compose/index.ts';
import { startServer } from '../../serving/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { outcomesOf } from '../../pipelines/compose/known-outcomes.ts';
import { firstKey } from '../keys-access.ts';
import { findServices, resolveDatabase } from '../stack/index.ts';
import { ended } from './up.ts';

interface Options {
  readonly host?: string;
  readonly port?: string;
  readonly logLevel: string;
  readonly adminKeyFile?: string;
}

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'];

/** `probity serve`: the scoring API of a project, until Ctrl-C. */
export function serveCommand(): Command {
  return command('serve', "answer the project's API until Ctrl-C")
    .option('--host <address>', 'address to listen on (default: serving.host of probity.yaml, 127.0.0.1)')
    .option('--port <n>', 'port to listen on, 0 for a free one (default: serving.port of probity.yaml)')
    .option('--log-level <level>', logLevels.join(', '), 'info')
    .option('--admin-key-file <path>', 'write the first admin key there (mode 600) instead of showing it')
    .action(action<Options>(serve));
}

async function serve(context: CommandContext, _args: readonly string[], options: Options): Promise<void> {
  if (!logLevels.includes(options.logLevel))
    throw new ProbityError('USAGE', `--log-level is one of ${logLevels.join(', ')}.`);
  const port = options.port === undefined ? null : Number(options.port);
  if (port !== null && !(Number.isInteger(port) && port >= 0 && port < 65_536))
    throw new ProbityError('USAGE', '--port is a whole number from 0 to 65535.');
  const { signal } = context;
  const project = await context.project();
  const databaseUrl = await resolveDatabase(project);
  await firstKey(context, project, databaseUrl, options.adminKeyFile);
  // The log goes to stderr, as stdout is for the command's own result, and behind the requests: lines are written together, at most a quarter of a second late.
  const logger = pino(
    { level: options.logLevel },
    pino.destination({ fd: 2, sync: false, minLength: 4096, periodicFlush: 250 }),
  );
  const { deps, close } = await composeServing(
    project,
    databaseUrl,
    logger,
    async () => (await findServices(project)).temporalAddress,
    (asked) => outcomesOf(project, asked),
  );
  try {
    const server = await startServer(deps, {
      host: options.host ?? project.serving.host,
      port: port ?? project.serving.port,
    });
    context.result({ url: server.url, pid: process.pid }, `API at ${server.url}; Ctrl-C ends it`);
    await ended(signal);
    await server.close();
  } finally {
    await close();
  }
}
