import { trendChiSquared } from '../metrics/index.ts';
import type { Dataset } from './dataset.ts';
import type { DataWarning } from './flat-screen.ts';

/** Parts of the training period that are compared. */
const PARTS = 4;
/** A fall or rise by less is not told, however sure it is. */
const MATERIAL = 1.25;
/** Chi-squared of one degree of freedom that 0.1 % of drawings without a trend exceed. */
const SURE = 10.83;

/**
 * Target drift: whether the default rate of a training set rises or falls over its observation dates. Four parts of equal rows, in order of time
 * (equal dates stay together), and the Cochran-Armitage test of a trend; told where it is sure and the rates differ by a quarter or more.
 * None without dates.
 */
export function targetDrift({ rows, bad, weight, time }: Dataset): DataWarning[] {
  if (time === null || rows < 100) return [];
  const order = [...time.keys()].sort((a, b) => time[a]! - time[b]! || a - b);
  const cuts = Array.from({ length: PARTS - 1 }, (_, i) => time[order[Math.floor(((i + 1) / PARTS) * rows)]!]!);
  const parts = Array.from({ length: PARTS }, () => ({
    rows: 0,
    bads: 0,
    mass: 0,
    badMass: 0,
    from: Infinity,
    to: -Infinity,
  }));
  for (const row of order) {
    const part = parts[cuts.filter((cut) => cut <= time[row]!).length]!;
    const w = weight === null ? 1 : weight[row]!;
    part.rows++;
    part.bads += bad[row]!;
    part.mass += w;
    part.badMass += w * bad[row]!;
    part.from = Math.min(part.from, time[row]!);
    part.to = Math.max(part.to, time[row]!);
  }
  const used = parts.filter((part) => part.rows > 0 && part.mass > 0);
  const [first, last] = [used[0], used.at(-1)];
  if (!first || !last || used.length < 2) return [];
  const rates = used.map(({ badMass, mass }) => badMass / mass);
  const [highest, lowest] = [Math.max(...rates), Math.min(...rates)];
  const chi = trendChiSquared(used);
  if (chi < SURE || highest < MATERIAL * lowest) return [];
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const figures = used.map(({ from, to }, i) => `${(100 * rates[i]!).toFixed(1)} % (${day(from)} to ${day(to)})`);
  const message = `The default rate moves over time: ${figures.join(', ')}; trend chi-squared ${chi.toFixed(1)}. Out-of-fold figures mix all dates: validate on later rows. Windows that have not closed yet would look like a fall.`;
  return [{ code: 'TARGET_DRIFT', feature: null, message }];
}
