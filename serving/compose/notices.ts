import type { Logger } from 'pino';
import type { Clock, MailConfig } from '../../base/index.ts';
import type { Notices } from '../../records/notices/index.ts';
import { smtpMailer } from '../notices/mail.ts';
import { startOutbox } from '../notices/outbox.ts';
import type { NoticeDesk } from '../notices/desk.ts';

/** Composes where notices are issued, and the outbox behind it where a mail server is configured. */
export function composeNotices(of: {
  readonly notices: Notices;
  readonly mail: MailConfig | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lookMs?: number;
}): { readonly desk: NoticeDesk; readonly close: () => Promise<void> } {
  const { notices, mail, clock, logger } = of;
  const outbox =
    mail === null
      ? null
      : startOutbox({
          notices,
          mailer: smtpMailer(mail),
          clock,
          logger,
          ...(of.lookMs === undefined ? {} : { lookMs: of.lookMs }),
        });
  return {
    desk: { ...notices, canMail: outbox !== null, wake: () => void outbox?.flush() },
    close: async () => outbox?.close(),
  };
}
