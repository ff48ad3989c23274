import { ProbityError } from '../../base/index.ts';

/** Infinities become the largest doubles, so that bin edges stay finite; answers how many there were. */
export function boundInfinities(values: Float64Array): number {
  let found = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (value === Infinity || value === -Infinity) {
      values[row] = Math.sign(value) * Number.MAX_VALUE;
      found++;
    }
  }
  return found;
}

/** Row weights; INVALID_INPUT where one is no finite number, or negative. */
export function weightsOf(values: Float64Array, name: string): Float64Array {
  const wrong = values.reduce((sum, value) => sum + (value >= 0 && value < Infinity ? 0 : 1), 0);
  if (wrong === 0) return values;
  throw new ProbityError('INVALID_INPUT', 'Row weights must be finite numbers, at least 0.', {
    problems: [{ at: name, message: `${wrong} rows have none` }],
  });
}

/** Observation dates, in days, as milliseconds; INVALID_INPUT where one is absent and all are needed. */
export function momentsOf(days: Float64Array, name: string, required: boolean): Float64Array {
  const absent = days.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  if (absent > 0 && required) {
    throw new ProbityError('INVALID_INPUT', 'Every row needs its observation date.', {
      problems: [{ at: name, message: `${absent} rows have none that can be read`, fix: 'Write dates as 2026-01-31.' }],
    });
  }
  return days.map((value) => Math.round(value * 86_400_000));
}

/** Customers as indexes; a row without one is a customer of its own. */
export function customersOf(codes: Int32Array): Int32Array {
  let next = codes.reduce((most, code) => Math.max(most, code), -1) + 1;
  return codes.map((code) => (code >= 0 ? code : next++));
}
