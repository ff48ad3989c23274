import { sameActor } from '../../base/actor.ts';
import { ProbityError, type Problem } from '../../base/errors.ts';
import type { Role } from '../../base/roles.ts';

/** What a customer disputes: a row of a canonical table, a rating, or an entry of the credit file. */
export type DisputeAbout =
  | { readonly kind: 'fact'; readonly table: string; readonly key: { readonly [column: string]: string } }
  | { readonly kind: 'rating'; readonly ratingId: string }
  | { readonly kind: 'entry'; readonly entryKind: string; readonly entryId: string };

/** What is right instead: a row of a canonical table, known from the moment it is recorded. */
export interface Correction {
  readonly table: string;
  readonly values: { readonly [column: string]: string | number | boolean | null };
  readonly happenedAt: string;
}

/** The version of a disputed entry of the credit file that says what is right, or that the entry was removed; in the file before the customer is rated again. */
export interface CorrectedEntry {
  readonly version: number;
  readonly removed: boolean;
}

/** Facts of the customer that the disputed rating was asked with, as they should be, by name as a request for a rating says them. */
export type RightFacts = { readonly [name: string]: string | number | boolean | readonly string[] };

/** How a dispute ends: upheld (the customer is right), rejected, or withdrawn. */
export const DISPUTE_ENDINGS = ['upheld', 'rejected', 'withdrawn'] as const;
export type DisputeEnding = (typeof DISPUTE_ENDINGS)[number];

/** A customer's dispute. Instants are ISO texts. */
export interface Dispute {
  readonly disputeId: string;
  readonly customerId: string;
  readonly about: DisputeAbout;
  /** What the customer says, in words. */
  readonly claim: string;
  /** Who put it on record: may not decide it. */
  readonly openedBy: string;
  readonly openedAt: string;
  readonly jurisdiction: string;
  readonly deadline: string;
  /** When the clock acts next: reminds before the deadline, escalates at it and every week after it. */
  readonly wakesAt: string;
  readonly reminded: boolean;
  /** How often it was handed up because it was late; from the first time a manager must decide. */
  readonly escalations: number;
  readonly state: 'open' | DisputeEnding;
  readonly decidedBy: string | null;
  readonly reason: string | null;
  readonly correction: Correction | null;
  /** Absent, and of an event too: from before corrections of entries and ratings were part of a dispute. */
  readonly entry?: CorrectedEntry | null;
  readonly facts?: RightFacts | null;
  readonly closedAt: string | null;
}

/** What people and the clock do to a dispute. */
export type DisputeEvent =
  | {
      readonly kind: 'decide';
      readonly actor: string;
      readonly roles: readonly Role[];
      readonly ending: 'upheld' | 'rejected';
      readonly reason: string;
      readonly correction: Correction | null;
      readonly entry?: CorrectedEntry | null;
      readonly facts?: RightFacts | null;
    }
  | { readonly kind: 'withdraw'; readonly actor: string; readonly roles: readonly Role[]; readonly reason: string }
  | { readonly kind: 'time-passed' };

/** A law's deadline for disputes. */
export interface DisputeDeadline {
  readonly days: number;
  /** How long before it people are reminded. */
  readonly remindDaysBefore: number;
}

const DAY = 86_400_000;
const later = (at: string, days: number): string => new Date(Date.parse(at) + days * DAY).toISOString();
/** A late dispute is handed up again after so many days. */
const AGAIN_DAYS = 7;

/** A dispute put on record at an instant, with the deadline of its law. */
export function openDispute(
  given: Pick<Dispute, 'disputeId' | 'customerId' | 'about' | 'claim' | 'openedBy' | 'jurisdiction'>,
  { days, remindDaysBefore }: DisputeDeadline,
  at: string,
): Dispute {
  return {
    ...given,
    openedAt: at,
    deadline: later(at, days),
    wakesAt: later(at, Math.max(0, days - remindDaysBefore)),
    reminded: false,
    escalations: 0,
    state: 'open',
    decidedBy: null,
    reason: null,
    correction: null,
    closedAt: null,
  };
}

const MANAGERS: readonly Role[] = ['credit-manager', 'admin'];
const DECIDERS: readonly Role[] = ['credit-officer', ...MANAGERS];

/**
 * The dispute after an event. Laws: a closed one stays as it is; a credit officer decides, once it is late a credit manager; who put it on record does
 * not; every ending has a written reason; a disputed fact is upheld by saying what is right, a disputed entry by naming the version that says it; what the customer said
 * to be rated is put right with a disputed rating alone; a rejected one corrects nothing. Throws DISPUTE_CLOSED, or DISPUTE_REFUSED with every problem.
 */
export function applyDisputeEvent(now: string, before: Dispute, event: DisputeEvent): Dispute {
  if (before.state !== 'open') throw new ProbityError('DISPUTE_CLOSED', `This dispute is ${before.state} already.`);
  if (event.kind === 'time-passed') return passed(now, before);
  refuseUnlawful(before, event);
  const { actor } = event;
  const closed = { decidedBy: actor, reason: event.reason.trim(), closedAt: now } as const;
  return event.kind === 'withdraw'
    ? { ...before, ...closed, state: 'withdrawn' }
    : {
        ...before,
        ...closed,
        state: event.ending,
        correction: event.correction,
        ...(event.entry === undefined ? {} : { entry: event.entry }),
        ...(event.facts === undefined ? {} : { facts: event.facts }),
      };
}

function passed(now: string, before: Dispute): Dispute {
  if (now < before.wakesAt) return before;
  if (now < before.deadline) return { ...before, reminded: true, wakesAt: before.deadline };
  return { ...before, reminded: true, escalations: before.escalations + 1, wakesAt: later(now, AGAIN_DAYS) };
}

function refuseUnlawful(before: Dispute, event: Exclude<DisputeEvent, { kind: 'time-passed' }>): void {
  const problems: Problem[] = [];
  const report = (at: string, message: string): void => void problems.push({ at, message });
  const needed = before.escalations > 0 ? MANAGERS : DECIDERS;
  if (event.actor.trim() === '') report('actor', 'Nobody is named as the one who acts.');
  if (!event.roles.some((role) => needed.includes(role))) report('roles', `This needs one of: ${needed.join(', ')}.`);
  if (event.reason.trim() === '') report('reason', 'Give a written reason.');
  if (event.kind === 'decide') {
    if (sameActor(event.actor, before.openedBy)) report('actor', 'Who put the dispute on record may not decide it.');
    const { correction, entry, facts, ending } = event;
    for (const [at, right] of Object.entries({ correction, entry, facts }))
      if (ending === 'rejected' && right) report(at, 'A rejected dispute corrects nothing.');
    const { kind: about } = before.about;
    if (ending === 'upheld' && about === 'fact' && correction === null)
      report('correction', 'Say what is right: the row as it should be.');
    // An event without the key is from before this was asked for: its history is replayed.
    if (ending === 'upheld' && about === 'entry' && entry === null)
      report('entry', 'Say what is right: the corrected entry, the version that corrects it, or that it is removed.');
    if (entry && about !== 'entry') report('entry', 'No entry of the credit file is disputed.');
    if (facts && about !== 'rating') report('facts', 'No rating is disputed.');
  }
  if (problems.length > 0)
    throw new ProbityError('DISPUTE_REFUSED', 'This cannot be done to the dispute.', { problems });
}
