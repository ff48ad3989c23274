import { randomBytes } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, systemClock, type Clock, type Tenant } from '../../base/index.ts';
import type { ChainHead } from '../audit/index.ts';
import { checkpointHash, checkpointText, signCheckpoint, type Checkpoint } from './checkpoint.ts';
import { newestCheckpoint, writeLine } from './files.ts';
import type { Signer } from './keys.ts';

/** Signs where a chain stands: at once after a rest, then at most every second while it grows, and at the end. */
export interface CheckpointKeeper {
  /** Tells that the chain durably ends here. */
  note(head: ChainHead): void;
  /** Signs now where anything is unsigned. Throws where the file cannot be written. */
  flush(): Promise<void>;
  /** The same, and the end of it. */
  close(): Promise<void>;
}

/**
 * Keeps checkpoints in files of this process's own under `folder`, one a day, so that several processes never share a line. Where a file
 * cannot be written, `onError` hears of it and the next second tries again: ratings go on, the open window grows.
 */
export function keepCheckpoints(options: {
  readonly folder: string;
  readonly tenant: Tenant;
  readonly signer: Signer;
  readonly clock?: Clock;
  readonly everyMs?: number;
  readonly onError?: (error: unknown) => void;
}): CheckpointKeeper {
  const { folder, tenant, signer, clock = systemClock, everyMs = 1_000, onError = () => {} } = options;
  let file: { readonly day: string; readonly handle: FileHandle } | null = null;
  let last: Checkpoint | null | undefined;
  let unsigned: ChainHead | null = null;
  let timer: NodeJS.Timeout | null = null;
  let writing = Promise.resolve();
  let notBefore = 0;

  const fileOf = async (at: string): Promise<FileHandle> => {
    const day = at.slice(0, 10);
    if (file?.day === day) return file.handle;
    await file?.handle.close();
    file = null;
    await makeFolder(folder);
    const name = `${at.replaceAll(/[:.]/g, '-')}-${process.pid}-${randomBytes(4).toString('hex')}.jsonl`;
    const handle = await open(join(folder, name), 'a', 0o644);
    file = { day, handle };
    return handle;
  };

  const write = async (): Promise<void> => {
    const head = unsigned;
    if (head === null) return;
    unsigned = null;
    notBefore = Date.now() + everyMs;
    try {
      if (last === undefined) last = await newestCheckpoint(folder);
      const at = clock.now();
      const checkpoint = signCheckpoint(signer, tenant, head, at, last === null ? null : checkpointHash(last));
      await writeLine(await fileOf(at), checkpointText(checkpoint));
      last = checkpoint;
    } catch (error) {
      unsigned ??= head;
      throw error;
    }
  };

  const flush = (): Promise<void> => {
    const next = writing.then(write);
    writing = next.catch(() => {});
    return next;
  };

  const later = (): void => {
    if (timer !== null) return;
    timer = setTimeout(
      () => {
        flush()
          .catch(onError)
          .finally(() => {
            timer = null;
            if (unsigned !== null) later();
          });
      },
      Math.max(0, notBefore - Date.now()),
    );
  };

  return {
    note(head) {
      unsigned = head;
      later();
    },
    flush,
    async close() {
      if (timer !== null) clearTimeout(timer);
      try {
        await flush();
      } finally {
        await file?.handle.close();
        file = null;
      }
    },
  };
}
