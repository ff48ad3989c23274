import {
  auc,
  breakEvenPd,
  calibrationLine,
  clusteredMean,
  DEFAULT_PROFIT,
  pairedProfit,
  profitAtCutoff,
  type Estimate,
} from '../../models/metrics/index.ts';
import { readTestRows, type TestRows } from './fit-own.ts';
import type { Fold } from './folds.ts';
import {
  interval,
  mean,
  meanOf,
  numberRows,
  pooledAuc,
  rank,
  verdictOf,
  type Interval,
  type Verdict,
} from './pooled.ts';
import { readNote, readPredictions } from './stored.ts';
import { REFERENCE } from './systems.ts';

/** A system on a portfolio: means over the folds that all systems were measured on. */
export interface Line {
  readonly system: string;
  readonly auc: Interval;
  readonly logLoss: number;
  /** Of all rows of the folds together, clustered by row; null in the mean over portfolios. */
  readonly calibration: { readonly slope: Estimate; readonly intercept: Estimate } | null;
  /** Profit per application as a share of its exposure, by `DEFAULT_PROFIT`, accepting below the break-even PD. */
  readonly profit: number;
  readonly accepted: number;
  readonly against: readonly Against[];
}

/** A system against another on the same rows, paired. */
export interface Against {
  readonly other: string;
  readonly auc: Interval;
  readonly verdict: Verdict;
  /** Log-loss of the system minus the other's: below 0 is better. */
  readonly logLoss: Interval;
  readonly profit: Interval;
}

export interface PortfolioResult {
  readonly portfolio: string;
  /** Splits and folds measured, as `taiwan:0`. */
  readonly folds: readonly string[];
  readonly rows: number;
  readonly bestPeer: string;
  readonly lines: readonly Line[];
  /** Systems without usable predictions here, and folds that one of the others lacks, and why. */
  readonly leftOut: readonly string[];
}

export const PROFIT_BASIS = `profit: gain ${DEFAULT_PROFIT.gain}, LGD ${DEFAULT_PROFIT.lossGivenDefault}, accept below ${breakEvenPd(DEFAULT_PROFIT).toFixed(4)}`;

/** Log-loss of a row; PDs are cut to [1e-6, 1 - 1e-6], as train_peers.py does. */
function lossOf(pd: number, bad: number): number {
  const p = Math.min(1 - 1e-6, Math.max(1e-6, pd));
  return bad === 1 ? -Math.log(p) : -Math.log1p(-p);
}

/** The predictions of a system on the decided rows; a text says why they cannot be used. */
function predictionsOf(fold: Fold, system: string, rows: TestRows, key: string | null): Float64Array | string {
  const all = readPredictions(fold, system);
  const note = readNote(fold, system);
  if (all === null) return note?.error ?? 'not fitted yet';
  if (key !== null && note?.key !== key) return 'fitted by other code than this';
  if (all.length !== rows.lines) return `${all.length} predictions for ${rows.lines} rows`;
  const pd = Float64Array.from(rows.decided, (row) => all[row] as number);
  if (pd.some((each) => !(each >= 0 && each <= 1))) return 'a prediction is no probability';
  const noted = note?.auc;
  if (noted !== undefined && Math.abs(auc(pd, rows.bad) - noted) > 1e-6) return 'predictions of other rows than these';
  return pd;
}

/**
 * Measures systems on one portfolio's folds. A fold counts only where every system that was fitted on any fold of the portfolio has
 * predictions, so that all lines are of the same rows; `keyOf` answers the key that a fit of ours must have (null: any), so that no line is
 * of an older trainer. Null where no fold is left.
 */
export async function measurePortfolio(
  folds: readonly Fold[],
  systems: readonly string[],
  peers: readonly string[],
  keyOf: (fold: Fold, system: string) => string | null,
): Promise<PortfolioResult | null> {
  const read = await Promise.all(
    folds.map(async (fold) => {
      const rows = await readTestRows(fold);
      return { fold, rows, pds: systems.map((system) => predictionsOf(fold, system, rows, keyOf(fold, system))) };
    }),
  );
  const taken = systems.flatMap((_, s) => (read.some(({ pds }) => typeof pds[s] !== 'string') ? [s] : []));
  const named = ({ split, fold }: Fold): string => `${split}:${fold}`;
  const leftOut = systems.flatMap((system, s) => {
    const why = read[0]?.pds[s];
    return typeof why === 'string' && !taken.includes(s) ? [`${system} on ${folds[0]?.portfolio ?? ''} (${why})`] : [];
  });
  const kept = read.flatMap(({ fold, rows, pds }) => {
    const chosen = taken.map((s) => pds[s]);
    const why = taken.flatMap((s) => (typeof pds[s] === 'string' ? [`${systems[s]}: ${pds[s]}`] : []));
    if (why.length > 0 || taken.length === 0) {
      leftOut.push(`${named(fold)} (${why.join('; ') || 'no predictions'})`);
      return [];
    }
    return [{ fold, rows, pds: chosen.filter((pd) => pd instanceof Float64Array) }];
  });
  if (kept.length === 0) return null;
  const lines = linesOf(
    taken.map((s) => systems[s] ?? ''),
    kept,
    peers,
  );
  return {
    portfolio: kept[0]?.fold.portfolio ?? '',
    folds: kept.map(({ fold }) => named(fold)),
    rows: kept.reduce((sum, { rows }) => sum + rows.bad.length, 0),
    ...lines,
    leftOut,
  };
}

interface Kept {
  readonly rows: TestRows;
  readonly pds: readonly Float64Array[];
}

function linesOf(systems: readonly string[], kept: readonly Kept[], peers: readonly string[]) {
  const pooled = numberRows(kept.map(({ rows }) => rows));
  const bad = Uint8Array.from(pooled.folds.flatMap((each) => [...each.bad]));
  const cluster = Int32Array.from(pooled.folds.flatMap((each) => [...each.row]));
  const rows = { bad, cluster };
  const all = systems.map((system, s) => {
    const pds = kept.map((each) => each.pds[s] ?? new Float64Array());
    const pd = Float64Array.from(pds.flatMap((each) => [...each]));
    const ranked = rank(pds, pooled);
    return { system, pd, ranked, loss: pd.map((each, i) => lossOf(each, bad[i] ?? 0)) };
  });
  const peersHere = all.filter(({ system }) => peers.includes(system));
  const best = peersHere.reduce<(typeof all)[number] | null>(
    (least, each) => (least === null || mean(each.ranked.auc) > mean(least.ranked.auc) ? each : least),
    null,
  );
  const lines = all.map((each): Line => {
    const { slope, intercept } = calibrationLine(each.pd, bad, cluster);
    const earned = profitAtCutoff(each.pd, rows);
    const own = !peers.includes(each.system);
    const against = peersHere
      .filter((rival) => rival !== each && (own || rival.system === REFERENCE))
      .map((rival): Against => {
        const auc = pooledAuc(each.ranked, rival.ranked, pooled);
        const loss = clusteredMean(
          each.loss.map((value, i) => value - (rival.loss[i] ?? 0)),
          null,
          cluster,
        );
        const profit = pairedProfit(each.pd, rival.pd, rows);
        return {
          other: rival.system,
          auc,
          verdict: verdictOf(auc),
          logLoss: interval(loss.mean, loss.standardError),
          profit: interval(profit.difference, profit.standardError),
        };
      });
    return {
      system: each.system,
      auc: pooledAuc(each.ranked, null, pooled),
      logLoss: mean([...each.loss]),
      calibration: { slope, intercept },
      profit: earned.perApplication,
      accepted: earned.accepted,
      against,
    };
  });
  return { bestPeer: best?.system ?? '', lines };
}

/** The unweighted mean over portfolios of each system that was measured on all of them, against LightGBM and the peer that is best on average. */
export function meanOverPortfolios(
  results: readonly PortfolioResult[],
  peers: readonly string[],
): PortfolioResult | null {
  if (results.length < 2) return null;
  const everywhere = (results[0]?.lines ?? [])
    .map(({ system }) => system)
    .filter((system) => results.every(({ lines }) => lines.some((line) => line.system === system)));
  const of = (system: string): Line[] => results.flatMap(({ lines }) => lines.filter((line) => line.system === system));
  const aucOf = (system: string): number => mean(of(system).map((line) => line.auc.value));
  const best = everywhere.filter((name) => peers.includes(name)).sort((a, b) => aucOf(b) - aucOf(a))[0];
  const lines = everywhere.map((system): Line => {
    const each = of(system);
    const against = peers.flatMap((other): Against[] => {
      const pairs = each.flatMap((line) => line.against.filter((pair) => pair.other === other));
      if (pairs.length < results.length) return [];
      const auc = meanOf(pairs.map((pair) => pair.auc));
      return [
        {
          other,
          auc,
          verdict: verdictOf(auc),
          logLoss: meanOf(pairs.map((pair) => pair.logLoss)),
          profit: meanOf(pairs.map((pair) => pair.profit)),
        },
      ];
    });
    return {
      system,
      auc: meanOf(each.map((line) => line.auc)),
      logLoss: mean(each.map((line) => line.logLoss)),
      calibration: null,
      profit: mean(each.map((line) => line.profit)),
      accepted: mean(each.map((line) => line.accepted)),
      against,
    };
  });
  return {
    portfolio: 'mean',
    folds: results.flatMap(({ folds }) => folds),
    rows: results.reduce((sum, { rows }) => sum + rows, 0),
    bestPeer: best ?? '',
    lines,
    leftOut: [],
  };
}
