import { normalCdf, normalQuantile } from './normal.ts';

/** What a two-sided test at 5 % could have found on a sample, told from the standard error of its estimate. */
export interface Sensitivity {
  /** Smallest true difference that it finds with probability 0.8. */
  readonly minimumDetectable: number;
  /** A difference that matters, and the probability of finding it. */
  readonly material: number;
  readonly power: number;
}

/** Power and minimum detectable difference of a two-sided normal test at 5 % (Cohen 1988, 2.2); null where the estimate has no spread to tell them from. */
export function sensitivity(standardError: number, material: number): Sensitivity | null {
  if (!(standardError > 0)) return null;
  const z = normalQuantile(0.975);
  const minimumDetectable = (z + normalQuantile(0.8)) * standardError;
  const reach = Math.abs(material) / standardError;
  return { minimumDetectable, material, power: normalCdf(reach - z) + normalCdf(-reach - z) };
}
