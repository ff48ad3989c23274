/** Training as a child process: reads one JSON job from standard input, reports as JSON lines on standard output, writes the result. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { messageOf, ProbityError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../base/files.ts';
import { loadDataset } from '../dataset/files.ts';
import { RESULT_FILE, type TrainingJob, type TrainingLine } from './job.ts';
import { trainGlassBox } from './train.ts';

function emit(line: TrainingLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main(): Promise<void> {
  const job = JSON.parse(await text(process.stdin)) as TrainingJob;
  const dataset = await loadDataset(job.datasetPath);
  const { checkpointDir } = job;
  if (checkpointDir !== null) await mkdir(checkpointDir, { recursive: true });
  const fileOf = (step: string): string => join(checkpointDir ?? '', `${step}.bin`);
  const fitted = await trainGlassBox(dataset, job.options, {
    onProgress: (event) => emit({ kind: 'progress', event }),
    ...(checkpointDir === null
      ? {}
      : {
          checkpoint: {
            load: async (step) => (existsSync(fileOf(step)) ? await readFile(fileOf(step)) : null),
            save: (step, bytes) => writeFileAtomic(fileOf(step), bytes),
          },
        }),
  });
  await writeFileAtomic(join(job.outDir, RESULT_FILE), JSON.stringify(fitted));
  emit({ kind: 'done' });
}

try {
  await main();
} catch (error) {
  emit(
    error instanceof ProbityError
      ? { kind: 'failed', code: error.code, message: error.message, fix: error.fix, problems: error.problems }
      : { kind: 'failed', code: 'TRAINING_FAILED', message: messageOf(error), fix: null, problems: [] },
  );
  process.exitCode = 1;
}
