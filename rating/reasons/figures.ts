import type { FeatureTerm } from '../../models/artefact/index.ts';
import type { Language } from '../texts.ts';

/** Which way a figure is rounded: a bound in words never promises more than the bound itself. */
export type Rounding = 'nearest' | 'up' | 'down';

/** How a feature's numbers are told to people. */
export type Display = FeatureTerm['display'];

/**
 * A number in words. Whole numbers and decimals keep at least four significant digits, money its cents below 100 and whole units from
 * there, a share becomes a percentage; thousands are grouped by commas, as both languages do.
 */
export function figure(value: number, display: Display, rounding: Rounding, language: Language): string {
  if (display === 'yes-no' && (value === 0 || value === 1)) return yesOrNo(value === 1, language);
  if (display === 'percent') {
    const percent = value * 100;
    return `${decimal(percent, Math.abs(percent) >= 1 ? 1 : decimalsFor(percent, 2), rounding)}%`;
  }
  if (display === 'money') return decimal(value, Math.abs(value) < 100 ? 2 : 0, rounding);
  if (display === 'whole' && Number.isInteger(value)) return grouped(String(value));
  return decimal(value, Math.abs(value) >= 1000 ? 0 : decimalsFor(value, 4), rounding);
}

/** A value of a feature in words: a day, or a figure. */
export function spokenFigure(
  value: number,
  { type, display }: Pick<FeatureTerm, 'type' | 'display'>,
  language: Language,
): string {
  return type === 'date' ? day(value) : figure(value, display, 'nearest', language);
}

/** The day of a date feature: days since 1970. */
export function day(days: number): string {
  const date = new Date(Math.floor(days) * 86_400_000);
  return Number.isNaN(date.getTime()) ? String(days) : date.toISOString().slice(0, 10);
}

/** Yes or no. */
function yesOrNo(value: boolean, language: Language): string {
  if (language === 'en') return value ? 'yes' : 'no';
  return value ? '是' : '否';
}

/** Decimals that leave so many significant digits. */
function decimalsFor(value: number, significant: number): number {
  return value === 0 ? 0 : significant - 1 - Math.floor(Math.log10(Math.abs(value)));
}

function decimal(value: number, decimals: number, rounding: Rounding): string {
  if (!Number.isFinite(value) || decimals > 12) return grouped(String(value));
  const places = Math.max(0, decimals);
  const unit = 10 ** -places;
  // Off by less than this is the representation's error, not the value's.
  const slack = Math.abs(value) * 1e-12;
  const shown = Number(value.toFixed(places));
  const move =
    rounding === 'up' && shown < value - slack ? unit : rounding === 'down' && shown > value + slack ? -unit : 0;
  return grouped(String((move === 0 ? shown : Number((shown + move).toFixed(places))) + 0));
}

function grouped(text: string): string {
  if (text.length < 4 || text.indexOf('.') === 1) return text;
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  if (!/^-?\d{4,}$/.test(whole)) return text;
  const first = whole.startsWith('-') ? 1 : 0;
  let parts = text.slice(whole.length);
  let end = whole.length;
  for (; end - 3 > first; end -= 3) parts = `,${whole.slice(end - 3, end)}${parts}`;
  return whole.slice(0, end) + parts;
}
