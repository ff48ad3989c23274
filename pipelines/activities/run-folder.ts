import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash, ProbityError, temporaryName, writeFileAtomic, type Json } from '../../base/index.ts';
import type { HandOver } from './dependencies.ts';

/**
 * A run's folder: one folder a finished step, published by a rename and stamped with the hash of what went in. Steps that were
 * killed leave only `*.tmp-*` folders, which the next attempt removes, and checkpoints. Finished steps are handed to the storage, from
 * where workers that share no folder with this one fetch them.
 */
export interface RunFolder {
  readonly path: string;
  /**
   * The folder of a finished step whose output has the expected fields: this machine's, or fetched from the storage. Throws STORAGE_FAILED where
   * neither has it.
   */
  finishedFolder(step: string, expected: { readonly [field: string]: string }): Promise<string>;
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

/** The run folder of a request under `runs`; it need not exist yet. Request ids are path segments: anything else is refused. */
export function runFolder(
  { runs, handOver }: { readonly runs: string; readonly handOver: HandOver | null },
  requestId: string,
): RunFolder {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(requestId)) {
    throw new ProbityError('INVALID_INPUT', 'This is not a request id.', {
      fix: 'Use 1 to 100 of letters, digits, "-", "_" and ".".',
    });
  }
  const path = join(runs, requestId);
  const stepPath = (step: string) => join(path, step);
  const checkpointPath = (step: string) => join(path, `${step}${CHECKPOINTS}`);
  /** The first finished folder of a step, here or in the storage, whose stamp fits. */
  const find = async (
    step: string,
    fits: (stamp: Stamp) => boolean,
  ): Promise<{ readonly folder: string; readonly stamp: Stamp } | null> => {
    const own = await readStamp(stepPath(step));
    if (own && fits(own)) return { folder: stepPath(step), stamp: own };
    const folder = (await handOver?.take(requestId, step)) ?? null;
    const stamp = folder === null ? null : await readStamp(folder);
    return folder !== null && stamp && fits(stamp) ? { folder, stamp } : null;
  };
  return {
    path,
    checkpointPath,
    finishedFolder: async (step, expected) => {
      const found = await find(step, ({ output }) =>
        Object.entries(expected).every(([field, value]) => (output as Readonly<Record<string, Json>>)[field] === value),
      );
      if (found) return found.folder;
      throw new ProbityError(
        'STORAGE_FAILED',
        `The step "${step}" of run ${requestId} is neither here nor in the storage.`,
        {
          fix: 'Give all workers the same data folder, or the same S3-compatible storage.',
        },
      );
    },
    finished: async <T extends object>(step: string) =>
      ((await readStamp(stepPath(step)))?.output as T | undefined) ?? null,
    step: async (step, inputs, work) => {
      const hash = contentHash(inputs);
      const before = await find(step, ({ inputs: those }) => those === hash);
      if (before) {
        await rm(checkpointPath(step), { recursive: true, force: true });
        await handOver?.give(requestId, step, before.folder);
        return before.stamp.output as never;
      }
      await mkdir(path, { recursive: true });
      await removeWhere(path, (name) => name.startsWith(`${step}.tmp-`));
      const temporary = join(path, temporaryName(step));
      await mkdir(temporary);
      try {
        const output = await work(temporary);
        await writeFileAtomic(join(temporary, STAMP), `${JSON.stringify({ inputs: hash, output }, null, 2)}\n`);
        await rm(stepPath(step), { recursive: true, force: true });
        await rename(temporary, stepPath(step));
        await rm(checkpointPath(step), { recursive: true, force: true });
        await handOver?.give(requestId, step, stepPath(step));
        return output;
      } catch (error) {
        await rm(temporary, { recursive: true, force: true });
        throw error;
      }
    },
    cleanUp: () => removeWhere(path, (name) => name.includes('.tmp-') || name.endsWith(CHECKPOINTS)),
  };
}

async function readStamp(folder: string): Promise<Stamp | null> {
  try {
    return JSON.parse(await readFile(join(folder, STAMP), 'utf8')) as Stamp;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function removeWhere(folder: string, matches: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter(matches)) await rm(join(folder, name), { recursive: true, force: true });
}
