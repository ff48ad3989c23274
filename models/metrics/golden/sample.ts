/** The same numbers as `sample` in sample.py. */
export function sample(n: number, ties: boolean) {
  const rows = Array.from({ length: n }, (_, i) => {
    const u = (i * 0.6180339887498949) % 1;
    const v = (i * 0.7548776662466927) % 1;
    const w = (i * 0.5698402909980532) % 1;
    const p = 0.02 + 0.6 * u * u;
    return {
      other: 0.5 * p + 0.3 * w,
      pd: ties ? Math.round(p * 20) / 20 + 0.01 : p,
      bad: v < 0.02 + 0.5 * u * u ? 1 : 0,
      weight: 0.5 + w,
      cluster: Math.floor(i / 3),
    };
  });
  return {
    pd: rows.map((row) => row.pd),
    other: rows.map((row) => row.other),
    bad: rows.map((row) => row.bad),
    weight: rows.map((row) => row.weight),
    cluster: rows.map((row) => row.cluster),
  };
}

/** Throws unless two numbers are equal to about nine digits. */
export function near(actual: number, expected: number, relative = 1e-9): void {
  if (Math.abs(actual - expected) <= relative * Math.max(1e-3, Math.abs(expected))) return;
  throw new Error(`${actual} is not near ${expected}`);
}
