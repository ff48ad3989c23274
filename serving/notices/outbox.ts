import type { Logger } from 'pino';
import { instant, messageOf, type Clock, type Instant } from '../../base/index.ts';
import type { Notices, StoredNotice } from '../../records/notices/index.ts';
import type { Mailer } from './mail.ts';

/** Sends the e-mails that wait among the notices. */
export interface Outbox {
  /** Looks now instead of at the next turn; resolves when what was due has been tried. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** How records name who sends. */
export const SENDER = 'mail outbox';
const LOOK_MS = 1_000;
const AT_ONCE = 20;
/** While one server tries an e-mail no other does; a server that dies lets go of it after so long. */
const CLAIM_MS = 5 * 60_000;
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;
/** With doubling pauses, about a day and a half. */
const MOST_ATTEMPTS = 14;

/** When an e-mail is tried again after so many attempts that failed; null: never, it counts as bounced. */
export function retryAt(now: Instant, attempts: number): Instant | null {
  if (attempts >= MOST_ATTEMPTS) return null;
  return instant(Date.parse(now) + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1)));
}

/**
 * The outbox of a tenant: every server of it may run one. An e-mail is put on record before it is sent and its fate after, so a crash in between sends it once more, under the same message id, and loses
 * none. What a server cannot take now is tried again with doubling pauses; what it refuses, or nobody takes for a day and a half, bounced.
 */
export function startOutbox(of: {
  readonly notices: Pick<Notices, 'claim' | 'act'>;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lookMs?: number;
}): Outbox {
  const { notices, mailer, clock, logger, lookMs = LOOK_MS } = of;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let isClosed = false;

  const send = async ({ noticeId, content, attempts }: StoredNotice): Promise<void> => {
    const act = (event: Parameters<Notices['act']>[1]) => notices.act(noticeId, event);
    const at = clock.now();
    // Erased in between: there is nothing to send and nobody to send it to.
    if (content === null || content.to === null) {
      await act({ kind: 'bounced', actor: SENDER, at, code: 'ERASED' });
      return;
    }
    const { subject, text } = content.letter;
    const outcome = await mailer.send({ to: content.to, subject, text, messageId: noticeId });
    if (outcome.kind === 'sent') await act({ kind: 'sent', actor: SENDER, at: clock.now() });
    else {
      const { code } = outcome;
      const nextAt = outcome.kind === 'deferred' ? retryAt(clock.now(), attempts + 1) : null;
      if (nextAt === null) await act({ kind: 'bounced', actor: SENDER, at: clock.now(), code });
      else await act({ kind: 'deferred', actor: SENDER, at: clock.now(), code, nextAt });
      logger.warn({ noticeId, code, again: nextAt }, 'an e-mail was not taken');
    }
  };
  const look = async (): Promise<void> => {
    for (;;) {
      const now = clock.now();
      const claimed = await notices.claim(now, instant(Date.parse(now) + CLAIM_MS), AT_ONCE);
      for (const notice of claimed) await send(notice);
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
