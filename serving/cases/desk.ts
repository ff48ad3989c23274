import type { Instant } from '../../base/index.ts';
import type { CaseEvent, DecisionTimes, NewCase, ReferralCase } from '../../rating/index.ts';
import type { CasePage, StoredCase, StoredCaseEvent } from '../../records/cases/index.ts';
import type { Receipted } from '../../records/followed/index.ts';

/** Where referred ratings wait for people. */
export interface CaseDesk {
  /** Opens the case of a rating that was recorded at an instant. Returns at once; the case is stored soon, whatever fails meanwhile. */
  refer(opened: NewCase, at: Instant): void;
  /** Cases in the order of their opening. */
  page(options: CasePage): Promise<readonly StoredCase[]>;
  /** Throws UNKNOWN_CASE. */
  find(caseId: string): Promise<StoredCase & { readonly events: readonly StoredCaseEvent[] }>;
  /** Acts on a case; when it resolves, that is stored, and a verdict is in force. What a verdict puts in force was judged before (`decideEvent`). Throws UNKNOWN_CASE, CASE_REFUSED, CASE_CLOSED, SERVICE_UNAVAILABLE. */
  act(caseId: string, event: CaseEvent): Promise<Receipted<ReferralCase>>;
  /** The cases of a customer, in the order of their opening. */
  ofCustomer(customerId: string): Promise<readonly ReferralCase[]>;
  /** How the ratings recorded within [from, until) were decided. */
  times(from: Instant, until: Instant): Promise<DecisionTimes>;
}
