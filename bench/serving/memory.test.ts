import { expect, it } from 'vitest';
import { growthOf } from './memory.ts';

// By scipy 1.x: linregress(range(10), minutes), and t.ppf(0.975, 8) standard errors beside the slope.
it('gives the slope and the interval that scipy gives of the same minutes', () => {
  const minutes = [100, 103, 101, 104, 102, 105, 103, 106, 104, 107];
  const samples = minutes.flatMap((value, at) => [
    { at: at + 0.2, value: value - 1 },
    { at: at + 0.7, value: value + 1 },
  ]);
  const { perMinute, from, to, mean } = growthOf(samples);
  expect(mean).toBeCloseTo(103.5, 12);
  expect(perMinute).toBeCloseTo(0.5757575757575758, 12);
  expect(from).toBeCloseTo(0.22636300981754975, 9);
  expect(to).toBeCloseTo(0.925152141697601, 9);
});

it('asks for three minutes', () => {
  const twoMinutes = [
    { at: 0, value: 1 },
    { at: 1.5, value: 1 },
  ];
  expect(() => growthOf(twoMinutes)).toThrow('three minutes');
});
