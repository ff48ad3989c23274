import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compiledEntry, ProbityError } from '../../base/index.ts';
import { RESULT_FILE, type ChecksJob, type ChecksMessage } from './checks-job.ts';

/** Runs a checks job in a child process, so that the worker's event loop stays free; abort kills the child. */
export async function runChecks<T>(job: ChecksJob, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const child = fork(compiledEntry('pipelines/compose/checks-process.ts'), {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: process.env['TF_CPP_MIN_LOG_LEVEL'] ?? '2' },
  });
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  let last: ChecksMessage | null = null;
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-2000);
  });
  child.on('message', (message) => {
    last = message as ChecksMessage;
  });
  try {
    const closed = once(child, 'close');
    child.send(job, () => {});
    await closed;
  } finally {
    signal.removeEventListener('abort', kill);
  }
  signal.throwIfAborted();
  const answer = last as ChecksMessage | null;
  if (answer?.kind === 'done') return JSON.parse(await readFile(join(job.folder, RESULT_FILE), 'utf8')) as T;
  if (answer?.kind === 'failed') {
    throw new ProbityError(answer.code, answer.message, {
      problems: answer.problems,
      ...(answer.fix === null ? {} : { fix: answer.fix }),
    });
  }
  throw new ProbityError('INTERNAL', `The process that checks the model (${job.kind}) died.`, {
    cause: new Error(log),
  });
}
