import type { Logger } from 'pino';
import { instant, messageOf, type Clock, type Instant } from '../../base/index.ts';
import type { Mailer } from './smtp.ts';

/** An e-mail that waits to be sent. */
export interface Outgoing {
  /** Always the same for the same e-mail: its message id is made of it. */
  readonly id: string;
  readonly attempts: number;
  /** Null: it was erased in between, so that there is nothing to send and nobody to send it to. */
  readonly letter: { readonly to: string; readonly subject: string; readonly text: string } | null;
  /** When it is tried again after so many attempts that failed; null: never, it counts as bounced. */
  readonly retryAt: (now: Instant, attempts: number) => Instant | null;
  /** Puts on record what became of it. */
  readonly settle: (fate: OutgoingFate) => Promise<void>;
}

export type OutgoingFate =
  | { readonly kind: 'sent'; readonly at: Instant }
  | { readonly kind: 'deferred'; readonly at: Instant; readonly code: string; readonly nextAt: Instant }
  | { readonly kind: 'bounced'; readonly at: Instant; readonly code: string };

/** What holds e-mails that wait. */
export interface OutboxSource {
  /** Takes e-mails that are due to be tried: until `until` nobody else does. */
  claim(now: Instant, until: Instant, limit: number): Promise<readonly Outgoing[]>;
}

/** Sends the e-mails that wait in its source. */
export interface Outbox {
  /** Looks now instead of at the next turn; resolves when what was due has been tried. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const LOOK_MS = 1_000;
const AT_ONCE = 20;
/** While one server tries an e-mail no other does; a server that dies lets go of it after so long. */
const CLAIM_MS = 5 * 60_000;

/** Pauses that double from `first` to `longest`, milliseconds, for `attempts` tries at most. */
export function doublingPauses(first: number, longest: number, most: number): Outgoing['retryAt'] {
  return (now, attempts) =>
    attempts >= most ? null : instant(Date.parse(now) + Math.min(longest, first * 2 ** (attempts - 1)));
}

/**
 * The outbox of a tenant: every server of it may run one. An e-mail is put on record before it is sent and its fate after, so a crash in between sends it once more, under the same message id, and loses
 * none. What a server cannot take now is tried again as its source says; what it refuses, or nobody takes for that long, bounced. So many are on their way at once.
 */
export function startOutbox(of: {
  readonly source: OutboxSource;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lookMs?: number | undefined;
  readonly parallel?: number;
}): Outbox {
  const { source, mailer, clock, logger, lookMs = LOOK_MS, parallel = 1 } = of;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let isClosed = false;

  const send = async ({ id, letter, attempts, retryAt, settle }: Outgoing): Promise<void> => {
    if (letter === null) return settle({ kind: 'bounced', at: clock.now(), code: 'ERASED' });
    const outcome = await mailer.send({ ...letter, messageId: id });
    const at = clock.now();
    if (outcome.kind === 'sent') return settle({ kind: 'sent', at });
    const { code } = outcome;
    const nextAt = outcome.kind === 'deferred' ? retryAt(at, attempts + 1) : null;
    await settle(nextAt === null ? { kind: 'bounced', at, code } : { kind: 'deferred', at, code, nextAt });
    logger.warn({ mailId: id, code, again: nextAt }, 'an e-mail was not taken');
  };
  const look = async (): Promise<void> => {
    for (;;) {
      const now = clock.now();
      const claimed = await source.claim(now, instant(Date.parse(now) + CLAIM_MS), AT_ONCE);
      const waiting = [...claimed];
      const lane = async (): Promise<void> => {
        for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await send(one);
      };
      const lanes = await Promise.allSettled(Array.from({ length: parallel }, lane));
      const failed = lanes.find((each) => each.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      if (claimed.length < AT_ONCE || isClosed) return;
    }
  };
  const flush = (): Promise<void> => {
    looking ??= look()
      .catch((error: unknown) => logger.warn({ problem: messageOf(error) }, 'e-mails wait: they are tried again'))
      .finally(() => (looking = null));
    return looking;
  };
  const plan = (): void => {
    if (isClosed) return;
    timer = setTimeout(() => void flush().finally(plan), lookMs);
    timer.unref();
  };
  plan();
  return {
    flush,
    async close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      await looking;
      mailer.close();
    },
  };
}
