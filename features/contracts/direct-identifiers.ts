import type { Column } from './contract.ts';

/**
 * Texts that name a person outright, found anywhere in a text: an e-mail address, a telephone number in international form, a mobile number
 * of mainland China (11 digits, from 13 to 19), a resident identity number of China (GB 11643-1999: region, birth date, sequence, and a check
 * character by ISO 7064 MOD 11-2). Names have no form, so no pattern finds them.
 *
 * Written for RE2 and JavaScript alike: no look-around. What stands before and after is part of the match, which is all that is asked.
 */
const BEFORE = '(^|[^0-9A-Za-z])';
const AFTER = '([^0-9A-Za-z]|$)';
const FORMS = {
  email: '[^@\\s][@＠][^@＠\\s]+\\.[A-Za-z]{2,}',
  international: '^\\+[1-9][0-9 ()/.-]{6,20}$',
  internationalInText: `${BEFORE}\\+[1-9][0-9]{0,2}[ -]?(\\([0-9]{1,5}\\)[ -]?)?[0-9]([ -]?[0-9]){5,12}${AFTER}`,
  /** Eleven digits, with the country's code or not: a customer's number may look so, too. */
  mobile: `${BEFORE}(0086|86)?1[3-9][0-9]{9}${AFTER}`,
  /** As people write it; no number of anything else is grouped so. */
  mobileInGroups: '(^|[^0-9A-Za-z-])1[3-9][0-9][ -][0-9]{4}[ -][0-9]{4}([^0-9A-Za-z-]|$)',
  resident: '[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]',
} as const;

/** A keyed digest: at least 32 hexadecimal digits, or base64 (base64url) of 16, 20, 32 or 64 bytes. */
const DIGEST =
  '^([0-9A-Fa-f]{32,128}|[A-Za-z0-9+/_-]{22}(==)?|[A-Za-z0-9+/_-]{27}=?|[A-Za-z0-9+/_-]{43}=?|[A-Za-z0-9+/_-]{86}(==)?)$';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECKS = '10X98765432';

/** What a text is: the id of a customer, the key of something else (an order number is none of a telephone), a digest, or any other text. */
export type TextRole = 'customer' | 'key' | 'digest' | 'text';

/** What a project says of its customers' ids (`customerKeys` in probity.yaml). */
export interface CustomerKeys {
  /** Eleven digits, 13 to 19 at their start, are a number of its own and no mobile number. */
  readonly elevenDigits: boolean;
}

/** Unless a project says otherwise. */
export const USUAL_KEYS: CustomerKeys = { elevenDigits: false };

/** The role of a text column: by its name, as contracts name keys, and by the form that it asks for. */
export function textRole({ name, form }: Pick<Column, 'name' | 'form'>): TextRole {
  if (form === 'digest') return 'digest';
  if (/(^|_)party_id$/.test(name)) return 'customer';
  return name.endsWith('_id') ? 'key' : 'text';
}

const pattern = Object.fromEntries(Object.entries(FORMS).map(([name, form]) => [name, new RegExp(form)])) as {
  readonly [name in keyof typeof FORMS]: RegExp;
};
const digest = new RegExp(DIGEST);
const residentAlone = new RegExp(`^${FORMS.resident}$`);

function isResidentNumber(token: string): boolean {
  if (!residentAlone.test(token)) return false;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(token[i]), 0);
  return CHECKS[sum % 11] === token[17]?.toUpperCase();
}

/** Whether a text names a person outright, or, for a digest, is none. */
export function isDirectIdentifier(text: string, role: TextRole = 'text', keys: CustomerKeys = USUAL_KEYS): boolean {
  if (role === 'digest' && !digest.test(text)) return true;
  if (text.length < 6) return false;
  return (
    (/[@＠]/.test(text) && pattern.email.test(text)) ||
    (text.includes('+') && (pattern.international.test(text) || pattern.internationalInText.test(text))) ||
    (text.length >= 18 && (text.match(/[0-9A-Za-z]+/g) ?? []).some(isResidentNumber)) ||
    (text.length >= 11 &&
      role !== 'key' &&
      (pattern.mobileInGroups.test(text) || (!keys.elevenDigits && pattern.mobile.test(text))))
  );
}

/** The same in DuckDB. A CASE asks for the dear part of those rows only that the cheap one leaves; AND would work both out for all. */
export function directIdentifierSql(value: string, role: TextRole = 'text', keys: CustomerKeys = USUAL_KEYS): string {
  const matches = (form: string): string => `regexp_matches(${value}, '${form}')`;
  const sum = WEIGHTS.map((weight, i) => `${weight} * (ascii(t[${i + 1}]) - 48)`).join(' + ');
  const checked = `regexp_full_match(t, '${FORMS.resident}') AND substr('${CHECKS}', 1 + (${sum}) % 11, 1) = upper(t[18])`;
  const found = [
    [`contains(${value}, '@') OR contains(${value}, '＠')`, matches(FORMS.email)],
    [`contains(${value}, '+')`, `${matches(FORMS.international)} OR ${matches(FORMS.internationalInText)}`],
    [
      `CASE WHEN length(${value}) >= 18 THEN ${matches(BEFORE + FORMS.resident + AFTER)} END`,
      `len(list_filter(regexp_extract_all(${value}, '[0-9A-Za-z]+'), lambda t: ${checked})) > 0`,
    ],
  ];
  if (role !== 'key')
    found.push([
      `length(${value}) >= 11`,
      [matches(FORMS.mobileInGroups), ...(keys.elevenDigits ? [] : [matches(FORMS.mobile)])].join(' OR '),
    ]);
  const all = found.map(([cheap, dear]) => `CASE WHEN ${cheap} THEN ${dear} ELSE false END`);
  if (role === 'digest') all.push(`NOT ${matches(DIGEST)}`);
  return `(${all.join('\n    OR ')})`;
}
