import type { Texts } from '../texts.ts';

/** A reason by its code in the override policy, as it is told. */
export interface VerdictReason {
  readonly code: string;
  readonly text: Texts;
  /** The reasons that model and rules gave for the referral are the person's: they are told in the place of this text. */
  readonly asRated?: true;
}

/** A condition by its code in the override policy, as it is told; `note`: what exactly, in the words of who set it. */
export interface VerdictCondition {
  readonly code: string;
  readonly text: Texts;
  readonly note: string | null;
}

/** Payment terms that a person sets. */
export interface VerdictTerms {
  readonly days: number;
  /** Share to be paid in advance, 0 to 1. */
  readonly prepayment: number;
  readonly guaranteeNeeded: boolean;
}

/** What a verdict puts in the place of the referral. Amounts in minor units of the decision's currency, exposures in major ones. */
export interface CaseOutcome {
  /** What may be drawn; null where it declines. */
  readonly amountMinor: number | null;
  /** The limit in total: what is owed already and the amount; 0 where it declines. */
  readonly limitMinor: number;
  readonly currency: { readonly code: string; readonly minorDigits: number };
  /** Null: those of the rating. */
  readonly terms: VerdictTerms | null;
  readonly conditions: readonly VerdictCondition[];
  /** The principal reasons, one to four. */
  readonly reasons: readonly VerdictReason[];
  readonly expiresAt: string;
  /** What is asked for and owed, or with an approval, what is lent and owed. */
  readonly exposure: number;
  /** The same with what else the customer was lent by people or waits for: what authority and four eyes go by. */
  readonly together: number;
  /** Names and versions of the data that allowed it. */
  readonly under: { readonly policy: string; readonly authority: string };
}

/** Whether two people put the same in force; reasons, and what else waited by then, may differ. */
export function sameOutcome(first: CaseOutcome | undefined, second: CaseOutcome | undefined): boolean {
  if (first === undefined || second === undefined) return first === second;
  const { amountMinor, limitMinor, terms, expiresAt } = first;
  const conditions = ({ conditions: set }: CaseOutcome): string =>
    JSON.stringify(set.map(({ code, note }) => `${code} ${note ?? ''}`).sort());
  return (
    amountMinor === second.amountMinor &&
    limitMinor === second.limitMinor &&
    terms?.days === second.terms?.days &&
    terms?.prepayment === second.terms?.prepayment &&
    terms?.guaranteeNeeded === second.terms?.guaranteeNeeded &&
    expiresAt === second.expiresAt &&
    conditions(first) === conditions(second)
  );
}
