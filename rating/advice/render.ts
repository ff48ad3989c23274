import { OUTCOME_NAMES } from '../decision/texts.ts';
import type { RuleSet } from '../rules/index.ts';
import type { Language, Texts } from '../texts.ts';
import type { Advice, AdvisedAct, NoAdviceWhy } from './advise.ts';

/** An amount or a number as people read it: digits in groups of three, decimals only where there are some. */
function figure(value: number, decimals: number): string {
  const isWhole = Number.isInteger(value);
  return value.toLocaleString('en-US', {
    minimumFractionDigits: isWhole ? 0 : decimals,
    maximumFractionDigits: isWhole ? 0 : Math.max(decimals, 2),
  });
}

/** One act as a sentence: how much of what, by which day. */
export function actText({ act, size, isAll, of, due }: AdvisedAct, set: RuleSet, language: Language): string {
  const { currency } = set.decision;
  const decimals = act.size?.unit === 'money' ? currency.minorDigits : 0;
  const parts: { readonly [name: string]: string } = {
    size: size === null ? '' : figure(size, decimals),
    to: of === null ? '' : figure(of.to, decimals),
    currency: language === 'zh-CN' && currency.code === 'CNY' ? '元' : currency.code,
    date: due,
  };
  const text = (isAll ? (act.all ?? act.texts) : act.texts)[language];
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole);
}

const WHY: { readonly [kind in NoAdviceWhy['kind']]: Texts } = {
  best: { en: 'Nothing better is left to reach.', 'zh-CN': '已达到最佳结果，无需改善。' },
  'no-act': {
    en: 'There is nothing that you can do now that would change the decision.',
    'zh-CN': '目前没有您可以采取的措施能改变该决定。',
  },
  rules: {
    en: 'A rule decides, and nothing that you can do changes it.',
    'zh-CN': '该决定由规则作出，您可以采取的措施均无法改变。',
  },
  data: {
    en: 'Too little is known, or it came too late, to advise on.',
    'zh-CN': '已知信息不足或数据延迟，无法给出建议。',
  },
  score: {
    en: 'Nothing that you can do in the time allowed improves the score enough.',
    'zh-CN': '在允许的期限内，您可以采取的措施不足以使评分达到要求。',
  },
  limit: {
    en: 'You could reach the score that is needed, but limit and terms would still not allow what was asked for.',
    'zh-CN': '评分可以达到要求，但授信额度或账期仍不支持所申请的内容。',
  },
};

/** What an advice leaves as it is though the acts move it, as one sentence. */
function unfollowedText(labels: readonly Texts[], language: Language): string {
  const names = labels.map((label) => label[language]);
  return language === 'en'
    ? `Left as they are, though this moves them in ways that cannot be told beforehand: ${names.join('; ')}.`
    : `以下指标会随之变动，但无法事先推算，故按现值计：${names.join('；')}。`;
}

/** Advice as sentences, in the order in which they are to be read: each act, then what it leads to, and what was left as it is for it; or why there is none. */
export function adviceTexts({ found, why, target }: Advice, set: RuleSet, language: Language): readonly string[] {
  if (found === null) {
    const named = why !== null && 'causes' in why ? why.causes.map(({ text }) => text[language]) : [];
    return [WHY[why?.kind ?? 'best'][language], ...named];
  }
  const { outcome, grade } = found.after;
  const name = OUTCOME_NAMES[outcome][language];
  const result =
    language === 'en'
      ? `If nothing else changes, the decision would then be: ${name.toLowerCase()}, grade ${grade.code}.`
      : `其他情况不变时，决定将变为：${name}，评级${grade.code}。`;
  const left = found.unfollowed.map(({ label }) => label);
  const untold = left.length === 0 ? [] : [unfollowedText(left, language)];
  return target === null ? [] : [...found.acts.map((one) => actText(one, set, language)), result, ...untold];
}
