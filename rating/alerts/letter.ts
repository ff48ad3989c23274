import type { Language } from '../../base/language.ts';
import type { Texts } from '../texts.ts';
import type { WarningHandling } from '../warnings/handling-schema.ts';
import { WARNING_LEVELS } from '../warnings/levels.ts';
import { measureOf } from '../warnings/measures.ts';
import type { Alert, AlertCause } from './alert.ts';

/** An alert as its recipient reads it. */
export interface AlertText {
  readonly subject: string;
  readonly text: string;
}

const CAUSES: { readonly [cause in AlertCause]: Texts } = {
  raised: { en: 'New warning', 'zh-CN': '新预警' },
  escalated: { en: 'Escalated: a deadline has passed', 'zh-CN': '升级处理：已超过期限' },
  woken: { en: 'Due again: the time it was put off for is over', 'zh-CN': '暂缓期满，重新待处理' },
  assigned: { en: 'Handed on to you', 'zh-CN': '已转交给您处理' },
  'approval-needed': { en: 'A countermeasure needs your approval', 'zh-CN': '风险应对措施待您审批' },
  'measure-failed': { en: 'A countermeasure could not be carried out', 'zh-CN': '风险应对措施执行失败' },
  alarm: { en: 'Model monitoring: alarm', 'zh-CN': '模型监控告警' },
  report: { en: 'New report', 'zh-CN': '新报告' },
  'due-soon': { en: 'Due soon: it waits for you', 'zh-CN': '即将到期，待您处理' },
  overdue: { en: 'Overdue: the deadline has passed', 'zh-CN': '已超过期限，待您处理' },
  'given-up': { en: 'A webhook was given up', 'zh-CN': 'Webhook 投递中止' },
  left: { en: 'Reconciliation: something is left to look at', 'zh-CN': '对账：有待处理事项' },
};
const REPORTS: { readonly [report: string]: Texts } = {
  portfolio: { en: 'The portfolio', 'zh-CN': '组合风险报告' },
  customer: { en: 'A customer’s risk report', 'zh-CN': '客户风险报告' },
  control: { en: 'The control report', 'zh-CN': '内控报告' },
};
const DIGEST = {
  en: (count: number): string => `${count} alerts`,
  'zh-CN': (count: number): string => `${count}条提醒`,
} as const;
const WORDS = {
  exposure: { en: 'Exposure at stake', 'zh-CN': '涉及敞口' },
  due: { en: 'Act by', 'zh-CN': '处理期限' },
  measures: { en: 'Countermeasures', 'zh-CN': '风险应对措施' },
  instead: { en: 'Told to you because it could not be delivered to', 'zh-CN': '因无法送达以下人员，转由您处理' },
  reference: { en: 'Reference', 'zh-CN': '编号' },
} as const;

/** An alert in one language. It names no customer: the reference leads to the one whom it is about. */
export function alertText(
  { kind, cause, level, about, facts, insteadOf }: Omit<Alert, 'customerId'>,
  handling: Pick<WarningHandling, 'levels' | 'measures'>,
  language: Language,
): AlertText {
  const colon = language === 'en' ? ': ' : '：';
  const line = (word: keyof typeof WORDS, value: string): string => `${WORDS[word][language]}${colon}${value}`;
  const meaning =
    facts.meaning?.[language] ?? (kind === 'report' ? REPORTS[facts.code]?.[language] : undefined) ?? facts.code;
  const levelName = kind === 'report' ? null : handling.levels[level].label[language];
  const measures = facts.measures.map((code) => measureOf(code, handling as WarningHandling)?.label[language] ?? code);
  const head = CAUSES[cause][language];
  const what = kind === 'warning' ? `${meaning} (${facts.code})` : meaning;
  const lines = [
    levelName === null ? head : `${head} (${levelName})`,
    what,
    '',
    ...(facts.exposure === null
      ? []
      : [line('exposure', facts.exposure.toLocaleString('en', { maximumFractionDigits: 0 }))]),
    ...(measures.length === 0 ? [] : [line('measures', measures.join(language === 'en' ? ', ' : '、'))]),
    ...(facts.dueBy === null ? [] : [line('due', `${facts.dueBy.slice(0, 16).replace('T', ' ')} UTC`)]),
    ...(insteadOf === '' ? [] : [line('instead', insteadOf)]),
    line('reference', about),
    '',
  ];
  const subject =
    levelName === null
      ? `${head}${colon}${meaning}`
      : `[${levelName}] ${head}${colon}${facts.meaning?.[language] ?? facts.code}`;
  return { subject, text: lines.join('\n') };
}

/** Several alerts as one letter, the most severe first; one alone is as it would have come. */
export function digestText(
  alerts: readonly Omit<Alert, 'customerId'>[],
  handling: Pick<WarningHandling, 'levels' | 'measures'>,
  language: Language,
): AlertText {
  const rank = ({ level }: Pick<Alert, 'level'>): number => -WARNING_LEVELS.indexOf(level);
  const texts = alerts.toSorted((a, b) => rank(a) - rank(b)).map((alert) => alertText(alert, handling, language));
  const [first] = texts;
  if (first === undefined || texts.length === 1) return first ?? { subject: '', text: '' };
  const separator = language === 'en' ? ': ' : '：';
  return {
    subject: `${DIGEST[language](texts.length)}${separator}${first.subject}`,
    text: texts.map(({ text }, i) => `${i + 1}/${texts.length}\n${text}`).join('\n'),
  };
}
