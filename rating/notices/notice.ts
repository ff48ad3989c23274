import { ProbityError } from '../../base/errors.ts';
import type { Outcome } from '../decision/index.ts';
import type { NoticeJurisdiction } from '../explanation/notice.ts';

/** How a notice reaches the customer. */
export const NOTICE_CHANNELS = ['email', 'postal', 'handed-over'] as const;
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];

export const NOTICE_STATES = ['issued', 'sent', 'delivered', 'bounced', 'replied'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** What happens to a notice; `deferred`: a mail server would not take it yet, and it is tried again. */
export const NOTICE_EVENTS = ['issued', 'sent', 'deferred', 'delivered', 'bounced', 'replied'] as const;
export type NoticeEventKind = (typeof NOTICE_EVENTS)[number];

const AFTER: {
  readonly [kind in Exclude<NoticeEventKind, 'issued'>]: {
    readonly from: readonly NoticeState[];
    readonly to: NoticeState;
  };
} = {
  deferred: { from: ['issued'], to: 'issued' },
  sent: { from: ['issued'], to: 'sent' },
  delivered: { from: ['issued', 'sent'], to: 'delivered' },
  bounced: { from: ['issued', 'sent'], to: 'bounced' },
  replied: { from: ['sent', 'delivered', 'replied'], to: 'replied' },
};

/**
 * The state of a notice after an event. What was never sent has no reply; what came back is not delivered, and a new notice is issued instead; a reply says that it was delivered.
 * Throws NOTICE_REFUSED.
 */
export function afterNoticeEvent(state: NoticeState, kind: Exclude<NoticeEventKind, 'issued'>): NoticeState {
  const { from, to } = AFTER[kind];
  if (from.includes(state)) return to;
  throw new ProbityError('NOTICE_REFUSED', `This notice is ${state}: it cannot be ${kind}.`);
}

const ADVERSE_DAYS = 30;
const DAY = 86_400_000;

/**
 * The last day on which the customer must be told, or null where this law sets none. Regulation B, 12 CFR 1002.9(a)(1)(i) and (ii): within 30 days of the completed application, which is when it was rated at the latest.
 * China's Personal Information Protection Law art. 24 sets no days.
 */
export function noticeDue(
  jurisdiction: NoticeJurisdiction,
  outcome: Outcome,
  applicationAt: string,
): { readonly on: string; readonly law: string } | null {
  if (jurisdiction !== 'US' || outcome === 'approve') return null;
  const on = new Date(Date.parse(applicationAt) + ADVERSE_DAYS * DAY).toISOString().slice(0, 10);
  return { on, law: '12 CFR 1002.9(a)(1)' };
}
