import { createAppender, storedHead, type Appender, type ChainHead } from '../audit/index.ts';
import { keepCheckpoints, newestCheckpoint, openSigner, type CheckpointKeeper } from '../checkpoints/index.ts';
import { assertDurable, type Database } from '../database/index.ts';
import { assertCheckpointed, type AuditPlaces } from './assurance.ts';

/** An appender of a process, whose checkpoints are kept outside the database. */
export interface SignedAppender {
  readonly appender: Appender;
  /** Waits until all that was given is stored, and signs what is unsigned. */
  close(): Promise<void>;
}

/**
 * Opens what a process appends to a tenant's chain with: what it appends is signed at once after a rest, then at most every `everyMs`, and when it
 * is closed. With `watch` the stored head is looked at as often, so that what other processes append is signed, too, what a process that died left
 * unsigned among it: servers do. Without, no key is opened before something is appended. Throws DATABASE_NOT_DURABLE where the database may lose
 * what it acknowledges, AUDIT_CHAIN_BROKEN where it does not hold what was signed last and, with `watch`, KEY_UNUSABLE.
 */
export async function openSignedAppender(of: {
  readonly database: Database;
  readonly places: AuditPlaces;
  readonly watch?: boolean;
  readonly everyMs?: number;
  /** Hears that a checkpoint could not be written, or that the head could not be read; the next look tries again. */
  readonly onError?: (error: unknown) => void;
}): Promise<SignedAppender> {
  const { database, places, watch = false, everyMs = 1_000, onError = () => {} } = of;
  const { tenant, checkpoints: folder, keys } = places;
  await assertDurable(database);
  await assertCheckpointed(database, places);

  let keeper: Promise<CheckpointKeeper> | null = null;
  const opened = (): Promise<CheckpointKeeper> =>
    (keeper ??= openSigner(keys).then((signer) => keepCheckpoints({ folder, tenant, signer, everyMs, onError })));
  let noted = watch ? ((await newestCheckpoint(folder))?.sequence ?? 0) : 0;
  const note = async (head: ChainHead): Promise<void> => {
    // A look that began before a commit was known may answer the head before it.
    if (head.sequence <= noted) return;
    noted = head.sequence;
    try {
      (await opened()).note(head);
    } catch (error) {
      noted = 0;
      keeper = null;
      throw error;
    }
  };
  const look = async (): Promise<void> => note(await storedHead(database, tenant));

  let noting = Promise.resolve();
  const appender = createAppender(database, tenant, {
    onCommit: (head) => {
      noting = note(head).catch(onError);
    },
  });
  if (watch) {
    await opened();
    await look();
  }
  const watching = watch ? watchEvery(everyMs, () => look().catch(onError)) : null;
  return {
    appender,
    async close() {
      await appender.settled();
      await watching?.close();
      if (watch) await look().catch(onError);
      await noting;
      await (await keeper)?.close();
    },
  };
}

/** Does `work` with such an appender, and signs what it appended. */
export async function withSignedAppender<T>(
  of: { readonly database: Database; readonly places: AuditPlaces },
  work: (appender: Appender) => Promise<T>,
): Promise<T> {
  const signed = await openSignedAppender(of);
  try {
    return await work(signed.appender);
  } finally {
    await signed.close();
  }
}

/** Looks again so long after the last look has ended. */
function watchEvery(everyMs: number, look: () => Promise<void>): { close(): Promise<void> } {
  let looking = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  let isClosed = false;
  const later = (): void => {
    timer = setTimeout(() => {
      looking = look().finally(() => {
        if (!isClosed) later();
      });
    }, everyMs);
  };
  later();
  return {
    async close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      await looking;
    },
  };
}
