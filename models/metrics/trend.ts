/**
 * Cochran-Armitage chi-squared (one degree of freedom) of a linear trend of the share of bads over parts in their order (Cochran 1954; Armitage 1955):
 * rows times the squared correlation of outcome and order. 0 where all outcomes are alike.
 */
export function trendChiSquared(parts: readonly { readonly rows: number; readonly bads: number }[]): number {
  const n = parts.reduce((sum, part) => sum + part.rows, 0);
  const p = parts.reduce((sum, part) => sum + part.bads, 0) / n;
  const mean = parts.reduce((sum, part, i) => sum + i * part.rows, 0) / n;
  const top = parts.reduce((sum, part, i) => sum + (i - mean) * (part.bads - p * part.rows), 0);
  const variance = p * (1 - p) * parts.reduce((sum, part, i) => sum + part.rows * (i - mean) ** 2, 0);
  return variance > 0 ? top ** 2 / variance : 0;
}
