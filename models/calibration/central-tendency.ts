import type { CentralTendency } from '../artefact/glass-box.ts';

/**
 * The intercept that moves PDs from the bad rate of the sample to another long-run rate: the difference of the log-odds of both (prior
 * shift; Saerens, Latinne, Decaestecker 2002; King and Zeng 2001). Right where goods and bads look as they did and only their shares
 * differ, as where a sample kept all bads and some goods. The rates lie between 0 and 1, both excluded.
 */
export function shiftTo(target: number, sample: number): CentralTendency {
  const logit = (rate: number): number => Math.log(rate / (1 - rate));
  return { sample, target, intercept: logit(target) - logit(sample) };
}
