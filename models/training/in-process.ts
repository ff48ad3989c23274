import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ProbityError } from '../../base/errors.ts';
import { compiledEntry } from '../../base/files.ts';
import { silent, type Progress } from '../../base/progress.ts';
import { RESULT_FILE, type TrainingJob, type TrainingLine } from './job.ts';
import type { FittedGlassBox } from './train.ts';

/**
 * Trains in a child process, so that the caller's event loop stays free. Abort kills the child (its finished steps stay for a
 * resumption) and throws TRAINING_CANCELLED; a failure inside throws with the child's own code, a child that dies TRAINING_FAILED.
 */
export async function trainInProcess(
  job: TrainingJob,
  { onProgress = silent, signal }: { readonly onProgress?: Progress; readonly signal?: AbortSignal } = {},
): Promise<FittedGlassBox> {
  if (signal?.aborted) throw cancelled();
  const child = spawn(process.execPath, [compiledEntry('models/training/process.ts')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: process.env['TF_CPP_MIN_LOG_LEVEL'] ?? '2' },
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  let outcome: TrainingLine | null = null;
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-2000)));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const message = parseLine(line);
    if (message === null) return;
    if (message.kind === 'progress') onProgress(message.event);
    else outcome = message;
  });
  try {
    const closed = once(child, 'close') as Promise<[number | null, string | null]>;
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(job));
    const [code, killedBy] = await closed;
    if (signal?.aborted) throw cancelled();
    const last = outcome as TrainingLine | null;
    if (last?.kind === 'failed') {
      throw new ProbityError(last.code, last.message, {
        problems: last.problems,
        ...(last.fix === null ? {} : { fix: last.fix }),
      });
    }
    if (code !== 0 || last === null) {
      const how = killedBy === null ? `exit code ${code}` : `signal ${killedBy}`;
      throw new ProbityError('TRAINING_FAILED', `The training process ended with ${how}.`, {
        cause: new Error(log),
      });
    }
    return JSON.parse(await readFile(join(job.outDir, RESULT_FILE), 'utf8')) as FittedGlassBox;
  } finally {
    signal?.removeEventListener('abort', kill);
    process.off('exit', kill);
  }
}

function cancelled(): ProbityError {
  return new ProbityError('TRAINING_CANCELLED', 'The training was cancelled.');
}

/** A line of the protocol, or null for anything else that a library may print. */
function parseLine(line: string): TrainingLine | null {
  if (!line.startsWith('{"kind":')) return null;
  try {
    return JSON.parse(line) as TrainingLine;
  } catch {
    return null;
  }
}
