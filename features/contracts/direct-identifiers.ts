/**
 * Texts that name a person outright: an e-mail address, a telephone number in international form, a resident identity number of China
 * (GB 11643: region, birth date, sequence, check character). Such a text is no pseudonymous key, and no raw table takes it.
 */
const FORMS = {
  email: '^[^@\\s]+@[^@\\s]+\\.[A-Za-z]{2,}$',
  phone: '^\\+[1-9][0-9 ()/.-]{6,20}$',
  resident: '^[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]$',
} as const;

const PATTERNS = Object.values(FORMS).map((form) => new RegExp(form));

/** Whether a text is a direct identifier. */
export function isDirectIdentifier(text: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(text));
}

/** The same in DuckDB; what is cheap to see is looked at first. */
export function directIdentifierSql(value: string): string {
  return `((contains(${value}, '@') AND regexp_matches(${value}, '${FORMS.email}'))
    OR (starts_with(${value}, '+') AND regexp_matches(${value}, '${FORMS.phone}'))
    OR (length(${value}) = 18 AND regexp_matches(${value}, '${FORMS.resident}')))`;
}
