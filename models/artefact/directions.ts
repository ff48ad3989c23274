import type { Problem } from '../../base/index.ts';
import type { Encoding, GlassBox, PairTerm } from './glass-box.ts';
import { sumsAreExact } from './grain.ts';

/** Of a model that training did not make, whose sums are not exact, falls in log-odds up to this are rounding. */
const ROUNDING = 1e-9;

/** Where a declared direction fails most: from one ordinary bin to the next, with the other features at their worst. */
export interface DirectionBreach {
  /** Index of the term. */
  readonly term: number;
  /** The bin from which the step goes against the direction. */
  readonly bin: number;
  /** For each pair of the term, in the order of `pairs`: the bin of its other feature at which it takes most. */
  readonly others: readonly { readonly term: number; readonly bin: number }[];
  /** How far the log-odds go against the direction; above 0. */
  readonly by: number;
}

/**
 * Where a glass box does not rise (or fall) with a feature as declared, for any values of all other features; empty: the directions hold
 * everywhere on the real line. Exact: the partners of a term are different features, so the worst step is its own plus the worst step of each
 * of its pairs. Where sums are exact (`sumsAreExact`: every trained model) no fall at all is let through, so the served log-odds never fall either; of
 * another model falls up to 1e-9. Directions bind ordinary values; missing values and special codes may stand anywhere.
 */
export function directionBreaches(model: GlassBox): DirectionBreach[] {
  const { terms, pairs } = model;
  const rounding = sumsAreExact(model) ? 0 : ROUNDING;
  return terms.flatMap((term, t): DirectionBreach[] => {
    if (term.monotone === null || term.encoding.kind !== 'number') return [];
    const sign = term.monotone === 'increasing' ? 1 : -1;
    const own = pairs.filter((pair) => pair.a === t || pair.b === t).map((pair) => stepsOf(pair, t));
    let worst: DirectionBreach | null = null;
    for (let bin = firstOrdinary(term.encoding); bin + 1 < term.shape.length; bin++) {
      let step = sign * (term.shape[bin + 1]! - term.shape[bin]!);
      const others = own.map(({ other, bins, at }) => {
        let [least, where] = [Infinity, 0];
        for (let j = 0; j < bins; j++) {
          const value = sign * (at(bin + 1, j) - at(bin, j));
          if (value < least) [least, where] = [value, j];
        }
        step += least;
        return { term: other, bin: where };
      });
      if (step < -rounding && -step > (worst?.by ?? 0)) worst = { term: t, bin, others, by: -step };
    }
    return worst === null ? [] : [worst];
  });
}

/** What is wrong with an artefact's directions, by feature. */
export function directionProblems(model: GlassBox): Problem[] {
  return directionBreaches(model).map(({ term, by }) => ({
    at: `model.terms[${term}].monotone`,
    message: `The PD does not go the declared way everywhere: at worst by ${by.toPrecision(3)} in log-odds.`,
  }));
}

/** Index of the first ordinary bin: after missing and the special codes. */
const firstOrdinary = (encoding: Encoding): number => 1 + encoding.codes.length;

function stepsOf(
  { a, b, rowOf, columnOf, values }: PairTerm,
  term: number,
): { readonly other: number; readonly bins: number; readonly at: (own: number, other: number) => number } {
  if (a === term) return { other: b, bins: columnOf.length, at: (i, j) => values[rowOf[i]!]![columnOf[j]!]! };
  return { other: a, bins: rowOf.length, at: (j, i) => values[rowOf[i]!]![columnOf[j]!]! };
}
