import type { Against, Line, PortfolioResult } from './measure.ts';
import type { Interval } from './pooled.ts';
import { labelOf, REFERENCE } from './systems.ts';

const figure = (value: number, digits = 4): string => value.toFixed(digits);
const signed = (value: number, digits = 4): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
const ends = ({ low, high }: { readonly low: number; readonly high: number }, digits: number): string =>
  `${low.toFixed(digits)} to ${high.toFixed(digits)}`;
const apart = (of: Interval, digits = 4): string =>
  `${signed(of.value, digits)} (${signed(of.low, digits)} to ${signed(of.high, digits)})`;

/** A Markdown table. */
export function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Measures of every system on every portfolio, and their means. */
function measures(results: readonly PortfolioResult[]): string {
  const header = [
    'portfolio (folds)',
    'system',
    'AUC (95 %)',
    'log-loss',
    'calibration slope',
    'intercept',
    'profit, % of exposure',
  ];
  const rows = results.flatMap(({ portfolio, folds, lines }) =>
    lines.map(({ system, auc, logLoss, calibration, profit }: Line) => [
      portfolio === 'mean' ? 'mean' : `${portfolio} (${folds.length})`,
      labelOf(system),
      `${figure(auc.value)} (${ends(auc, 4)})`,
      figure(logLoss),
      calibration ? `${figure(calibration.slope.value, 3)} (${ends(calibration.slope, 3)})` : '',
      calibration ? `${figure(calibration.intercept.value, 3)} (${ends(calibration.intercept, 3)})` : '',
      figure(100 * profit, 3),
    ]),
  );
  return markdown(header, rows);
}

/** Our systems, each against LightGBM and against the peer of the highest AUC. */
function comparisons(results: readonly PortfolioResult[], ours: readonly string[]): string {
  const header = [
    'portfolio',
    'system',
    'against',
    'AUC difference (95 %)',
    'verdict',
    'log-loss',
    'profit, % of exposure',
  ];
  const rows = results.flatMap(({ portfolio, bestPeer, lines }) =>
    lines
      .filter(({ system }) => ours.includes(system))
      .flatMap(({ system, against }) =>
        [...new Set([REFERENCE, bestPeer])].flatMap((name) => {
          const pair = against.find(({ other }) => other === name);
          return pair ? [row(portfolio, system, pair, name === bestPeer)] : [];
        }),
      ),
  );
  return markdown(header, rows);
}

function row(portfolio: string, system: string, pair: Against, best: boolean): string[] {
  const profit = {
    ...pair.profit,
    value: 100 * pair.profit.value,
    low: 100 * pair.profit.low,
    high: 100 * pair.profit.high,
  };
  return [
    portfolio,
    labelOf(system),
    `${labelOf(pair.other)}${best ? ' (best peer)' : ''}`,
    apart(pair.auc),
    pair.verdict,
    apart(pair.logLoss),
    apart(profit, 3),
  ];
}

/** The report as Markdown: measures, paired comparisons, and what was left out. */
export function reportText(results: readonly PortfolioResult[], ours: readonly string[], basis: string): string {
  const leftOut = results.flatMap((result) => result.leftOut);
  return [
    measures(results),
    '',
    comparisons(results, ours),
    '',
    `Differences are paired, on the same rows; below 0 is better for log-loss. ${basis[0]?.toUpperCase()}${basis.slice(1)}.`,
    ...(leftOut.length > 0 ? ['', `Left out, as all lines are of the same rows: ${leftOut.join(', ')}.`] : []),
    '',
  ].join('\n');
}
