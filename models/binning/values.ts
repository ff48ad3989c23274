/** One kind of value of a feature: no value, a special code, numbers from (inclusive) to below, a category, or a category never seen or too rare. */
export type ValuePart =
  | { readonly kind: 'missing' }
  | { readonly kind: 'code'; readonly value: number | string }
  | { readonly kind: 'range'; readonly from: number | null; readonly below: number | null }
  | { readonly kind: 'level'; readonly value: string }
  | { readonly kind: 'other' };

const WORDS = {
  missing: { en: 'missing', 'zh-CN': '缺失' },
  other: { en: 'other', 'zh-CN': '其他' },
  all: { en: 'any number', 'zh-CN': '任意数值' },
  separator: { en: ', ', 'zh-CN': '、' },
} as const;

/** Values in few words; numbers in full, so that a printed bound is the bound; dates (days since 1970) as ISO dates. */
export function valuesText(parts: readonly ValuePart[], isDate: boolean, language: 'en' | 'zh-CN'): string {
  return parts.map((part) => partText(part, isDate, language)).join(WORDS.separator[language]);
}

function partText(part: ValuePart, isDate: boolean, language: 'en' | 'zh-CN'): string {
  const text = (value: number | string): string =>
    isDate && typeof value === 'number' ? dayText(value) : String(value);
  if (part.kind === 'missing' || part.kind === 'other') return WORDS[part.kind][language];
  if (part.kind === 'level') return `"${part.value}"`;
  if (part.kind === 'code') return `= ${text(part.value)}`;
  const { from, below } = part;
  if (from === null) return below === null ? WORDS.all[language] : `< ${text(below)}`;
  return below === null ? `≥ ${text(from)}` : `${text(from)} – < ${text(below)}`;
}

/** Days since 1970 as a date, with the time of day where there is one. */
function dayText(days: number): string {
  const date = new Date(days * 86_400_000);
  if (Number.isNaN(date.getTime())) return String(days);
  return Number.isInteger(days) ? date.toISOString().slice(0, 10) : date.toISOString();
}
