/** Calibration of log-odds: affine, positive slope, only where it helps. */
export * from './affine.ts';
export * from './central-tendency.ts';
