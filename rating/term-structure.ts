import { ProbityError } from '../base/index.ts';
import type { FeatureValues } from '../models/artefact/index.ts';
import { cumulativePdOf, type PdAt } from '../models/hazard/term-structure.ts';
import type { RateableModel } from './model.ts';
import type { Rating } from './rate.ts';
import type { Texts } from './texts.ts';

/** PDs by a hazard model of its own, beside the champion's: neither is scaled to the other. */
export interface TermStructure {
  /** Months of one step of age, and the longest age that training saw: there is a PD at each step up to it and nowhere else. */
  readonly stepMonths: number;
  readonly longestMonths: number;
  /** PD from the instant of the rating over each horizon, ascending. */
  readonly points: readonly PdAt[];
  readonly model: { readonly name: string; readonly hash: string };
}

/** The term structure of one customer. Throws TARGET_MISMATCH where the model in the slot is no hazard model. */
export function termStructureOf(model: RateableModel, values: FeatureValues): TermStructure {
  const { name, target } = model.artefact;
  if (!target.ages)
    throw new ProbityError('TARGET_MISMATCH', 'The model in the slot for a term structure has one horizon only.');
  const { periodMonths, longestMonths } = target.ages;
  return {
    stepMonths: periodMonths,
    longestMonths,
    points: cumulativePdOf(model.scorer, values),
    model: { name, hash: model.hash },
  };
}

/** The PD over one horizon; null: not available, which is no number and never guessed. */
export interface TermPoint {
  readonly horizonMonths: number;
  readonly pd: number | null;
  /** Whose PD it is; null: nobody has one. */
  readonly source: 'term-structure' | 'champion' | null;
  /** The champion's PD where this is its horizon: what decides and is graded; null elsewhere. */
  readonly championPd: number | null;
  /** Why it is not available. */
  readonly why: Texts | null;
}

/** Said where the champion alone could tell, and predicts over another horizon. */
const NO_TERM_STRUCTURE: Texts = {
  en: 'Not available: the model predicts over another horizon, and nothing is extrapolated.',
  'zh-CN': '不可用：模型的预测期限与此不同，本系统不作外推。',
};

function whyNot({ stepMonths, longestMonths }: TermStructure, months: number): Texts {
  return months > longestMonths
    ? {
        en: `Not available: no age beyond ${longestMonths} months was observed, and nothing is extrapolated.`,
        'zh-CN': `不可用：未观察到超过 ${longestMonths} 个月的账龄，本系统不作外推。`,
      }
    : {
        en: `Not available: ages were observed in steps of ${stepMonths} months, and nothing is interpolated.`,
        'zh-CN': `不可用：账龄按每 ${stepMonths} 个月观察，本系统不作内插。`,
      };
}

/**
 * PDs over the horizons asked for, ascending and each once; none asked for: every one that the term structure has. Where there is a term structure, every PD is
 * its, so that they fit each other; without one, a model of one horizon has a PD over that one alone: another cannot be had from it.
 */
export function pdsOver(
  { pd, horizonMonths }: Pick<Rating, 'pd' | 'horizonMonths'>,
  term: TermStructure | null,
  asked: readonly number[] | null,
): readonly TermPoint[] {
  const points = term?.points ?? [];
  const months = asked ?? points.map((point) => point.months);
  return [...new Set(months)]
    .sort((a, b) => a - b)
    .map((over) => {
      const championPd = over === horizonMonths ? pd : null;
      const known = points.find((point) => point.months === over);
      if (known !== undefined)
        return { horizonMonths: over, pd: known.pd, source: 'term-structure', championPd, why: null };
      if (championPd !== null) return { horizonMonths: over, pd, source: 'champion', championPd, why: null };
      return {
        horizonMonths: over,
        pd: null,
        source: null,
        championPd: null,
        why: term === null ? NO_TERM_STRUCTURE : whyNot(term, over),
      };
    });
}

/** A term structure as a report tells it: each year's horizon and the longest, and how they stand to the champion's PD. */
export function termTexts({ points, longestMonths }: TermStructure, championMonths: number): readonly Texts[] {
  const told = points.filter(({ months }, i) => months % 12 === 0 || i === points.length - 1);
  const percent = (pd: number): string => `${Number((100 * pd).toPrecision(3))}`;
  return [
    ...told.map(({ months, pd }) => ({
      en: `${months} months: ${percent(pd)} %`,
      'zh-CN': `${months} 个月：${percent(pd)}%`,
    })),
    {
      en: `Beyond ${longestMonths} months: not available. ${relationText(championMonths).en}`,
      'zh-CN': `超过 ${longestMonths} 个月：不可用。${relationText(championMonths)['zh-CN']}`,
    },
  ];
}

/** How a term structure and the champion's PD stand to each other, where both are told. */
export function relationText(championMonths: number): Texts {
  return {
    en: `By a model of its own, by age. The PD over ${championMonths} months that decides and is graded is the champion’s; neither is scaled to the other.`,
    'zh-CN': `由独立的风险率模型按账龄给出。用于决策和评级的 ${championMonths} 个月违约概率来自冠军模型；两者互不缩放。`,
  };
}
