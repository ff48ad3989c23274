/** Adam with decoupled weight decay (Kingma, Ba 2015; Loshchilov, Hutter 2019) on plain arrays: the same numbers on every run. */
export interface AdamW {
  /** Moves `values` one step against `gradient`; `decay` is the weight decay of this array. */
  step(values: Float32Array, gradient: Float32Array | Int32Array | Uint8Array): void;
}

/** The optimiser of one array. `nonnegative` arrays are projected on what is not negative after each step. */
export function adamW(
  length: number,
  { learningRate, decay, nonnegative }: { learningRate: number; decay: number; nonnegative: boolean },
): AdamW {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const first = new Float32Array(length);
  const second = new Float32Array(length);
  let power1 = 1;
  let power2 = 1;
  return {
    step(values, gradient) {
      power1 *= beta1;
      power2 *= beta2;
      const size = learningRate / (1 - power1);
      const correction = 1 / (1 - power2);
      const keep = 1 - learningRate * decay;
      for (let i = 0; i < length; i++) {
        const g = gradient[i]!;
        const m = beta1 * first[i]! + (1 - beta1) * g;
        const v = beta2 * second[i]! + (1 - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        const next = keep * values[i]! - (size * m) / (Math.sqrt(v * correction) + epsilon);
        values[i] = nonnegative && next < 0 ? 0 : next;
      }
    },
  };
}
