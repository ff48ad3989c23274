/** A fitted logistic regression: log-odds = intercept + the coefficients' sum over columns. */
export interface LogisticFit {
  readonly intercept: number;
  readonly coefficients: readonly number[];
}

/**
 * Logistic regression with `ridge` / 2 times the squared coefficients added to the summed (weighted) log-loss, intercept free: the
 * objective of scikit-learn's LogisticRegression with C = 1 / ridge. Newton steps, halved where they overshoot. Outcomes may be
 * shares between 0 and 1.
 */
export function fitRidgeLogistic(
  columns: readonly Float64Array[],
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | null,
  ridge = 1,
): LogisticFit {
  const rows = outcome.length;
  const size = columns.length + 1;
  let beta = new Float64Array(size);
  const scores = new Float64Array(rows);
  const w = (row: number): number => (weight === null ? 1 : weight[row]!);
  const evaluate = (at: Float64Array): number => {
    scores.fill(at[0]!);
    columns.forEach((column, c) => {
      const b = at[c + 1]!;
      if (b !== 0) for (let row = 0; row < rows; row++) scores[row]! += b * column[row]!;
    });
    let loss = 0;
    for (let c = 1; c < size; c++) loss += (ridge / 2) * at[c]! * at[c]!;
    for (let row = 0; row < rows; row++) {
      const s = scores[row]!;
      loss += w(row) * ((s > 0 ? s + Math.log1p(Math.exp(-s)) : Math.log1p(Math.exp(s))) - outcome[row]! * s);
    }
    return loss;
  };
  let loss = evaluate(beta);
  for (let iteration = 0; iteration < 50; iteration++) {
    const step = newtonStep(columns, outcome, w, ridge, beta, scores);
    let share = 1;
    let next = beta.map((b, i) => b + step[i]!);
    let nextLoss = evaluate(next);
    while (!(nextLoss <= loss) && share > 1e-6) {
      share /= 2;
      next = beta.map((b, i) => b + share * step[i]!);
      nextLoss = evaluate(next);
    }
    if (!(nextLoss <= loss)) {
      evaluate(beta);
      break;
    }
    beta = next;
    const gained = loss - nextLoss;
    loss = nextLoss;
    if (gained <= 1e-13 * Math.abs(loss)) break;
  }
  return { intercept: beta[0]!, coefficients: [...beta.subarray(1)] };
}

/** Least squares with `ridge` / 2 times the squared coefficients added to half the squared errors, intercept free. */
export function solveRidge(columns: readonly Float64Array[], outcome: Float64Array, ridge: number): LogisticFit {
  const rows = outcome.length;
  const lines = [new Float64Array(rows).fill(1), ...columns];
  const product = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, row) => sum + value * b[row]!, 0);
  const normal = lines.map((left, i) =>
    Float64Array.from(lines, (right, j) => (j > i ? 0 : product(left, right) + (i === j && i > 0 ? ridge : 0))),
  );
  const [intercept = 0, ...coefficients] = solveCholesky(
    normal,
    Float64Array.from(lines, (line) => product(line, outcome)),
  );
  return { intercept, coefficients };
}

function newtonStep(
  columns: readonly Float64Array[],
  outcome: ArrayLike<number>,
  w: (row: number) => number,
  ridge: number,
  beta: Float64Array,
  scores: Float64Array,
): Float64Array {
  const rows = outcome.length;
  const size = columns.length + 1;
  const residual = new Float64Array(rows);
  const curvature = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const p = 1 / (1 + Math.exp(-scores[row]!));
    residual[row] = w(row) * (outcome[row]! - p);
    curvature[row] = w(row) * Math.max(1e-12, p * (1 - p));
  }
  const hessian = Array.from({ length: size }, () => new Float64Array(size));
  const gradient = new Float64Array(size);
  const scaled = new Float64Array(rows);
  for (let i = 0; i < size; i++) {
    const left = i === 0 ? null : columns[i - 1]!;
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const x = left === null ? 1 : left[row]!;
      sum += residual[row]! * x;
      scaled[row] = curvature[row]! * x;
    }
    gradient[i] = sum - (i === 0 ? 0 : ridge * beta[i]!);
    for (let j = 0; j <= i; j++) {
      const right = j === 0 ? null : columns[j - 1]!;
      let product = 0;
      if (right === null) for (let row = 0; row < rows; row++) product += scaled[row]!;
      else for (let row = 0; row < rows; row++) product += scaled[row]! * right[row]!;
      hessian[i]![j] = product + (i === j && i > 0 ? ridge : 0);
    }
  }
  return solveCholesky(hessian, gradient);
}

/** Solves a symmetric positive definite system, given by its lower triangle, in place. */
function solveCholesky(a: Float64Array[], b: Float64Array): Float64Array {
  const size = b.length;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k++) sum -= a[i]![k]! * a[j]![k]!;
      a[i]![j] = i === j ? Math.sqrt(Math.max(1e-12, sum)) : sum / a[j]![j]!;
    }
  }
  const x = b.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= a[i]![k]! * x[k]!;
    x[i]! /= a[i]![i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= a[k]![i]! * x[k]!;
    x[i]! /= a[i]![i]!;
  }
  return x;
}
