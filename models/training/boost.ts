import type { Random } from '../../base/random.ts';
import type { BinnedRows, PairLayout, Tables, TermLayout } from './layout.ts';
import { logOdds, pairCells, zeroTables } from './layout.ts';
import { pairScratch, pairStep } from './pair-step.ts';
import type { RowCode } from './row-code.ts';
import { bytesFor, RowMemory } from './row-memory.ts';
import { visitsOf, type Schedule } from './schedule.ts';
import { slackOf } from './slack.ts';
import { termStep, type Histogram, type StepLimits } from './step.ts';

export interface BoostInput {
  readonly terms: readonly TermLayout[];
  readonly pairs: readonly PairLayout[];
  readonly train: BinnedRows;
  readonly held: BinnedRows;
  /** Where boosting starts. */
  readonly start: Tables;
  readonly limits: StepLimits;
  readonly maxRounds: number;
  readonly patience: number;
  readonly schedule: Schedule;
}

export interface Boosted {
  /** Tables of the round with the lowest held-out loss. */
  readonly tables: Tables;
  readonly rounds: number;
  /** Mean held-out log-loss after each round. */
  readonly history: number[];
}

/** One finished round and the mean held-out log-loss after it. */
export interface Round {
  readonly round: number;
  readonly loss: number;
}

interface Part {
  readonly cells: Uint16Array;
  readonly heldCells: Uint16Array;
  readonly sums: Histogram;
  readonly delta: Float64Array;
  readonly factor: Float64Array;
  readonly table: Float64Array;
  step(random: Random | null): number;
}

/**
 * Newton boosting of additive tables, one at a time (Lou, Caruana, Gehrke 2012; Newton steps as in Friedman, Hastie, Tibshirani 2000): a
 * round makes as many steps as there are tables, each a small tree on the histogram of one table (schedule.ts says which); stops when
 * the held-out rows no longer gain.
 * Yields after every round, so that a caller can report, pause or stop.
 * Odds are carried instead of log-odds, so that a step multiplies by a table and needs no exponential per row.
 */
export function* boost(input: BoostInput): Generator<Round, Boosted> {
  const { train, held, limits } = input;
  const tables = copyTables(input.start);
  const slack = slackOf(input.terms, input.pairs, tables);
  const sizes = [...tables.terms, ...tables.pairs].map((table) => table.length);
  const memory = new RowMemory(bytesOf(sizes, train.rows, held.rows));
  const parts: Part[] = [
    ...input.terms.map((layout, t) =>
      part(memory, train.bins[t]!, held.bins[t]!, tables.terms[t]!, (sums, delta, random) => {
        const gain = termStep(layout, sums, limits, slack.terms[t]!, random, delta);
        slack.addTerm(t, delta);
        return gain;
      }),
    ),
    ...input.pairs.map((pair, p) => {
      const cells = pair.a.bins * pair.b.bins;
      const scratch = pairScratch(cells);
      return part(memory, pairCells(pair, train.bins), pairCells(pair, held.bins), tables.pairs[p]!, (sums, delta) => {
        const room = { a: slack.room(p, 'a'), b: slack.room(p, 'b') };
        const gain = pairStep(pair, sums, limits, room, scratch, delta);
        if (gain !== 0) slack.addPair(p, delta);
        return gain;
      });
    }),
  ];
  const rows: Rows = {
    odds: memory.copyOfDoubles(logOdds(tables, input.pairs, train).map(Math.exp)),
    bad: memory.copyOfBytes(train.bad),
    weight: train.weight,
    ones: memory.doubles(Math.max(0, ...sizes)).fill(1),
  };
  const heldOdds = memory.copyOfDoubles(logOdds(tables, input.pairs, held).map(Math.exp));
  const history: number[] = [];
  const visits = visitsOf(parts.length, input.schedule);
  let best = meanLogLoss(heldOdds, held);
  let bestTables = copyTables(tables);
  let bestRound = 0;
  /** The part whose step has not reached `odds` yet: it does while the next part's sums are taken, in one pass over the rows. */
  let pending: Part | null = null;
  for (let round = 1; round <= input.maxRounds; round++) {
    const random = visits.random(round - 1);
    for (let visit = 0; visit < parts.length; visit++) {
      const index = visits.next(round - 1, visit);
      const each = parts[index]!;
      gatherSums(each, pending, rows, memory.code);
      pending = null;
      const gain = each.step(random);
      visits.gained(index, gain);
      if (gain === 0) continue;
      for (let b = 0; b < each.delta.length; b++) {
        each.table[b]! += each.delta[b]!;
        each.factor[b] = Math.exp(each.delta[b]!);
      }
      pending = each;
      multiply(heldOdds, each.factor, each.heldCells, memory.code);
    }
    const loss = meanLogLoss(heldOdds, held);
    history.push(loss);
    yield { round, loss };
    if (loss < best - 1e-7) {
      best = loss;
      bestRound = round;
      bestTables = copyTables(tables);
    } else if (round - bestRound >= input.patience) break;
  }
  return { tables: bestTables, rounds: bestRound, history };
}

/** What the arrays of one bag take, in bytes: of each part and of all of them. */
function bytesOf(sizes: readonly number[], rows: number, heldRows: number): number {
  const each = sizes.map((size) => bytesFor(rows, 2) + bytesFor(heldRows, 2) + 3 * bytesFor(size, 8));
  const shared = bytesFor(rows, 8) + bytesFor(rows, 1) + bytesFor(Math.max(0, ...sizes), 8) + bytesFor(heldRows, 8);
  return each.reduce((a, b) => a + b, shared);
}

function part(
  memory: RowMemory,
  cells: Uint16Array,
  heldCells: Uint16Array,
  table: Float64Array,
  step: (sums: Histogram, delta: Float64Array, random: Random | null) => number,
): Part {
  const size = table.length;
  const count = new Float64Array(size);
  for (let i = 0; i < cells.length; i++) count[cells[i]!]!++;
  const sums = { gradient: memory.doubles(size), hessian: memory.doubles(size), count };
  const delta = new Float64Array(size);
  return {
    cells: memory.copyOfCells(cells),
    heldCells: memory.copyOfCells(heldCells),
    sums,
    delta,
    factor: memory.doubles(size),
    table,
    step: (random) => step(sums, delta, random),
  };
}

/** Rows that bags are fitted on; all but the weight lie in the memory. */
interface Rows {
  readonly odds: Float64Array;
  readonly bad: Uint8Array;
  readonly weight: Float64Array | null;
  /** A factor for each cell of the largest table that moves nothing. */
  readonly ones: Float64Array;
}

/** Sums of gradients and Hessians by cell, after the step of `pending`, if any, has been taken on every row. */
function gatherSums(part: Part, pending: Part | null, { odds, bad, weight, ones }: Rows, code: RowCode): void {
  const { cells, sums } = part;
  const { gradient, hessian } = sums;
  gradient.fill(0);
  hessian.fill(0);
  if (odds.length === 0) return;
  if (weight === null) {
    const moved = pending?.cells ?? cells;
    const factor = pending?.factor ?? ones;
    code.gather(
      cells.byteOffset,
      moved.byteOffset,
      factor.byteOffset,
      odds.byteOffset,
      bad.byteOffset,
      gradient.byteOffset,
      hessian.byteOffset,
      odds.byteOffset + odds.byteLength,
    );
    return;
  }
  if (pending !== null) multiply(odds, pending.factor, pending.cells, code);
  for (let i = 0; i < odds.length; i++) {
    const o = odds[i]!;
    const p = o / (1 + o);
    const b = cells[i]!;
    const w = weight[i]!;
    gradient[b]! += w * (p - bad[i]!);
    hessian[b]! += w * p * (1 - p);
  }
}

function multiply(odds: Float64Array, factor: Float64Array, cells: Uint16Array, code: RowCode): void {
  if (odds.length === 0) return;
  code.multiply(cells.byteOffset, factor.byteOffset, odds.byteOffset, odds.byteOffset + odds.byteLength);
}

/** Mean weighted log-loss of odds. */
function meanLogLoss(odds: Float64Array, data: BinnedRows): number {
  let loss = 0;
  let mass = 0;
  for (let i = 0; i < odds.length; i++) {
    const w = data.weight === null ? 1 : data.weight[i]!;
    // -log p of a bad is log(1 + 1/odds), of a good log(1 + odds).
    loss += w * Math.log1p(data.bad[i] === 1 ? 1 / odds[i]! : odds[i]!);
    mass += w;
  }
  return loss / mass;
}

export function copyTables(tables: Tables): Tables {
  return {
    intercept: tables.intercept,
    terms: tables.terms.map((table) => table.slice()),
    pairs: tables.pairs.map((table) => table.slice()),
  };
}

/** The mean of several fits of the same layout, in the given order. */
export function averageTables(
  fits: readonly Tables[],
  terms: readonly TermLayout[],
  pairs: readonly PairLayout[],
): Tables {
  const mean = zeroTables(terms, pairs);
  for (const fit of fits) {
    mean.intercept += fit.intercept / fits.length;
    fit.terms.forEach((table, t) => table.forEach((value, b) => (mean.terms[t]![b]! += value / fits.length)));
    fit.pairs.forEach((table, p) => table.forEach((value, b) => (mean.pairs[p]![b]! += value / fits.length)));
  }
  return mean;
}
