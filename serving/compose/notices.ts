import type { Logger } from 'pino';
import type { Clock, Creditor, MailConfig } from '../../base/index.ts';
import type { Notices } from '../../records/notices/index.ts';
import { startOutbox } from '../mail/outbox.ts';
import { smtpMailer } from '../mail/smtp.ts';
import type { NoticeDesk } from '../notices/desk.ts';
import { noticeMails } from '../notices/outbox.ts';

/** Composes where notices are issued, and the outbox behind it where a mail server is configured. */
export function composeNotices(of: {
  readonly notices: Notices;
  readonly mail: MailConfig | null;
  readonly creditor: Creditor | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lookMs?: number;
}): { readonly desk: NoticeDesk; readonly close: () => Promise<void> } {
  const { notices, mail, creditor, clock, logger, lookMs } = of;
  const outbox =
    mail === null
      ? null
      : startOutbox({ source: noticeMails(notices), mailer: smtpMailer(mail), clock, logger, lookMs });
  return {
    desk: { ...notices, canMail: outbox !== null, creditor, wake: () => void outbox?.flush() },
    close: async () => outbox?.close(),
  };
}
