import type { Creditor } from '../../base/index.ts';
import type { Notices } from '../../records/notices/index.ts';

/** Where notices to customers are issued, and what carries their e-mails. */
export interface NoticeDesk extends Omit<Notices, 'claim'> {
  /** Whether a mail server is configured. */
  readonly canMail: boolean;
  /** In whose name; null: nobody is configured. */
  readonly creditor: Creditor | null;
  /** Something waits to be sent: it is tried soon. */
  wake(): void;
}
