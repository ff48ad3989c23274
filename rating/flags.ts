import type { Texts } from './texts.ts';

export type FlagCode = 'OUTSIDE_TRAINING_RANGE' | 'UNSEEN_CATEGORY' | 'THIN_DATA' | 'STALE_SOURCE';

/** Something that the reader of a rating should know about what it rests on. */
export interface RatingFlag {
  readonly code: FlagCode;
  /** The feature or source that it is about, or null. */
  readonly about: string | null;
  readonly text: Texts;
}

/** A source that delivered later than its spec expects, as of the rating. */
export interface StaleSource {
  readonly source: string;
  /** When its newest fact became known, ISO, or null: never. */
  readonly lastKnown: string | null;
  /** How old that may be, days. */
  readonly expectedDays: number;
}

export function outsideRange(feature: string): RatingFlag {
  return {
    code: 'OUTSIDE_TRAINING_RANGE',
    about: feature,
    text: {
      en: `${feature} lies outside the range seen in training.`,
      'zh-CN': `${feature}超出模型训练数据的取值范围。`,
    },
  };
}

export function unseenCategory(feature: string): RatingFlag {
  return {
    code: 'UNSEEN_CATEGORY',
    about: feature,
    text: { en: `${feature} has a category never seen in training.`, 'zh-CN': `${feature}为训练数据中未出现的类别。` },
  };
}

export function thinData(known: number, all: number): RatingFlag {
  return {
    code: 'THIN_DATA',
    about: null,
    text: {
      en: `Only ${known} of the model’s ${all} features are known.`,
      'zh-CN': `模型的${all}个特征中仅有${known}个已知。`,
    },
  };
}

export function staleSource({ source, lastKnown, expectedDays }: StaleSource): RatingFlag {
  const last = lastKnown?.slice(0, 10);
  return {
    code: 'STALE_SOURCE',
    about: source,
    text: {
      en: `${source} is expected every ${expectedDays} days and was last updated ${last === undefined ? 'never' : `on ${last}`}.`,
      'zh-CN': `数据源${source}应每${expectedDays}天更新，${last === undefined ? '从未更新' : `最近更新于${last}`}。`,
    },
  };
}
