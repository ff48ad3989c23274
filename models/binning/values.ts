import type { Language } from '../../base/index.ts';
import type { FeatureTerm } from '../artefact/glass-box.ts';

/** One kind of value of a feature: no value, a special code, numbers from (inclusive) to below, a category, or a category never seen or too rare. */
export type ValuePart =
  | { readonly kind: 'missing' }
  | { readonly kind: 'code'; readonly value: number | string }
  | { readonly kind: 'range'; readonly from: number | null; readonly below: number | null }
  | { readonly kind: 'level'; readonly value: string }
  | { readonly kind: 'other' };

/** The values of some bins of a term, neighbouring ranges joined. */
export function partsOfBins({ encoding }: FeatureTerm, bins: readonly number[]): ValuePart[] {
  const first = 1 + encoding.codes.length;
  const parts: ValuePart[] = [];
  for (const bin of bins.toSorted((a, b) => a - b)) {
    const code = encoding.codes[bin - 1];
    if (bin === 0) parts.push({ kind: 'missing' });
    else if (code !== undefined) parts.push({ kind: 'code', value: code });
    else if (encoding.kind === 'category') {
      const level = encoding.levels[bin - first];
      parts.push(level === undefined ? { kind: 'other' } : { kind: 'level', value: level });
    } else {
      const from = encoding.edges[bin - first - 1] ?? null;
      const below = encoding.edges[bin - first] ?? null;
      const last = parts.at(-1);
      if (last?.kind === 'range' && last.below === from) parts[parts.length - 1] = { ...last, below };
      else parts.push({ kind: 'range', from, below });
    }
  }
  return parts;
}

const WORDS = {
  missing: { en: 'missing', 'zh-CN': '缺失' },
  other: { en: 'other', 'zh-CN': '其他' },
  all: { en: 'any number', 'zh-CN': '任意数值' },
  separator: { en: ', ', 'zh-CN': '、' },
} as const;

/** Values in few words; numbers in full, so that a printed bound is the bound; dates (days since 1970) as ISO dates. */
export function valuesText(parts: readonly ValuePart[], isDate: boolean, language: Language): string {
  return parts.map((part) => partText(part, isDate, language)).join(WORDS.separator[language]);
}

function partText(part: ValuePart, isDate: boolean, language: Language): string {
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
export function dayText(days: number): string {
  const date = new Date(days * 86_400_000);
  if (Number.isNaN(date.getTime())) return String(days);
  return Number.isInteger(days) ? date.toISOString().slice(0, 10) : date.toISOString();
}
