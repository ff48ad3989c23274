import { DIGITS, type Unit } from './kinds.ts';

const DAY = 86_400_000;
const MOST_DAYS = 100_000_000;

/** Days since 1970 as an ISO date (years beyond 9999 with sign and six digits), or null beyond the years of JavaScript's calendar. */
export function dateText(days: number): string | null {
  return Math.abs(days) > MOST_DAYS ? null : (new Date(days * DAY).toISOString().split('T')[0] as string);
}

/** The days of an ISO date, or null where it is none. */
export function daysOf(text: string): number | null {
  const time = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(time) && dateText(time / DAY) === text ? time / DAY : null;
}

/** An instant as ISO text with all digits of its unit, with a Z where it has a zone, or null beyond JavaScript's calendar. */
export function timestampText(value: bigint, unit: Unit, utc: boolean): string | null {
  const perSecond = 10n ** BigInt(DIGITS[unit]);
  const fraction = ((value % perSecond) + perSecond) % perSecond;
  const seconds = Number((value - fraction) / perSecond);
  if (Math.abs(seconds) > (MOST_DAYS * DAY) / 1000) return null;
  const whole = new Date(seconds * 1000).toISOString().replace(/\.000Z$/, '');
  const digits = DIGITS[unit] === 0 ? '' : `.${String(fraction).padStart(DIGITS[unit], '0')}`;
  return `${whole}${digits}${utc ? 'Z' : ''}`;
}

/** The instant of a text that `timestampText` writes for this unit, or null. */
export function timestampOf(text: string, unit: Unit, utc: boolean): bigint | null {
  const [, whole, digits = ''] = /^([+-]?\d+-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$/.exec(text) ?? [];
  const seconds = whole === undefined ? Number.NaN : Date.parse(`${whole}.000Z`) / 1000;
  if (Number.isNaN(seconds) || digits.length !== DIGITS[unit]) return null;
  const value = BigInt(seconds) * 10n ** BigInt(DIGITS[unit]) + BigInt(digits || 0);
  return timestampText(value, unit, utc) === text ? value : null;
}

/** A decimal with all digits of its scale. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** A decimal of this scale and at most `precision` digits, without its point, from a text or the shortest text of a number; else null. */
export function unscaledOf(value: string | number, precision: number, scale: number): bigint | null {
  const [, sign, whole, part = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(value)) ?? [];
  if (whole === undefined) return null;
  const digits = BigInt(whole + part);
  const shift = Number(power) - part.length + scale;
  if (digits !== 0n && shift > precision) return null;
  const factor = 10n ** BigInt(Math.min(Math.abs(shift), 400));
  const unscaled = shift >= 0 ? digits * factor : digits / factor;
  if (shift < 0 && unscaled * factor !== digits) return null;
  if (String(unscaled).length > precision) return null;
  return sign === '-' ? -unscaled : unscaled;
}
