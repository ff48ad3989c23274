import type { Instant } from '../../base/index.ts';
import type { Dispute, DisputeEvent, RightFacts } from '../../rating/index.ts';
import type { DisputeQueuePage, StoredDispute } from '../../records/disputes/index.ts';
import type { Receipted } from '../../records/followed/index.ts';

/** A dispute as who puts it on record brings it. */
export type NewDispute = Pick<Dispute, 'customerId' | 'about' | 'claim' | 'openedBy'> & {
  readonly jurisdiction?: string;
  /** An id of the caller's: opened once, and answered as it stands from then on. */
  readonly disputeId?: string;
};

/** What is right in the place of a disputed entry, as who decides brings it: a version that corrects it already, the entry as it should be, or that it is removed. */
export type EntryCorrection =
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'body'; readonly body: unknown; readonly happenedAt: Instant | null }
  | { readonly kind: 'removed' };

/** What people do to a dispute. */
export type DisputeAct =
  | Extract<DisputeEvent, { kind: 'withdraw' }>
  | (Omit<Extract<DisputeEvent, { kind: 'decide' }>, 'entry'> & { readonly entry: EntryCorrection | null });

/** Rates a customer again, once for a dispute, with facts as they were put right; answers the rating's id, or null where the customer cannot be rated. */
export type RatesAgain = (customerId: string, disputeId: string, facts?: RightFacts | null) => Promise<string | null>;

/** Where customers' disputes wait for people. */
export interface DisputeDesk {
  /** Throws INVALID_INPUT for a jurisdiction without a deadline, IDEMPOTENCY_CONFLICT where the id is that of another dispute. */
  open(given: NewDispute): Promise<Receipted<Dispute>>;
  /** All of a customer, oldest first. */
  of(customerId: string): Promise<readonly StoredDispute[]>;
  /** Open ones of all customers, the nearest deadline first. */
  waiting(page: DisputeQueuePage): Promise<readonly Dispute[]>;
  /**
   * Acts on one; when it resolves, that is stored, and what corrects a disputed entry is in the credit file. Throws NOT_FOUND, DISPUTE_REFUSED, DISPUTE_CLOSED,
   * INVALID_INPUT where the correction is none, SUBJECT_ERASED, SERVICE_UNAVAILABLE.
   */
  act(customerId: string, disputeId: string, event: DisputeAct): Promise<Receipted<Dispute>>;
  /** How to rate again; until it is said, upheld disputes wait. */
  rateBy(ratesAgain: RatesAgain): void;
}
