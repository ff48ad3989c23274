import { partsOfBins, type ValuePart } from '../binning/index.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { normalCdf } from '../metrics/normal.ts';
import { binMatrix, scoreMatrix } from '../scoring/index.ts';
import { pdOf } from './any-model.ts';
import { isDeep, type AnyArtefact } from './artefact.ts';
import { benjaminiHochberg } from '../metrics/benjamini-hochberg.ts';
import { coarseColumn, type CoarseColumn } from './coarse-column.ts';
import { tallyCells, type CellTally } from './tally-cells.ts';

/** A part of the rows in which a challenger predicts better than the glass box, and better by more than it does elsewhere. */
export interface Win {
  /** One feature, or two. */
  readonly features: readonly string[];
  /** By feature: the values that make the part. */
  readonly values: readonly (readonly ValuePart[])[];
  readonly rows: number;
  readonly bads: number;
  /** Mean log-loss of the glass box minus that of the challenger, and its standard error (by customer where one has several rows). */
  readonly gain: number;
  readonly standardError: number;
  /** The gain here minus the gain on all other rows; of a cell of a pair, minus that on the other rows of either side, whichever is less. */
  readonly excess: number;
  /** One-sided, that the gain and every excess are above 0: the largest of their p-values. */
  readonly pValue: number;
  /** The same after Benjamini and Hochberg over everything that was tested. */
  readonly adjustedPValue: number;
}

/** Where a challenger beats a glass box on rows that neither was trained on. */
export interface WhereItWins {
  readonly rows: number;
  /** Mean over all rows of the log-loss of the glass box minus that of the challenger, with its 95 % interval. */
  readonly gain: { readonly value: number; readonly low: number; readonly high: number };
  /** Share of false discoveries among what is named, at most, in expectation. */
  readonly level: number;
  readonly tested: { readonly segments: number; readonly pairs: number };
  /** By total gain, largest first. */
  readonly segments: readonly Win[];
  readonly pairs: readonly Win[];
}

/** Parts by segment and side of a pair, at most, beside missing and special codes. */
const SEGMENT_PARTS = 8;
const PAIR_PARTS = 3;
/** A part with fewer rows, or fewer of either outcome, is not tested. */
const LEAST_ROWS = 50;
const LEAST_OUTCOMES = 5;

/**
 * Names the segments and pairs that the glass box misses: for each coarse bin of each feature, and each cell of each two features, the paired
 * difference of log-losses is tested one-sided, against none and against that of the other rows (of a cell: of the other rows of its row and of its
 * column, so that a pair is named for what neither feature shows alone); Benjamini and Hochberg (1995) bound the false discoveries over all of them. Weights count in the means. `rows` must be unseen by both models.
 */
export function whereItWins(glassBox: Artefact, challenger: AnyArtefact, rows: Dataset, level = 0.05): WhereItWins {
  return winsOfPds(glassBox, pdOf(challenger, rows), rows, level);
}

/** The same for two models of which one is a glass box and the other a deep challenger; null where they are not one of each. */
export function winsBetween(one: AnyArtefact, other: AnyArtefact, rows: Dataset): WhereItWins | null {
  if (isDeep(one)) return isDeep(other) ? null : whereItWins(other, one, rows);
  return isDeep(other) ? whereItWins(one, other, rows) : null;
}

/**
 * The same for any challenger, by its PDs of the rows. With `own`, the glass box gives the parts only and those are the PDs compared with: of several
 * glass boxes, each for the rows that it was not trained on.
 */
export function winsOfPds(
  glassBox: Artefact,
  challenger: Float64Array,
  rows: Dataset,
  level = 0.05,
  own = scoreMatrix(glassBox, rows).pd,
): WhereItWins {
  const difference = lossDifferences(own, challenger, rows);
  const bins = binMatrix(glassBox, rows);
  const { terms } = glassBox.model;
  const order = customersTogether(rows);
  const whole = tallyCells(new Uint16Array(rows.rows), 1, difference, rows, order)[0]!;
  const segmentColumns = terms.map((term, t) => coarseColumn(term, bins[t]!, SEGMENT_PARTS));
  const pairColumns = terms.map((term, t) => coarseColumn(term, bins[t]!, PAIR_PARTS));
  const tallied = (column: CoarseColumn): CellTally[] =>
    tallyCells(column.parts, column.bins.length, difference, rows, order);
  const segments = segmentColumns.flatMap((column, t) =>
    testable(tallied(column), (part) => ({
      features: [terms[t]!.name],
      values: [partsOfBins(terms[t]!, column.bins[part]!)],
      around: [whole],
    })),
  );
  const sides = pairColumns.map(tallied);
  const pairs: Untested[] = [];
  for (let a = 0; a < terms.length; a++) {
    for (let b = a + 1; b < terms.length; b++) {
      const [one, other] = [pairColumns[a]!, pairColumns[b]!];
      const width = other.bins.length;
      if (one.bins.length < 2 || width < 2) continue;
      const tallies = tallyCells(crossed(one, other), one.bins.length * width, difference, rows, order);
      const found = testable(tallies, (cell) => {
        const [i, j] = [Math.floor(cell / width), cell % width];
        return {
          features: [terms[a]!.name, terms[b]!.name],
          values: [partsOfBins(terms[a]!, one.bins[i]!), partsOfBins(terms[b]!, other.bins[j]!)],
          around: [sides[a]![i]!, sides[b]![j]!],
        };
      });
      for (const each of found) pairs.push(each);
    }
  }
  const adjusted = benjaminiHochberg([...segments, ...pairs].map(({ pValue }) => pValue));
  const named = (parts: readonly Untested[], from: number): Win[] =>
    parts
      .map((part, i): Win => ({ ...part, adjustedPValue: adjusted[from + i]! }))
      .filter(({ adjustedPValue }) => adjustedPValue <= level)
      .sort((x, y) => y.gain * y.rows - x.gain * x.rows);
  const { mean, standardError } = whole;
  return {
    rows: rows.rows,
    gain: { value: mean, low: mean - 1.959964 * standardError, high: mean + 1.959964 * standardError },
    level,
    tested: { segments: segments.length, pairs: pairs.length },
    segments: named(segments, 0),
    pairs: named(pairs, segments.length),
  };
}

type Untested = Omit<Win, 'adjustedPValue'>;

/** The parts with enough rows, each with its p-value; `around`: larger parts that hold it, whose other rows it is compared with. */
function testable(
  tallies: readonly CellTally[],
  describe: (part: number) => Pick<Win, 'features' | 'values'> & { readonly around: readonly CellTally[] },
): Untested[] {
  return tallies.flatMap((tally, part): Untested[] => {
    const { rows, bads, mean, standardError } = tally;
    if (rows < LEAST_ROWS || bads < LEAST_OUTCOMES || rows - bads < LEAST_OUTCOMES || !(standardError > 0)) return [];
    const { around, ...named } = describe(part);
    if (around.some((larger) => larger.rows - rows < LEAST_ROWS)) return [];
    const tailOf = (value: number, error: number): number => 1 - normalCdf(value / error);
    let pValue = tailOf(mean, standardError);
    let excess = Infinity;
    for (const larger of around) {
      const mass = larger.mass - tally.mass;
      const over = mean - (larger.sum - tally.sum) / mass;
      // What is left of the larger part's variance lies in its other rows.
      const outside = Math.max(0, larger.variance - tally.variance) / mass ** 2;
      pValue = Math.max(pValue, tailOf(over, Math.sqrt(standardError ** 2 + outside)));
      excess = Math.min(excess, over);
    }
    return [{ ...named, rows, bads, gain: mean, standardError, excess, pValue }];
  });
}

/** Log-loss of the glass box minus that of the challenger, by row. */
function lossDifferences(glassBox: Float64Array, challenger: Float64Array, { bad }: Dataset): Float64Array {
  const least = 1e-12;
  const loss = (pd: number, row: number): number => -Math.log(Math.max(least, bad[row] === 1 ? pd : 1 - pd));
  return glassBox.map((pd, row) => loss(pd, row) - loss(challenger[row]!, row));
}

/** Rows in an order in which those of a customer follow each other. */
function customersTogether({ rows, group }: Dataset): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  return group === null ? order : order.sort((a, b) => group[a]! - group[b]! || a - b);
}

function crossed(one: CoarseColumn, other: CoarseColumn): Uint16Array {
  return one.parts.map((part, row) => part * other.bins.length + other.parts[row]!);
}
