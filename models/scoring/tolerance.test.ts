import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { FeatureTerm } from '../artefact/glass-box.ts';
import { toleratedRange } from './tolerance.ts';

const term = (range: FeatureTerm['range'], edges: readonly number[]): FeatureTerm => ({
  name: 'x',
  type: 'number',
  encoding: { kind: 'number', codes: [], edges },
  shape: [],
  support: [],
  band: null,
  monotone: null,
  range,
  label: null,
});

describe('the values that training speaks for', () => {
  it('go on beyond its range for as far again as the outermost bins reach inside it', () => {
    // Transactions in 30 days: trained on 1 to 17, bins end at 2 and 13.
    expect(toleratedRange(term([1, 17], [2, 5, 13]))).toEqual([1 - 1.6, 21]);
    expect(toleratedRange(term([0, 400], [100, 300]))).toEqual([-100, 500]);
  });

  it('go on for at least a tenth of the range, and are all where training saw no number', () => {
    expect(toleratedRange(term([0, 28], [0.5, 26]))).toEqual([0 - 2.8000000000000003, 28 + 2.8000000000000003]);
    expect(toleratedRange(term(null, []))).toBeNull();
    expect(toleratedRange(term([5, 5], []))).toEqual([5, 5]);
  });

  const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  test.prop([finite, finite, fc.array(finite, { maxLength: 5 })])(
    'hold everything that it saw, and nothing further away than the whole range is wide',
    (a, b, some) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const edges = [...new Set(some)].sort((x, y) => x - y);
      const [from, to] = toleratedRange(term([low, high], edges)) ?? [0, 0];
      expect(from).toBeLessThanOrEqual(low);
      expect(to).toBeGreaterThanOrEqual(high);
      const slack = 1e-9 * (1 + Math.abs(low) + Math.abs(high));
      expect(from).toBeGreaterThanOrEqual(low - (high - low) - slack);
      expect(to).toBeLessThanOrEqual(high + (high - low) + slack);
    },
  );
});
