import type { Artefact } from '../artefact/index.ts';
import { makeDataset, takeRows, type Dataset, type FeatureMatrix } from '../dataset/index.ts';
import { cumulativePd, horizonsOf } from '../hazard/index.ts';
import { scoreMatrix } from '../scoring/index.ts';

/** Months up to which a term structure is looked at like any other model. */
const YEAR = 12;

/** The features that a model reads of a customer: its terms, but for the age of a term structure, which each of its steps sets. */
export function featureTerms({ model, target }: Artefact): Artefact['model']['terms'] {
  return model.terms.filter(({ name }) => name !== target.ages?.term);
}

/** The months over which a model's PD is followed: its horizon; of a term structure the longest of its horizons within a year, or else its first. */
export function followedMonths(artefact: Artefact, horizonMonths: number): number {
  if (artefact.target.ages === undefined) return horizonMonths;
  const known = horizonsOf(artefact);
  return known.findLast((months) => months <= YEAR) ?? known[0] ?? horizonMonths;
}

/** Horizons of a term structure whose outcomes are told beside each other: its first step, every whole year, and its longest. None of another model. */
export function toldHorizons(artefact: Artefact): readonly number[] {
  if (artefact.target.ages === undefined) return [];
  return horizonsOf(artefact).filter((months, k, all) => k === 0 || k === all.length - 1 || months % YEAR === 0);
}

/** Rows with the age of a term structure beside their features, the one that is followed, so that its hazard at that age can be told; of another model the very rows. */
export function withAge(artefact: Artefact, rows: Dataset): Dataset {
  const { ages } = artefact.target;
  if (ages === undefined || rows.columns.some(({ name }) => name === ages.term)) return rows;
  const { hash: _, ...parts } = rows;
  const values = new Float64Array(rows.rows).fill(followedMonths(artefact, ages.longestMonths));
  return makeDataset({
    ...parts,
    columns: [...rows.columns, { kind: 'number', name: ages.term, values }],
    features: [...rows.features, { name: ages.term, type: 'number', codes: [], monotone: null, label: null }],
  });
}

/** The PD of each row over the followed months. */
export function followedPd(artefact: Artefact, { rows, columns }: FeatureMatrix): Float64Array {
  const { ages } = artefact.target;
  if (ages === undefined) return scoreMatrix(artefact, { rows, columns }).pd;
  const own = columns.filter(({ name }) => name !== ages.term);
  const place = horizonsOf(artefact).indexOf(followedMonths(artefact, ages.longestMonths));
  return cumulativePd(artefact, { rows, columns: own })[place] ?? new Float64Array(rows).fill(Number.NaN);
}

/**
 * Rows that were followed for so many months, with whether they defaulted within them: of observation dates from which some row was followed as long, so that no date counts by its early
 * defaults alone. `steps` is how long each row was followed, in steps of `periodMonths`.
 */
export function followedFor(rows: Dataset, steps: Int32Array, periodMonths: number, months: number): Dataset {
  const needed = Math.ceil(months / periodMonths);
  const longest = new Map<number, number>();
  const dateOf = (row: number): number => rows.time?.[row] ?? 0;
  for (let row = 0; row < rows.rows; row++)
    longest.set(dateOf(row), Math.max(longest.get(dateOf(row)) ?? 0, steps[row]!));
  const isBad = (row: number): boolean => rows.bad[row] === 1 && steps[row]! <= needed;
  const kept = Array.from({ length: rows.rows }, (_, row) => row).filter(
    (row) => longest.get(dateOf(row))! >= needed && (isBad(row) || steps[row]! >= needed),
  );
  const { hash: _, ...parts } = takeRows(rows, kept);
  return makeDataset({ ...parts, bad: Uint8Array.from(kept, (row) => Number(isBad(row))) });
}
