import { labelOf, type Language } from '../texts.ts';
import type { GoodRun } from './good-values.ts';
import type { Reason, ReasonFeature } from './reasons.ts';

const digits = 6;

/**
 * A number in at most six significant digits, rounded in a stated direction so that a bound in words never promises more than the
 * bound itself; thousands are grouped by commas, as both languages do.
 */
function roundedText(value: number, direction: 'nearest' | 'up' | 'down'): string {
  let shown = value;
  if (value !== 0 && Number.isFinite(value)) {
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
    shown = Number(value.toPrecision(digits));
    if (direction === 'up' && shown < value) shown = Number((shown + unit).toPrecision(digits));
    if (direction === 'down' && shown > value) shown = Number((shown - unit).toPrecision(digits));
  }
  const [whole = '', ...rest] = String(shown).split('.');
  return [/^-?\d{4,}$/.test(whole) ? whole.replaceAll(/\B(?=(\d{3})+$)/g, ',') : whole, ...rest].join('.');
}

const day = (days: number): string => {
  const date = new Date(Math.floor(days) * 86_400_000);
  return Number.isNaN(date.getTime()) ? String(days) : date.toISOString().slice(0, 10);
};

const quote = (text: string): string => `“${text}”`;

function valueText(feature: ReasonFeature, language: Language): string {
  if (feature.value === null) return language === 'en' ? 'not known' : '未知';
  if (typeof feature.value === 'string') return quote(feature.value);
  return feature.type === 'date' ? day(feature.value) : roundedText(feature.value, 'nearest');
}

function goodText(good: GoodRun, feature: ReasonFeature, language: Language): string | null {
  if (good.kind === 'levels') {
    const levels = good.levels.map((level) => quote(level));
    return language === 'en' ? levels.join(' or ') : levels.join('或');
  }
  const kind = feature.type === 'date' ? 'date' : 'amount';
  const bound = (value: number, direction: 'up' | 'down'): string =>
    feature.type === 'date' ? day(direction === 'up' ? Math.ceil(value) : value) : roundedText(value, direction);
  if (good.from !== null && good.below !== null) {
    const [from, below] = [bound(good.from, 'up'), bound(good.below, 'down')];
    return phrases[language][kind].between(from, below);
  }
  if (good.from !== null) return phrases[language][kind].from(bound(good.from, 'up'));
  return good.below === null ? null : phrases[language][kind].below(bound(good.below, 'down'));
}

type Phrases = {
  readonly [kind in 'amount' | 'date']: {
    between(from: string, below: string): string;
    from(from: string): string;
    below(below: string): string;
  };
};

const phrases: { readonly [language in Language]: Phrases } = {
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
