import { labelOf, type Language } from '../texts.ts';
import { day, figure } from './figures.ts';
import type { GoodRun } from './good-values.ts';
import type { Reason, ReasonFeature } from './reasons.ts';

const quote = (text: string): string => `“${text}”`;

function valueText(feature: ReasonFeature, language: Language): string {
  if (feature.value === null) return language === 'en' ? 'not known' : '未知';
  if (typeof feature.value === 'string') return quote(feature.value);
  if (feature.type === 'date') return day(feature.value);
  return figure(feature.value, feature.isCode ? undefined : feature.display, 'nearest', language);
}

function goodText(good: GoodRun, feature: ReasonFeature, language: Language): string | null {
  if (good.kind === 'levels') {
    const levels = good.levels.map((level) => quote(level));
    return language === 'en' ? levels.join(' or ') : levels.join('或');
  }
  const { display } = feature;
  if (display === 'whole' || display === 'yes-no') {
    const text = wholeText(good, feature, language);
    if (text !== null) return text;
  }
  const kind = feature.type === 'date' ? 'date' : 'amount';
  const bound = (value: number, direction: 'up' | 'down'): string =>
    feature.type === 'date'
      ? day(direction === 'up' ? Math.ceil(value) : value)
      : figure(value, display, direction, language);
  if (good.from !== null && good.below !== null) {
    const [from, below] = [bound(good.from, 'up'), bound(good.below, 'down')];
    return phrases[language][kind].between(from, below);
  }
  if (good.from !== null) return phrases[language][kind].from(bound(good.from, 'up'));
  return good.below === null ? null : phrases[language][kind].below(bound(good.below, 'down'));
}

/** The whole numbers of a run, first to last; null where it holds none, or has no bound. */
function wholeText(
  good: GoodRun & { readonly kind: 'range' },
  { display, range }: ReasonFeature,
  language: Language,
): string | null {
  const least = range !== null && range[0] >= 0 ? 0 : null;
  const lowest = good.from === null ? least : Math.ceil(good.from);
  const highest = good.below === null ? null : Math.ceil(good.below) - 1;
  const say = (value: number): string => figure(value, display, 'nearest', language);
  const words = phrases[language].whole;
  if (highest === null) {
    if (good.from === null || lowest === null) return null;
    return display === 'yes-no' ? say(lowest) : words.from(say(lowest));
  }
  if (lowest === null) return words.atMost(say(highest));
  if (highest < lowest) return null;
  if (highest === lowest) return highest === 0 && display === 'whole' ? words.none : say(highest);
  return good.from === null ? words.atMost(say(highest)) : words.between(say(lowest), say(highest));
}

type Words = {
  readonly [kind in 'amount' | 'date']: {
    between(from: string, below: string): string;
    from(from: string): string;
    below(below: string): string;
  };
} & {
  readonly whole: {
    readonly none: string;
    between(from: string, to: string): string;
    from(from: string): string;
    atMost(to: string): string;
  };
};

const phrases: { readonly [language in Language]: Words } = {
  en: {
    amount: {
      between: (from, below) => `${from} or more but below ${below}`,
      from: (from) => `${from} or more`,
      below: (below) => `below ${below}`,
    },
    date: {
      between: (from, below) => `${from} or later but before ${below}`,
      from: (from) => `${from} or later`,
      below: (below) => `before ${below}`,
    },
    whole: {
      none: 'none',
      between: (from, to) => `${from} to ${to}`,
      from: (from) => `${from} or more`,
      atMost: (to) => `at most ${to}`,
    },
  },
  'zh-CN': {
    amount: {
      between: (from, below) => `不低于${from}且低于${below}`,
      from: (from) => `不低于${from}`,
      below: (below) => `低于${below}`,
    },
    date: {
      between: (from, below) => `不早于${from}且早于${below}`,
      from: (from) => `不早于${from}`,
      below: (below) => `早于${below}`,
    },
    whole: {
      none: '无',
      between: (from, to) => `${from}至${to}`,
      from: (from) => `不低于${from}`,
      atMost: (to) => `不超过${to}`,
    },
  },
};

/** A reason as one plain sentence: what it is about, the customer's value, and what good looks like. */
export function reasonText(reason: Reason, language: Language): string {
  const [first, second] = reason.features;
  if (first === undefined) return '';
  if (second !== undefined) {
    const part = (feature: ReasonFeature): string =>
      language === 'en'
        ? `${labelOf(feature)[language]} (${valueText(feature, language)})`
        : `${labelOf(feature)[language]}（${valueText(feature, language)}）`;
    return language === 'en'
      ? `${part(first)} together with ${part(second)}: riskier than the two taken singly.`
      : `${part(first)}与${part(second)}同时出现，风险高于两者单独影响之和。`;
  }
  const good = first.good === null ? null : goodText(first.good, first, language);
  const label = labelOf(first)[language];
  const value = valueText(first, language);
  if (language === 'en') {
    if (good === null) return `${label}: ${value}.`;
    return `${label}: ${value}; good is ${good}.`;
  }
  return good === null ? `${label}：${value}。` : `${label}：${value}；良好水平为${good}。`;
}
