import { normalCdf, normalQuantile } from './normal.ts';

export interface MeanInterval {
  readonly mean: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, against a mean of 0. */
  readonly pValue: number;
}

/**
 * Weighted mean with its linearised (delta-method) interval, clustered by customer where `cluster` is given (Liang and Zeger 1986):
 * a least squares fit of a constant with cluster-robust errors.
 */
export function clusteredMean(
  values: ArrayLike<number>,
  weight: ArrayLike<number> | null = null,
  cluster: ArrayLike<number> | null = null,
  level = 0.95,
): MeanInterval {
  let mass = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const w = weight?.[i] ?? 1;
    mass += w;
    sum += w * values[i]!;
  }
  const mean = sum / mass;
  const sums = new Map<number, number>();
  for (let i = 0; i < values.length; i++) {
    const part = ((weight?.[i] ?? 1) * (values[i]! - mean)) / mass;
    const customer = cluster?.[i] ?? i;
    sums.set(customer, (sums.get(customer) ?? 0) + part);
  }
  let variance = 0;
  for (const part of sums.values()) variance += part * part;
  if (sums.size > 1) variance *= sums.size / (sums.size - 1);
  const standardError = Math.sqrt(variance);
  const reach = normalQuantile(0.5 + level / 2) * standardError;
  const pValue = standardError > 0 ? 2 * normalCdf(-Math.abs(mean / standardError)) : 1;
  return { mean, standardError, low: mean - reach, high: mean + reach, pValue };
}
