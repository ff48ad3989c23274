import type { Progress } from '../../base/progress.ts';
import { supportOf } from './assemble.ts';
import { copyTables } from './boost.ts';
import { gainOf, mean, rowLosses } from './out-of-fold.ts';
import { restoreTables, storeTables, type Checkpoint } from './checkpoint.ts';
import { logOdds, pairCells, type BinnedRows, type PairLayout, type Tables, type TermLayout } from './layout.ts';
import { roughnessOf, type PenaltyStrength } from './penalty.ts';
import { projectTables } from './project.ts';
import { designOf, flatten, refitTables, unflatten } from './refit.ts';

/** Strengths that are tried, from gentle to firm. */
const GRID: readonly PenaltyStrength[] = [
  { smooth: 30, prior: 30 },
  { smooth: 100, prior: 100 },
];

/** Folds on which the refit is judged; each costs a refit per strength. */
const JUDGES = 2;

export interface PolishInput {
  readonly terms: readonly TermLayout[];
  readonly pairs: readonly PairLayout[];
  readonly data: BinnedRows;
  readonly folds: Int32Array;
  /** Boosted tables of each bag, by the fold that it has not seen. */
  readonly bags: readonly Tables[];
  /** Their average. */
  readonly mean: Tables;
  readonly checkpoint: Checkpoint;
  readonly onProgress: Progress;
  readonly onLoss: (loss: number) => void;
  readonly signal: AbortSignal | undefined;
}

export interface Polished {
  readonly tables: Tables;
  /** Share of the refit in the tables: 0 keeps boosting as it was. */
  readonly share: number;
  readonly strength: PenaltyStrength | null;
}

/**
 * Joint penalised refit of all tables, its strength and its share chosen on held-out folds, with a do-no-harm gate: each candidate is
 * refitted without a fold from the bag that has not seen that fold, and judged there. A candidate must lower the held-out loss by more than the
 * standard error of the paired difference; otherwise the boosted tables stay. Where a first look at one fold shows no gain, that is the end of it.
 */
export async function polish(input: PolishInput): Promise<Polished> {
  const { terms, pairs, data, folds, bags, checkpoint, onProgress, signal } = input;
  const tf = await import('@tensorflow/tfjs-node');
  const supports = {
    terms: data.bins.map((column, t) => supportOf(column, terms[t]!.bins, data.weight)),
    pairs: pairs.map((pair) => supportOf(pairCells(pair, data.bins), pair.a.bins * pair.b.bins, data.weight)),
  };
  const roughness = roughnessOf(terms, pairs);
  const design = designOf(tf, terms, pairs, data);
  try {
    const made = new Map<string, Tables>();
    const refit = async (step: string, prior: Tables, leaveOut: number, strength: PenaltyStrength): Promise<Tables> => {
      signal?.throwIfAborted();
      const key = `refit-${step}-${strength.smooth}-${strength.prior}`;
      const known = made.get(key);
      if (known) return known;
      const stored = await checkpoint.load(key);
      if (stored) return restoreTables(JSON.parse(new TextDecoder().decode(stored)) as ReturnType<typeof storeTables>);
      const use = Uint8Array.from(folds, (fold) => (fold === leaveOut ? 0 : 1));
      const beta = await refitTables(design, data, use, flatten(prior), roughness, strength, signal);
      const tables = unflatten(beta, terms, pairs);
      projectTables(tables, terms, pairs, supports);
      made.set(key, tables);
      await checkpoint.save(key, new TextEncoder().encode(JSON.stringify(storeTables(tables))));
      return tables;
    };
    const report = (done: number, fold: number, { smooth }: PenaltyStrength): void =>
      onProgress({ step: 'refit', done, message: `joint refit without fold ${fold + 1}, smoothness ${smooth}` });
    if (!(await isPromising(input, refit))) return { tables: input.mean, share: 0, strength: null };
    const judges = Math.min(JUDGES, bags.length);
    const rows = Int32Array.from(folds.keys()).filter((row) => folds[row]! < judges);
    const boosted = heldOutBy(bags.slice(0, judges), input);
    const before = rowLosses(boosted, data, rows);
    let winner: { share: number; strength: PenaltyStrength; gain: number } | null = null;
    for (const [g, strength] of GRID.entries()) {
      const fits: Tables[] = [];
      for (let fold = 0; fold < judges; fold++) {
        fits.push(await refit(`fold-${fold}`, bags[fold]!, fold, strength));
        report((g * judges + fold + 1) / (GRID.length * judges + 1), fold, strength);
      }
      const refitted = heldOutBy(fits, input);
      input.onLoss(mean(rowLosses(refitted, data, rows)));
      for (const share of [0.5, 1]) {
        const scores = boosted.map((score, i) => score + share * (refitted[i]! - score));
        const gain = gainOf(before, rowLosses(scores, data, rows));
        if (gain.mean > gain.standardError && gain.mean > (winner?.gain ?? 0))
          winner = { share, strength, gain: gain.mean };
      }
    }
    if (winner === null) return { tables: input.mean, share: 0, strength: null };
    const { strength } = winner;
    onProgress({ step: 'refit', done: 0.9, message: `smoothness ${strength.smooth}, share ${winner.share}` });
    const full = await refit('all', input.mean, -1, strength);
    return { tables: blend(input.mean, full, winner.share), share: winner.share, strength };
  } finally {
    design.dispose();
  }
}

/** Whether half of the firmest refit, the least that can be taken, lowers the loss of the first held-out fold: where it does not, no more are tried. */
async function isPromising(
  { bags, data, folds, pairs, onProgress, onLoss }: PolishInput,
  refit: (step: string, prior: Tables, leaveOut: number, strength: PenaltyStrength) => Promise<Tables>,
): Promise<boolean> {
  const [bag] = bags;
  const firmest = GRID.at(-1);
  if (bag === undefined || firmest === undefined) return false;
  const rows = Int32Array.from(folds.keys()).filter((row) => folds[row] === 0);
  const before = rowLosses(logOdds(bag, pairs, data), data, rows);
  const half = blend(bag, await refit('fold-0', bag, 0, firmest), 0.5);
  const after = rowLosses(logOdds(half, pairs, data), data, rows);
  onLoss(mean(after));
  onProgress({ step: 'refit', done: 1 / (GRID.length * JUDGES + 1), message: 'joint refit without fold 1' });
  return gainOf(before, after).mean > 0;
}

function heldOutBy(bags: readonly Tables[], { pairs, data, folds }: PolishInput): Float64Array {
  const scores = new Float64Array(data.rows);
  bags.forEach((bag, fold) => {
    const each = logOdds(bag, pairs, data);
    folds.forEach((f, row) => {
      if (f === fold) scores[row] = each[row]!;
    });
  });
  return scores;
}

function blend(a: Tables, b: Tables, share: number): Tables {
  const mixed = copyTables(a);
  mixed.intercept += share * (b.intercept - a.intercept);
  const mix = (into: Float64Array, other: Float64Array): void =>
    into.forEach((value, k) => (into[k] = value * (1 - share) + share * other[k]!));
  mixed.terms.forEach((table, t) => mix(table, b.terms[t]!));
  mixed.pairs.forEach((table, p) => mix(table, b.pairs[p]!));
  return mixed;
}
