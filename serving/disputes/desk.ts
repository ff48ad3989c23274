import type { Dispute, DisputeEvent } from '../../rating/index.ts';
import type { DisputeQueuePage, StoredDispute } from '../../records/disputes/index.ts';
import type { Receipted } from '../../records/followed/index.ts';

/** A dispute as who puts it on record brings it. */
export type NewDispute = Pick<Dispute, 'customerId' | 'about' | 'claim' | 'openedBy'> & {
  readonly jurisdiction?: string;
  /** An id of the caller's: opened once, and answered as it stands from then on. */
  readonly disputeId?: string;
};

/** Rates a customer again, once for a dispute; answers the rating's id, or null where the customer cannot be rated. */
export type RatesAgain = (customerId: string, disputeId: string) => Promise<string | null>;

/** Where customers' disputes wait for people. */
export interface DisputeDesk {
  /** Throws INVALID_INPUT for a jurisdiction without a deadline, IDEMPOTENCY_CONFLICT where the id is that of another dispute. */
  open(given: NewDispute): Promise<Receipted<Dispute>>;
  /** All of a customer, oldest first. */
  of(customerId: string): Promise<readonly StoredDispute[]>;
  /** Open ones of all customers, the nearest deadline first. */
  waiting(page: DisputeQueuePage): Promise<readonly Dispute[]>;
  /** Acts on one; when it resolves, that is stored. Throws NOT_FOUND, DISPUTE_REFUSED, DISPUTE_CLOSED, SERVICE_UNAVAILABLE. */
  act(
    customerId: string,
    disputeId: string,
    event: Exclude<DisputeEvent, { kind: 'time-passed' }>,
  ): Promise<Receipted<Dispute>>;
  /** How to rate again; until it is said, upheld disputes wait. */
  rateBy(ratesAgain: RatesAgain): void;
}
