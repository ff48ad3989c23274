const view = new DataView(new ArrayBuffer(8));

/** The next double above (`up`) or below a finite number: one unit in the last place. */
export function neighbour(value: number, up: boolean): number {
  if (value === 0) return up ? Number.MIN_VALUE : -Number.MIN_VALUE;
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  view.setBigInt64(0, bits + (value > 0 === up ? 1n : -1n));
  return view.getFloat64(0);
}
