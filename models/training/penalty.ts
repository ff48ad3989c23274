import type { PairLayout, TermLayout } from './layout.ts';

/** Strengths of the penalties of the joint refit, in units of Hessian weight. */
export interface PenaltyStrength {
  /** On second differences along the ordered bins of a shape, and first differences along both sides of a pair. */
  readonly smooth: number;
  /** On the distance to the boosted tables. */
  readonly prior: number;
}

/** One squared linear form: (sum of factor * parameter)^2. */
interface Form {
  readonly at: readonly number[];
  readonly factors: readonly number[];
}

export interface Roughness {
  readonly forms: readonly Form[];
  /** Diagonal of the matrix of the quadratic form. */
  readonly diagonal: Float64Array;
}

/** Where each table starts in the vector of all parameters; the intercept is the last parameter. */
export function offsetsOf(terms: readonly TermLayout[], pairs: readonly PairLayout[]) {
  let size = 0;
  const place = (cells: number): number => {
    size += cells;
    return size - cells;
  };
  const ofTerms = terms.map((term) => place(term.bins));
  const ofPairs = pairs.map((pair) => place(pair.a.bins * pair.b.bins));
  return { ofTerms, ofPairs, size: size + 1 };
}

/** The forms that measure roughness: P-spline differences (Eilers and Marx 1996). Bins outside the order have none. */
export function roughnessOf(terms: readonly TermLayout[], pairs: readonly PairLayout[]): Roughness {
  const { ofTerms, ofPairs, size } = offsetsOf(terms, pairs);
  const forms: Form[] = [];
  terms.forEach((term, t) => {
    if (!term.ordered) return;
    for (let b = term.first + 1; b + 1 < term.bins; b++) {
      const at = ofTerms[t]! + b;
      forms.push({ at: [at - 1, at, at + 1], factors: [1, -2, 1] });
    }
  });
  pairs.forEach((pair, p) => {
    const width = pair.b.bins;
    for (let i = 0; i < pair.a.bins; i++) {
      for (let j = 0; j < width; j++) {
        const at = ofPairs[p]! + i * width + j;
        if (j > pair.b.first) forms.push({ at: [at - 1, at], factors: [-1, 1] });
        if (i > pair.a.first) forms.push({ at: [at - width, at], factors: [-1, 1] });
      }
    }
  });
  const diagonal = new Float64Array(size);
  for (const { at, factors } of forms) at.forEach((index, k) => (diagonal[index]! += factors[k]! ** 2));
  return { forms, diagonal };
}

/** Half the penalty at `beta`; adds its gradient to `gradient`. */
export function addPenalty(
  beta: Float64Array,
  prior: Float64Array,
  { forms }: Roughness,
  strength: PenaltyStrength,
  gradient: Float64Array,
): number {
  let sum = 0;
  for (const { at, factors } of forms) {
    let value = 0;
    for (let k = 0; k < at.length; k++) value += factors[k]! * beta[at[k]!]!;
    sum += strength.smooth * value * value;
    for (let k = 0; k < at.length; k++) gradient[at[k]!]! += strength.smooth * value * factors[k]!;
  }
  // The intercept, last, is free.
  for (let i = 0; i + 1 < beta.length; i++) {
    const distance = beta[i]! - prior[i]!;
    sum += strength.prior * distance * distance;
    gradient[i]! += strength.prior * distance;
  }
  return sum / 2;
}
