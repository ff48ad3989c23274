import type { ScoreFlag } from '../models/scoring/index.ts';
import type { Texts } from './texts.ts';

export type FlagCode =
  'OUTSIDE_TRAINING_RANGE' | 'UNSEEN_CATEGORY' | 'NOT_UNDERSTOOD' | 'THIN_DATA' | 'STALE_SOURCE' | 'INCOMPLETE_SOURCE';

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

/** A source whose last delivery left columns emptier than its spec expects. */
export interface IncompleteSource {
  readonly source: string;
  readonly columns: readonly string[];
}

const scoreFlagTexts: Record<ScoreFlag['kind'], readonly [FlagCode, string, string]> = {
  'outside-range': [
    'OUTSIDE_TRAINING_RANGE',
    'lies outside the range seen in training.',
    '超出模型训练数据的取值范围。',
  ],
  'unseen-level': ['UNSEEN_CATEGORY', 'has a category never seen in training.', '为训练数据中未出现的类别。'],
  'not-understood': [
    'NOT_UNDERSTOOD',
    'is not a value of its type and counts as missing.',
    '取值类型不符，按缺失处理。',
  ],
};

/** What the scorer noticed about one value, in words; `label` names the feature in each language. */
export function scoreFlag({ kind, feature }: ScoreFlag, label: Texts): RatingFlag {
  const [code, en, zh] = scoreFlagTexts[kind];
  return { code, about: feature, text: { en: `${label.en} ${en}`, 'zh-CN': `${label['zh-CN']}${zh}` } };
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

export function incompleteSource({ source, columns }: IncompleteSource): RatingFlag {
  const names = columns.join(', ');
  return {
    code: 'INCOMPLETE_SOURCE',
    about: source,
    text: {
      en: `${source} was delivered emptier than expected: ${names}.`,
      'zh-CN': `数据源${source}的字段缺失多于预期：${names}。`,
    },
  };
}
