import { Command } from 'commander';
import {
  fileSystemError,
  isProbityError,
  loadProject,
  messageOf,
  type Problem,
  type Progress,
  type Project,
} from '../base/index.ts';
import { paintFor, type Paint } from './terminal/colour.ts';
import { progressDisplay } from './terminal/progress-display.ts';

/** What the command line answers to the shell: 0 done, 1 failed, 2 called wrongly. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** What every command's handler works with. */
export interface CommandContext {
  readonly json: boolean;
  /** A bar on a terminal, plain lines elsewhere, nothing with --json; always on stderr. */
  readonly progress: Progress;
  readonly paint: Paint;
  /** Prints the command's result on stdout: `value` as JSON with --json, otherwise `text`. Call it once, at the end. */
  result(value: unknown, text: string): void;
  /** Prints a line for a person on stdout; nothing with --json. */
  say(line: string): void;
  /** Prints a line for a person on stderr, with --json too. */
  warn(line: string): void;
  /** The project of --project, or of the nearest folder upwards that holds probity.yaml. */
  project(): Promise<Project>;
  /** Aborted at the first Ctrl-C or SIGTERM once it was asked for; a second one ends the process. */
  readonly signal: AbortSignal;
}

/** A handler: its context, the positional arguments in order, and the options; it may answer an exit code. */
export type Handler<Options> = (
  context: CommandContext,
  args: readonly string[],
  options: Options,
) => Promise<number | void> | number | void;

/** A command with the options that all have: --json and --project. Give it arguments, options and `.action(action(handler))`. */
export function command(name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .option('--json', 'print the result (and errors) as JSON')
    .option('--project <dir>', 'project folder (default: the nearest one upwards that holds probity.yaml)');
}

/**
 * Turns a handler into commander's action: builds the context, and answers every error as message, problems and fix
 * (JSON with --json) on stderr with exit code 1, or 2 for code USAGE.
 */
export function action<Options = Record<string, unknown>>(handler: Handler<Options>) {
  return async (...received: unknown[]): Promise<void> => {
    const self = received.at(-1) as Command;
    const options = self.optsWithGlobals<{ json?: boolean; project?: string }>();
    const json = options.json === true;
    const display = progressDisplay(process.stderr);
    const context: CommandContext = {
      json,
      progress: json ? () => {} : display.report,
      paint: paintFor(process.stdout),
      result: (value, text) => {
        display.end();
        process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text.endsWith('\n') ? text : `${text}\n`);
      },
      say: (line) => {
        display.end();
        if (!json) process.stdout.write(`${line}\n`);
      },
      warn: (line) => {
        display.end();
        process.stderr.write(`${line}\n`);
      },
      project: () => loadProject(options.project),
      get signal() {
        return interruption();
      },
    };
    // Stands until the handler has ended, so that a process that runs out of work half-way does not look like a success.
    process.exitCode = EXIT.failed;
    try {
      const code = await handler(context, self.args, options as Options);
      display.end();
      process.exitCode = typeof code === 'number' ? code : EXIT.ok;
    } catch (error) {
      display.end();
      process.exitCode = reportError(error, json, process.stderr);
    }
  };
}

/** Writes an error for a person or, with `json`, as one JSON object, and answers the exit code for it. */
export function reportError(
  thrown: unknown,
  json: boolean,
  stream: { write(text: string): unknown; isTTY?: boolean },
): number {
  const error = fileSystemError(thrown);
  const known = isProbityError(error) ? error : null;
  const code = known?.code ?? 'INTERNAL';
  const exit = code === 'USAGE' ? EXIT.usage : EXIT.failed;
  const message = messageOf(error);
  const problems: readonly Problem[] = known?.problems ?? [];
  if (json) {
    const body = { error: { code, message, problems, fix: known?.fix ?? null } };
    stream.write(`${JSON.stringify(body, null, 2)}\n`);
    return exit;
  }
  const paint = paintFor(stream);
  const lines = [`${paint.red('error')} ${paint.dim(`[${code}]`)} ${message}`];
  for (const problem of problems) {
    lines.push(`  ${paint.yellow(problem.at)}: ${problem.message}${problem.fix ? ` (${problem.fix})` : ''}`);
  }
  if (known) lines.push(`${paint.bold('fix')} ${known.fix}`);
  else if (error instanceof Error && error.stack && process.env['PROBITY_DEBUG']) lines.push(error.stack);
  else
    lines.push(
      `${paint.bold('fix')} This is not an error that Probity expects; set PROBITY_DEBUG=1 to see where it came from.`,
    );
  stream.write(`${lines.join('\n')}\n`);
  return exit;
}

let interrupted: AbortController | null = null;

function interruption(): AbortSignal {
  if (interrupted) return interrupted.signal;
  const controller = (interrupted = new AbortController());
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
