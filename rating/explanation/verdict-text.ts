import { amountText, type Decision } from '../decision/index.ts';
import type { Override } from '../overrides/index.ts';
import type { Language } from '../texts.ts';

/** The conditions that a verdict set, each with what exactly was asked for, in the words of who set it. */
export function conditionTexts({ verdict }: Pick<Override, 'verdict'>, language: Language): readonly string[] {
  return (verdict?.conditions ?? []).map(({ text, note }) =>
    note === null ? text[language] : `${text[language]} ${note}`,
  );
}

/** What holds for a customer whose case was approved, sentence by sentence: the amount and until when, the conditions, and the payment terms where the verdict set them. Nothing where it declined or is an override. */
export function whatApplies(
  override: Pick<Override, 'to' | 'amountMinor' | 'expiresAt' | 'verdict'>,
  { currency }: Pick<Decision, 'currency'>,
  language: Language,
): readonly string[] {
  const { to, amountMinor, expiresAt, verdict } = override;
  if (verdict === undefined || to === 'decline' || amountMinor === null) return [];
  const amount = `${amountText(amountMinor, currency.minorDigits)} ${currency.code}`;
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
