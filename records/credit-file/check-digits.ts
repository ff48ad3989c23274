/** Characters of a unified social credit code, in order of their values (GB 32100-2015): no I, O, S, V, Z. */
const CREDIT_CODE_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const RESIDENT_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

/** The check character of the first 17 characters of a unified social credit code: 31 - Σ value · 3^i mod 31 (GB 32100-2015); null: not 17 of its characters. */
export function creditCodeCheck(first17: string): string | null {
  if (first17.length !== 17) return null;
  let sum = 0;
  let weight = 1;
  for (const character of first17) {
    const value = CREDIT_CODE_ALPHABET.indexOf(character);
    if (value < 0) return null;
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return CREDIT_CODE_ALPHABET[(31 - (sum % 31)) % 31] ?? null;
}

/** Whether a text is a unified social credit code (统一社会信用代码) whose check character is right. */
export function isCreditCode(text: string): boolean {
  return text.length === 18 && creditCodeCheck(text.slice(0, 17)) === text[17];
}

/** The check character of the first 17 digits of a resident identity number (GB 11643-1999, ISO 7064 MOD 11-2); null: not 17 digits. */
export function residentNumberCheck(first17: string): string | null {
  if (!/^\d{17}$/.test(first17)) return null;
  const sum = RESIDENT_WEIGHTS.reduce((total, weight, i) => total + weight * Number(first17[i]), 0);
  return '10X98765432'[sum % 11] ?? null;
}

/** Whether a text is a resident identity number (居民身份证号码): its birth date exists and its check character is right. */
export function isResidentNumber(text: string): boolean {
  if (text.length !== 18 || residentNumberCheck(text.slice(0, 17)) !== text[17]) return false;
  const born = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
  const at = Date.parse(`${born}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(born);
}
