import type { Rating } from './rate.ts';
import type { Texts } from './texts.ts';

/** The PD over one horizon; null: not available. */
export interface TermPoint {
  readonly horizonMonths: number;
  readonly pd: number | null;
}

/** Said where a PD is not available. */
export const NOT_AVAILABLE: Texts = {
  en: 'Not available: the model predicts over another horizon, and nothing is extrapolated.',
  'zh-CN': '不可用：模型的预测期限与此不同，本系统不作外推。',
};

/** PDs over the horizons asked for, ascending and each once. A model of one horizon has a PD over that one alone: another cannot be had from it. */
export function termStructureOf(
  { pd, horizonMonths }: Pick<Rating, 'pd' | 'horizonMonths'>,
  months: readonly number[],
): readonly TermPoint[] {
  return [...new Set(months)]
    .sort((a, b) => a - b)
    .map((asked) => ({ horizonMonths: asked, pd: asked === horizonMonths ? pd : null }));
}
