/**
 * Amounts are whole numbers of minor units, and shares are decimals as they are written: products are exact, and the one rounding at the end is named
 * (limits down, losses up). A double means its shortest decimal text, so 0.29 of 100 is 29.
 */

interface Decimal {
  readonly digits: bigint;
  /** Digits after the point. */
  readonly scale: number;
}

/** Largest amount, in minor units: whole numbers up to here are exact in a double. */
export const MOST_MINOR = Number.MAX_SAFE_INTEGER;

function decimalOf(value: number): Decimal {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** Decimals of numbers seen before: rates, caps and units of rule sets come again and again. */
const decimals = new Map<number, Decimal>();
const MOST_DECIMALS = 1000;

function knownDecimal(value: number): Decimal {
  const known = decimals.get(value);
  if (known !== undefined) return known;
  const decimal = decimalOf(value);
  if (decimals.size >= MOST_DECIMALS) decimals.clear();
  decimals.set(value, decimal);
  return decimal;
}

function product(factors: readonly number[]): Decimal {
  return factors.map(knownDecimal).reduce((a, b) => ({ digits: a.digits * b.digits, scale: a.scale + b.scale }));
}

function rounded({ digits, scale }: Decimal, step: bigint, direction: 'down' | 'up'): number {
  const unit = 10n ** BigInt(scale) * step;
  const floor = digits / unit - (digits % unit < 0n ? 1n : 0n);
  const whole = (direction === 'up' && digits % unit !== 0n ? floor + 1n : floor) * step;
  const most = BigInt(MOST_MINOR) - (BigInt(MOST_MINOR) % step);
  return Number(whole > most ? most : whole < -most ? -most : whole);
}

/** The product of finite numbers in minor units, rounded to a multiple of `step` minor units; at most `MOST_MINOR`. */
export function roundedProduct(factors: readonly number[], direction: 'down' | 'up', step = 1): number {
  return rounded(product(factors), BigInt(step), direction);
}

/** Minor units of an amount in major units, rounded so; not-finite numbers count as the largest amount. */
export function minorOf(major: number, minorDigits: number, direction: 'down' | 'up' = 'down'): number {
  if (!Number.isFinite(major)) return major > 0 ? MOST_MINOR : 0;
  return roundedProduct([major, 10 ** minorDigits], direction);
}

/** An amount written as decimal text (`12000.5`) in minor units, or null where it has more decimals than the currency, or is too large. */
export function parseAmount(text: string, minorDigits: number): number | null {
  const match = /^(\d{1,16})(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  if (fraction.replace(/0+$/, '').length > minorDigits) return null;
  const minor = BigInt(whole + fraction.padEnd(minorDigits, '0').slice(0, minorDigits));
  return minor > BigInt(MOST_MINOR) ? null : Number(minor);
}

/** The decimal text of an amount in minor units: 1200050 with 2 digits is `12000.50`. */
export function amountText(minor: number, minorDigits: number): string {
  const digits = String(Math.abs(minor)).padStart(minorDigits + 1, '0');
  const sign = minor < 0 ? '-' : '';
  if (minorDigits === 0) return sign + digits;
  return `${sign}${digits.slice(0, -minorDigits)}.${digits.slice(-minorDigits)}`;
}

/** An amount in major units, as tables read it: the double nearest to the decimal. */
export function majorOf(minor: number, minorDigits: number): number {
  return Number(amountText(minor, minorDigits));
}
