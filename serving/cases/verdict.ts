import { instant, type Clock } from '../../base/index.ts';
import { decideEvent, type AskedVerdict, type CaseEvent } from '../../rating/index.ts';
import type { Principal } from '../http/principal.ts';
import { amountInMinor } from '../http/amount.ts';
import type { OverrideDesk } from '../overrides/desk.ts';
import type { Recorder } from '../ratings/recorder.ts';
import type { CaseDesk } from './desk.ts';

/** A verdict as a request asks for it; amounts as decimal text in major units of the decision's currency. */
export interface RequestedVerdict {
  readonly verdict: AskedVerdict['verdict'];
  readonly reason: string;
  readonly reasonCodes: readonly string[];
  readonly amount: string | null;
  readonly terms: AskedVerdict['terms'];
  readonly conditions: AskedVerdict['conditions'];
  readonly expiresAt: string | null;
}

/**
 * The event by which who asks decides a case: judged by the override policy, and by authority over all that is owed, asked for and lent elsewhere by people. Throws UNKNOWN_CASE, CASE_CLOSED, CASE_REFUSED,
 * INVALID_INPUT, and what reading the rating throws.
 */
export async function judgedVerdict(
  { cases, overrides, clock }: { readonly cases: CaseDesk; readonly overrides: OverrideDesk; readonly clock: Clock },
  recorder: Pick<Recorder, 'recall'>,
  caseId: string,
  { amount, expiresAt, ...asked }: RequestedVerdict,
  { actor, roles }: Principal,
): Promise<CaseEvent> {
  const { case: opened } = await cases.find(caseId);
  const { served } = await recorder.recall(opened.ratingId);
  const { decision } = served;
  const amountMinor = amount === null ? null : amountInMinor(amount, decision.currency);
  const [others, ofCustomer] = await Promise.all([
    overrides.ofCustomerOf(opened.ratingId),
    opened.customerId === null ? [] : cases.ofCustomer(opened.customerId),
  ]);
  return decideEvent(
    clock.now(),
    { ...asked, actor, roles, amountMinor, expiresAt: expiresAt === null ? null : instant(expiresAt) },
    { case: opened, decision, others, cases: ofCustomer },
    overrides.law,
  );
}
