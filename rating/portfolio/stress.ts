import { normalCdf, normalQuantile } from '../../models/metrics/index.ts';

/**
 * PD in a year whose systematic factor is at a quantile, for a PD through the cycle: Φ((Φ⁻¹(PD) + √ρ · Φ⁻¹(q)) / √(1 − ρ)) (Vasicek 2002; the conditional PD of Basel's
 * internal ratings, CRE 31.5). It grows with PD and with the quantile; at 0 and 1 it is PD itself.
 */
export function stressedPd(
  pd: number,
  { quantile, correlation }: { readonly quantile: number; readonly correlation: number },
): number {
  if (!(pd > 0)) return 0;
  if (!(pd < 1)) return 1;
  const distance = normalQuantile(pd) + Math.sqrt(correlation) * normalQuantile(quantile);
  return normalCdf(distance / Math.sqrt(1 - correlation));
}
