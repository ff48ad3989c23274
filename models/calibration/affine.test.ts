import { expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { calibrateOutOfFold, logLossOfLogOdds } from './index.ts';

/** Log-odds of 2000 rows whose true log-odds are `slope` times as far from 0. */
function sample(seed: number, slope: number) {
  const random = seededRandom(seed);
  const logOdds = Float64Array.from({ length: 2000 }, () => random.normal());
  const bad = Uint8Array.from(logOdds, (s) => (random.uniform() < 1 / (1 + Math.exp(-slope * s)) ? 1 : 0));
  const folds = Int32Array.from({ length: 2000 }, (_, row) => row % 5);
  return { logOdds, bad, folds };
}

test('log-odds that spread too far are drawn in', () => {
  const { logOdds, bad, folds } = sample(1, 0.5);
  const { method, slope, logLossBefore, logLossAfter } = calibrateOutOfFold(logOdds, bad, null, folds);
  expect(method).toBe('affine');
  expect(slope).toBeGreaterThan(0.35);
  expect(slope).toBeLessThan(0.65);
  expect(logLossAfter).toBeLessThan(logLossBefore);
});

test('no calibrator is applied that does not lower the log-loss; one that spreads scores must lower it on folds left out', () => {
  let spread = 0;
  for (let seed = 0; seed < 30; seed++) {
    const { logOdds, bad, folds } = sample(seed, 1);
    const { method, slope, intercept, logLossBefore, logLossAfter } = calibrateOutOfFold(logOdds, bad, null, folds);
    expect(logLossBefore).toBe(logLossOfLogOdds(logOdds, bad, null));
    if (method === 'affine') expect(logLossAfter).toBeLessThan(logLossBefore);
    else expect([slope, intercept, logLossAfter]).toEqual([1, 0, logLossBefore]);
    if (slope > 1) spread++;
  }
  expect(spread).toBeLessThan(8);
  const { logOdds, bad, folds } = sample(3, 2);
  expect(calibrateOutOfFold(logOdds, bad, null, folds).slope).toBeGreaterThan(1.5);
});

test('log-odds that point the wrong way are left as they are', () => {
  const { logOdds, bad, folds } = sample(2, -1);
  expect(calibrateOutOfFold(logOdds, bad, null, folds).method).toBe('none');
});
