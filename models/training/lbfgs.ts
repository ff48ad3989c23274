/** A smooth function with its gradient. */
export type Objective = (x: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/**
 * Minimises a convex function by L-BFGS (Liu and Nocedal 1989; memory 10) with backtracking (Armijo), from `start`. `scale` is an
 * estimate of the Hessian's diagonal. Stops when an iteration gains less than `tolerance`, or after `iterations`.
 */
export async function minimise(
  objective: Objective,
  start: Float64Array,
  scale: Float64Array,
  iterations: number,
  tolerance: number,
): Promise<Float64Array> {
  let x: Float64Array = start.slice();
  let { value, gradient } = await objective(x);
  const memory: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const direction = gradient.slice();
    const alphas: number[] = [];
    for (let k = memory.length - 1; k >= 0; k--) {
      const { s, y, rho } = memory[k]!;
      const alpha = rho * dot(s, direction);
      alphas[k] = alpha;
      for (let i = 0; i < direction.length; i++) direction[i]! -= alpha * y[i]!;
    }
    for (let i = 0; i < direction.length; i++) direction[i]! /= scale[i]!;
    memory.forEach(({ s, y, rho }, k) => {
      const beta = rho * dot(y, direction);
      for (let i = 0; i < direction.length; i++) direction[i]! += (alphas[k]! - beta) * s[i]!;
    });
    const slope = -dot(gradient, direction);
    if (!(slope < 0)) break;
    let step = 1;
    let accepted: { at: Float64Array; value: number; gradient: Float64Array } | null = null;
    for (let halving = 0; halving < 12 && accepted === null; halving++) {
      const at = x.map((each, i) => each - step * direction[i]!);
      const next = await objective(at);
      if (next.value <= value + 1e-4 * step * slope) accepted = { at, ...next };
      else step /= 2;
    }
    if (accepted === null) break;
    const s = accepted.at.map((each, i) => each - x[i]!);
    const y = accepted.gradient.map((each, i) => each - gradient[i]!);
    const curvature = dot(s, y);
    if (curvature > 1e-12) memory.push({ s, y, rho: 1 / curvature });
    if (memory.length > 10) memory.shift();
    const gained = value - accepted.value;
    x = accepted.at;
    value = accepted.value;
    gradient = accepted.gradient;
    if (gained < tolerance) break;
  }
  return x;
}
