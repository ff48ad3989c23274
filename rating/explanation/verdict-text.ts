import { amountText, causeTexts, type Decision } from '../decision/index.ts';
import { grantedUnder, isCapped, lendsLess, limitUnder, type Override } from '../overrides/index.ts';
import type { Language } from '../texts.ts';

/** The conditions that a verdict set, each with what exactly was asked for, in the words of who set it. */
export function conditionTexts({ verdict }: Pick<Override, 'verdict'>, language: Language): readonly string[] {
  return (verdict?.conditions ?? []).map(({ text, note }) =>
    note === null ? text[language] : `${text[language]} ${note}`,
  );
}

type Limited = Pick<Decision, 'currency' | 'limit' | 'request'>;

/** What the limit that a review lowered leaves; null: the limit that stands is another's. */
function limitText(override: Override, { currency, limit, request }: Limited, language: Language): string | null {
  if (!isCapped(override, limit)) return null;
  const money = (minor: number): string => `${amountText(minor, currency.minorDigits)} ${currency.code}`;
  if (lendsLess(override, { request, limit })) {
    const granted = grantedUnder(override, { request, limit }) ?? 0;
    return (granted === 0 ? causeTexts.LIMIT_NOTHING(null) : causeTexts.LIMIT_PARTLY(money(granted)))[language];
  }
  const total = money(limitUnder(override, limit)?.totalMinor ?? limit.totalMinor);
  return language === 'en' ? `The limit in total is ${total}.` : `授信总额度为${total}。`;
}

/** The conditions of the decision that was made: a verdict's, else those that rules ask for; and what a limit leaves that a review lowered, in the place of what theirs would. */
export function conditionsMade(
  { decision, override }: { readonly decision: Decision; readonly override?: Override | null },
  language: Language,
): readonly string[] {
  const left = override ? limitText(override, decision, language) : null;
  const own = override?.verdict
    ? conditionTexts(override, language)
    : decision.causes
        .filter(({ outcome, source }) => outcome === 'condition' && (left === null || source !== 'limit'))
        .map(({ text }) => text[language]);
  return left === null ? own : [...own, left];
}

/**
 * What holds for a customer for whom a person decided, sentence by sentence. Of an approved case: the amount and until when, the conditions, and the payment terms where the verdict set them. Where a review lowered the limit:
 * what that leaves. Nothing where it declined or is an override.
 */
export function whatApplies(override: Override, decision: Limited, language: Language): readonly string[] {
  const { to, amountMinor, expiresAt, verdict } = override;
  const { currency, limit } = decision;
  const left = limitText(override, decision, language);
  if (verdict === undefined || to === 'decline' || amountMinor === null) return left === null ? [] : [left];
  const most = left === null ? amountMinor : Math.min(amountMinor, limitUnder(override, limit)?.availableMinor ?? 0);
  const amount = `${amountText(most, currency.minorDigits)} ${currency.code}`;
  const day = expiresAt.slice(0, 10);
  const isEnglish = language === 'en';
  return [
    isEnglish ? `Up to ${amount} may be drawn, until ${day}.` : `可使用额度不超过${amount}，有效期至${day}。`,
    ...conditionTexts(override, language),
    ...(verdict.terms === null ? [] : [termsText(verdict.terms, isEnglish)]),
  ];
}

function termsText(
  { days, prepayment, guaranteeNeeded }: NonNullable<NonNullable<Override['verdict']>['terms']>,
  isEnglish: boolean,
): string {
  const share = `${Number((prepayment * 100).toPrecision(6))} %`;
  const parts = isEnglish
    ? [
        `Payment is due within ${days} days`,
        ...(prepayment > 0 ? [`${share} is paid in advance`] : []),
        ...(guaranteeNeeded ? ['a guarantee is needed'] : []),
      ]
    : [
        `账期为${days}天`,
        ...(prepayment > 0 ? [`预付款比例为${share.replace(' ', '')}`] : []),
        ...(guaranteeNeeded ? ['须提供担保'] : []),
      ];
  return isEnglish ? `${parts.join('; ')}.` : `${parts.join('；')}。`;
}
