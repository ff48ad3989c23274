import type { FeatureTerm } from '../models/artefact/index.ts';
import type { ScoreFlag } from '../models/scoring/index.ts';
import { spokenFigure } from './reasons/figures.ts';
import { LANGUAGES, labelOf, listText, sourceLabels, type Language, type Texts } from './texts.ts';

export type FlagCode =
  | 'OUTSIDE_TRAINING_RANGE'
  | 'UNSEEN_CATEGORY'
  | 'NOT_UNDERSTOOD'
  | 'THIN_DATA'
  | 'STALE_SOURCE'
  | 'INCOMPLETE_SOURCE'
  | 'WITHHELD'
  | 'RULES_ONLY';

/** A feature that a flag is about: its value, and the smallest and largest value seen in training (numbers and dates). */
export interface FlaggedFeature {
  readonly name: string;
  readonly value: number | string | null;
  readonly trained: { readonly from: number; readonly to: number } | null;
}

/** Something that the reader of a rating should know about what it rests on; each code stands at most once for features. */
export interface RatingFlag {
  readonly code: FlagCode;
  /** The source that it is about, or null. */
  readonly about: string | null;
  readonly text: Texts;
  /** The features that it is about, those furthest outside their trained range first. */
  readonly features: readonly FlaggedFeature[];
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

/** The feature that tells a customer's segment: it chooses model, cutoffs and loss, whether or not a model reads it. */
export const SEGMENT = 'segment';
/** What people call features that decisions use whether or not a model reads them. */
const LABELS: { readonly [feature: string]: Texts | undefined } = {
  [SEGMENT]: { en: 'Segment', 'zh-CN': '客户分类' },
  credit_lines_open: { en: 'Credit lines and loans that run', 'zh-CN': '存续授信笔数' },
  credit_drawn: { en: 'Balance drawn, in all', 'zh-CN': '已用授信' },
  receivables_open: { en: 'Invoiced and not yet paid', 'zh-CN': '应收未收金额' },
  overdue_amount: { en: 'Amount past due', 'zh-CN': '当前逾期金额' },
};

/** A feature that was not used, as there was no legal basis for a source table of it. */
export interface WithheldFeature {
  readonly feature: string;
  /** The source table without a basis. */
  readonly source: string;
}

/** What the scorer noticed about one value. */
export interface Noticed {
  readonly kind: ScoreFlag['kind'];
  readonly term: FeatureTerm;
  readonly value: number | string | null;
}

/** Features that a flag's text names; the others it counts. */
const NAMED = 3;

const CODES: Readonly<Record<ScoreFlag['kind'], FlagCode>> = {
  'outside-range': 'OUTSIDE_TRAINING_RANGE',
  'unseen-level': 'UNSEEN_CATEGORY',
  'not-understood': 'NOT_UNDERSTOOD',
};

const HEADS: Readonly<Record<ScoreFlag['kind'], Texts>> = {
  'outside-range': { en: 'Well outside the range seen in training', 'zh-CN': '明显超出模型训练数据的取值范围' },
  'unseen-level': { en: 'A category never seen in training', 'zh-CN': '训练数据中未出现的类别' },
  'not-understood': {
    en: 'Not a value of its type, so counted as missing',
    'zh-CN': '取值类型不符，按缺失处理',
  },
};

/** What the scorer noticed, in words: one flag for each kind, naming its features. */
export function scoreFlags(noticed: readonly Noticed[]): RatingFlag[] {
  return (['outside-range', 'unseen-level', 'not-understood'] as const).flatMap((kind) => {
    const found = noticed.filter((one) => one.kind === kind).sort((a, b) => distance(b) - distance(a));
    if (found.length === 0) return [];
    const text = Object.fromEntries(LANGUAGES.map((language) => [language, flagText(kind, found, language)]));
    return [{ code: CODES[kind], about: null, text: text as Texts, features: found.map(flagged) }];
  });
}

/** How far a value lies outside its trained range, in widths of that range. */
function distance({ kind, term, value }: Noticed): number {
  if (kind !== 'outside-range' || typeof value !== 'number' || term.range === null) return 0;
  const [low, high] = term.range;
  const width = high > low ? high - low : Math.max(Math.abs(low), 1);
  return Math.max(low - value, value - high) / width;
}

function flagged({ term, value }: Noticed): FlaggedFeature {
  const trained = term.range && { from: term.range[0], to: term.range[1] };
  return { name: term.name, value, trained };
}

function flagText(kind: ScoreFlag['kind'], found: readonly Noticed[], language: Language): string {
  const named = found.slice(0, NAMED).map((one) => featureText(one, language));
  const more = found.length - named.length;
  if (language === 'en')
    return `${HEADS[kind].en}: ${named.join('; ')}${more > 0 ? `; and ${more} more feature${more > 1 ? 's' : ''}` : ''}.`;
  return `${HEADS[kind]['zh-CN']}：${named.join('；')}${more > 0 ? `；以及另外${more}个特征` : ''}。`;
}

function featureText({ kind, term, value }: Noticed, language: Language): string {
  const label = labelOf(term)[language];
  if (kind === 'not-understood') return label;
  if (typeof value !== 'number') return language === 'en' ? `${label} “${value ?? ''}”` : `${label}“${value ?? ''}”`;
  const say = (number: number): string => spokenFigure(number, term, language);
  if (term.range === null) return `${label} ${say(value)}`;
  const [low, high] = term.range.map(say);
  return language === 'en'
    ? `${label} ${say(value)} (trained on ${low} to ${high})`
    : `${label}为${say(value)}（训练范围${low}至${high}）`;
}

/** No model rated. */
export function rulesOnlyFlag(): RatingFlag {
  return {
    code: 'RULES_ONLY',
    about: null,
    features: [],
    text: {
      en: 'No model rates at present: the default probability is the portfolio’s average, and rules alone tell customers apart.',
      'zh-CN': '当前无模型参与评级：违约概率取组合平均水平，仅由规则区分客户。',
    },
  };
}

/** Whether rules alone rated. */
export function isRulesOnly({ flags }: { readonly flags: readonly Pick<RatingFlag, 'code'>[] }): boolean {
  return flags.some(({ code }) => code === 'RULES_ONLY');
}

export function thinData(known: number, all: number): RatingFlag {
  return {
    code: 'THIN_DATA',
    about: null,
    features: [],
    text: {
      en: `Only ${known} of the model’s ${all} features are known.`,
      'zh-CN': `模型的${all}个特征中仅有${known}个已知。`,
    },
  };
}

export function staleSource({ source, lastKnown, expectedDays }: StaleSource): RatingFlag {
  const last = lastKnown?.slice(0, 10);
  const { en, 'zh-CN': zh } = sourceLabels([source]);
  return {
    code: 'STALE_SOURCE',
    about: source,
    features: [],
    text: {
      en: `Data on ${en[0]} are expected every ${expectedDays} days and were ${last === undefined ? 'never updated' : `last updated on ${last}`}.`,
      'zh-CN': `“${zh[0]}”数据应每${expectedDays}天更新，${last === undefined ? '从未更新' : `最近更新于${last}`}。`,
    },
  };
}

export function incompleteSource({ source, columns }: IncompleteSource): RatingFlag {
  const names = columns.join(', ');
  const { en, 'zh-CN': zh } = sourceLabels([source]);
  return {
    code: 'INCOMPLETE_SOURCE',
    about: source,
    features: [],
    text: {
      en: `Data on ${en[0]} were delivered emptier than expected: ${names}.`,
      'zh-CN': `“${zh[0]}”数据的字段缺失多于预期：${names}。`,
    },
  };
}

/** Features that were not used, for want of a legal basis; `terms`: those of the model, whose labels the text says. `withheld` holds one at least. */
export function withheldData(withheld: readonly WithheldFeature[], terms: readonly FeatureTerm[]): RatingFlag {
  const sources = sourceLabels(withheld.map(({ source }) => source));
  const names = [...new Set(withheld.map(({ feature }) => feature))];
  const say = (language: Language): string[] =>
    names.slice(0, NAMED).map((name) => {
      const term = terms.find((each) => each.name === name);
      return labelOf(term ?? { name, label: LABELS[name] ?? null })[language];
    });
  const more = names.length - NAMED;
  return {
    code: 'WITHHELD',
    about: null,
    features: names.map((name) => ({ name, value: null, trained: null })),
    text: {
      en: `Not used, as there is no legal basis for ${listText(sources.en, 'en')}: ${say('en').join('; ')}${more > 0 ? `; and ${more} more feature${more > 1 ? 's' : ''}` : ''}.`,
      'zh-CN': `因缺少处理${listText(sources['zh-CN'], 'zh-CN')}的合法性基础，以下特征未予使用：${say('zh-CN').join('；')}${more > 0 ? `；以及另外${more}个特征` : ''}。`,
    },
  };
}
