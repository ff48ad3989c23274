import { ProbityError, type Creditor } from '../../base/index.ts';
import type { CustomerNotice, Language, NoticeJurisdiction } from '../../rating/index.ts';

const SENDER: { readonly [language in Language]: string } = {
  en: 'Creditor: {name}, {address}.',
  'zh-CN': '授信机构：{name}，{address}。',
};
/** 12 CFR 1002.9(b)(1), after the notice of the Equal Credit Opportunity Act. */
const AGENCY: { readonly [language in Language]: string } = {
  en: 'The federal agency that administers compliance with this law concerning this creditor is {name}, {address}.',
  'zh-CN': '负责监督本授信机构遵守该法的联邦机构为：{name}，{address}。',
};

/**
 * Refuses what a law's notice cannot do without: Regulation B has the creditor named with an address (12 CFR 1002.9(a)(2)), and the federal agency, too (1002.9(b)(1)).
 * Throws INVALID_INPUT at `at`, with every setting that is missing.
 */
export function checkCreditor(
  jurisdiction: NoticeJurisdiction | undefined,
  creditor: Creditor | null,
  at: 'jurisdiction' | 'notice',
): void {
  if (jurisdiction !== 'US' || (creditor !== null && creditor.agency !== null)) return;
  const missing = creditor === null ? '`creditor` (name, address, agency)' : '`creditor.agency` (name, address)';
  throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
    problems: [
      {
        at,
        message: `Regulation B (12 CFR 1002.9) has a notice name the creditor and the federal agency, and probity.yaml has no ${missing}.`,
        fix: 'Set it in probity.yaml and start the server anew, or ask for the notice of another law.',
      },
    ],
  });
}

/** The notice in the creditor's name: who and where first, and under US law the agency after the notice of the act. Without a creditor, as it was. */
export function noticeOf(notice: CustomerNotice, creditor: Creditor | null): CustomerNotice {
  if (creditor === null) return notice;
  const { language, jurisdiction, rights } = notice;
  const told = (text: string, { name, address }: { readonly name: string; readonly address: string }): string =>
    text.replace('{name}', () => name).replace('{address}', () => address);
  const { agency } = creditor;
  const [act = '', ...others] = rights;
  const under =
    jurisdiction === 'US' && agency !== null ? [`${act} ${told(AGENCY[language], agency)}`, ...others] : rights;
  return { ...notice, rights: [told(SENDER[language], creditor), ...under] };
}
