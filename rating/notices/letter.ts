import type { CustomerNotice } from '../explanation/notice.ts';
import type { Texts } from '../texts.ts';

/** A notice as a letter or an e-mail. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
}

const SUBJECT: Texts = { en: 'Our decision on your credit', 'zh-CN': '关于您信用申请的决定' };
const HEADS = {
  reasons: { en: 'Reasons', 'zh-CN': '主要原因' },
  conditions: { en: 'What applies', 'zh-CN': '适用条件' },
  advice: { en: 'What you can do', 'zh-CN': '您可以采取的措施' },
  rights: { en: 'Your rights', 'zh-CN': '您的权利' },
} as const;

/** A notice as plain text in its language. `reference` is what a reply names. */
export function noticeLetter(
  { language, opening, expired, reasons, boundary, conditions = [], advice, rights }: CustomerNotice,
  reference: string,
): Letter {
  const listed = (head: keyof typeof HEADS, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [HEADS[head][language], ...lines.map((line) => `- ${line}`), ''];
  const text = [
    opening,
    '',
    ...(expired === undefined ? [] : [expired, '']),
    ...listed('reasons', reasons),
    boundary,
    '',
    ...listed('conditions', conditions),
    ...listed('advice', advice),
    ...listed('rights', rights),
    language === 'en' ? `Reference: ${reference}` : `参考编号：${reference}`,
    '',
  ];
  return { subject: SUBJECT[language], text: text.join('\n') };
}
