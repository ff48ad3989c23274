import { open, readdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, type Problem, type Tenant } from '../../base/index.ts';
import { checkpointHash, checkpointProblem, parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { PublicKeys } from './keys.ts';

/** Checkpoints that were read, and what is wrong with the rest. */
export interface ReadCheckpoints {
  readonly checkpoints: readonly Checkpoint[];
  readonly problems: readonly Problem[];
}

/** The folder of a tenant's own checkpoints, under its audit folder. */
export function checkpointFolder(audit: string): string {
  return join(audit, 'checkpoints');
}

/** Appends a line to a file and waits until it is on the disk. */
export async function appendDurably(path: string, line: string): Promise<void> {
  await makeFolder(join(path, '..'));
  const file = await open(path, 'a', 0o644);
  try {
    await writeLine(file, line);
  } finally {
    await file.close();
  }
}

/** The same for an open file. */
export async function writeLine(file: FileHandle, line: string): Promise<void> {
  await file.appendFile(`${line}\n`);
  await file.datasync();
}

/** The newest checkpoint of a folder, its signature unchecked, or null. */
export async function newestCheckpoint(folder: string): Promise<Checkpoint | null> {
  for (const name of (await fileNames(folder)).toReversed()) {
    const lines = (await readFile(join(folder, name), 'utf8')).split('\n');
    for (const line of lines.toReversed()) {
      const checkpoint = line === '' ? null : parseCheckpoint(line);
      if (checkpoint !== null) return checkpoint;
    }
  }
  return null;
}

/** All checkpoints of a folder, each one's signature checked, and that none before another was taken away. */
export async function readCheckpoints(folder: string, tenant: Tenant, keys: PublicKeys): Promise<ReadCheckpoints> {
  const read = await Promise.all(
    (await fileNames(folder)).map(async (name) => readCheckpointFile(join(folder, name), name, tenant, keys)),
  );
  const checkpoints = read.flatMap((one) => one.checkpoints);
  const known = new Set(checkpoints.map(checkpointHash));
  const dangling = checkpoints.filter(({ previous }) => previous !== null && !known.has(previous));
  const problems = read.flatMap((one) => one.problems);
  const gaps = dangling.map(({ sequence, at }) => ({
    at: `checkpoint of ${at} (record ${sequence})`,
    message: 'The checkpoint before it is missing or altered.',
  }));
  return { checkpoints, problems: [...problems, ...gaps] };
}

/** The checkpoints of one file. The last line may be a part that a crash left. */
export async function readCheckpointFile(
  path: string,
  name: string,
  tenant: Tenant,
  keys: PublicKeys,
): Promise<ReadCheckpoints> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const checkpoints: Checkpoint[] = [];
  const problems: Problem[] = [];
  lines.forEach((line, i) => {
    const isUnfinished = i === lines.length - 1;
    const checkpoint = parseCheckpoint(line);
    const at = `${name}:${i + 1}`;
    if (checkpoint === null) {
      if (!isUnfinished) problems.push({ at, message: 'This line is no checkpoint.' });
      return;
    }
    const message = checkpointProblem(checkpoint, tenant, keys);
    if (message === null) checkpoints.push(checkpoint);
    else problems.push({ at, message });
  });
  return { checkpoints, problems };
}

async function fileNames(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.jsonl')).sort();
}
