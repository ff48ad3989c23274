import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash, ProbityError, writeFileAtomic, type Json } from '../../base/index.ts';

/**
 * A run's folder: one folder a finished step, published by a rename and stamped with the hash of what went in. Steps that were
 * killed leave only `*.tmp-*` folders, which the next attempt removes, and checkpoints.
 */
export interface RunFolder {
  readonly path: string;
  /** The folder of a step, whether finished or not. */
  stepPath(step: string): string;
  /** Where a step keeps checkpoints that outlive a killed attempt; removed once the step is finished. */
  checkpointPath(step: string): string;
  /**
   * The output of `step` for `inputs`: from its stamp where the step is finished with these very inputs, else by running `work` in
   * an empty folder and publishing that.
   */
  step<T extends object>(step: string, inputs: Json, work: (folder: string) => Promise<T>): Promise<T>;
  /** The finished output of a step, or null. */
  finished<T extends object>(step: string): Promise<T | null>;
  /** Removes what unfinished steps left: temporary folders and checkpoints. */
  cleanUp(): Promise<void>;
}

interface Stamp {
  readonly inputs: string;
  readonly output: Json;
}

const STAMP = 'done.json';
const CHECKPOINTS = '.checkpoints';

/** The run folder of a request; it need not exist yet. Request ids are path segments: anything else is refused. */
export function runFolder(runs: string, requestId: string): RunFolder {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(requestId)) {
    throw new ProbityError('INVALID_INPUT', 'This is not a request id.', {
      fix: 'Use 1 to 100 of letters, digits, "-", "_" and ".".',
    });
  }
  const path = join(runs, requestId);
  const stepPath = (step: string) => join(path, step);
  const checkpointPath = (step: string) => join(path, `${step}${CHECKPOINTS}`);
  const stampOf = async (step: string): Promise<Stamp | null> => {
    try {
      return JSON.parse(await readFile(join(stepPath(step), STAMP), 'utf8')) as Stamp;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  };
  return {
    path,
    stepPath,
    checkpointPath,
    finished: async <T extends object>(step: string) => ((await stampOf(step))?.output as T | undefined) ?? null,
    step: async (step, inputs, work) => {
      const hash = contentHash(inputs);
      const stamp = await stampOf(step);
      if (stamp?.inputs === hash) {
        await rm(checkpointPath(step), { recursive: true, force: true });
        return stamp.output as never;
      }
      await mkdir(path, { recursive: true });
      await removeWhere(path, (name) => name.startsWith(`${step}.tmp-`));
      const temporary = join(path, `${step}.tmp-${randomBytes(6).toString('hex')}`);
      await mkdir(temporary);
      try {
        const output = await work(temporary);
        await writeFileAtomic(join(temporary, STAMP), `${JSON.stringify({ inputs: hash, output }, null, 2)}\n`);
        await rm(stepPath(step), { recursive: true, force: true });
        await rename(temporary, stepPath(step));
        await rm(checkpointPath(step), { recursive: true, force: true });
        return output;
      } catch (error) {
        await rm(temporary, { recursive: true, force: true });
        throw error;
      }
    },
    cleanUp: () => removeWhere(path, (name) => name.includes('.tmp-') || name.endsWith(CHECKPOINTS)),
  };
}

async function removeWhere(folder: string, matches: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter(matches)) await rm(join(folder, name), { recursive: true, force: true });
}
