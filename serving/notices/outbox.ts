import type { Notices } from '../../records/notices/index.ts';
import { doublingPauses, type OutboxSource } from '../mail/outbox.ts';

/** How records name who sends. */
export const SENDER = 'mail outbox';
/** With doubling pauses from a minute to six hours, about a day and a half. */
export const noticeRetryAt = doublingPauses(60_000, 6 * 3_600_000, 14);

/** The notices to customers that wait to be sent by e-mail. */
export function noticeMails(notices: Pick<Notices, 'claim' | 'act'>): OutboxSource {
  return {
    async claim(now, until, limit) {
      const claimed = await notices.claim(now, until, limit);
      return claimed.map(({ noticeId, content, attempts }) => ({
        id: noticeId,
        attempts,
        letter: content === null || content.to === null ? null : { to: content.to, ...content.letter },
        retryAt: noticeRetryAt,
        settle: async (fate) => void (await notices.act(noticeId, { ...fate, actor: SENDER })),
      }));
    },
  };
}
