import type { Language } from '../../base/index.ts';

/** What the page of the review of warnings says. */
export const REVIEW_WORDS = {
  title: { en: 'What warnings were worth', 'zh-CN': '预警效果评估' },
  raisedWithin: { en: 'Warnings raised', 'zh-CN': '触发期间' },
  knownUntil: { en: 'outcomes known until', 'zh-CN': '结果数据截至' },
  unknown: { en: 'Outcomes are not known:', 'zh-CN': '结果未知：' },
  sample: { en: 'smallest sample, customers', 'zh-CN': '最小样本客户数' },
  intervals: { en: '95 % intervals, by customer', 'zh-CN': '95% 置信区间（按客户聚类）' },
  baseRate: { en: 'Default rate without a warning', 'zh-CN': '未预警客户违约率' },
  baseOf: { en: 'customers', 'zh-CN': '户' },
  rules: { en: 'Rules', 'zh-CN': '预警规则数' },
  raisedInAll: { en: 'Warnings raised', 'zh-CN': '触发预警数' },
  uselessCount: { en: 'Rules that never help', 'zh-CN': '无效规则数' },
  byRule: { en: 'By rule', 'zh-CN': '分规则' },
  none: { en: 'No warning was raised in this period.', 'zh-CN': '期内未触发预警。' },
  rule: { en: 'Rule', 'zh-CN': '规则' },
  raised: { en: 'Raised', 'zh-CN': '触发' },
  known: { en: 'Outcome known', 'zh-CN': '结果已知' },
  precision: { en: 'Precision', 'zh-CN': '命中率' },
  lead: { en: 'Median lead time, days', 'zh-CN': '提前期中位数（天）' },
  ignored: { en: 'Ignored', 'zh-CN': '超时未处理占比' },
  verdict: { en: 'Verdict', 'zh-CN': '结论' },
  helps: { en: 'helps', 'zh-CN': '有效' },
  'never-helps': { en: 'never helps', 'zh-CN': '无效' },
  'no-difference-shown': { en: 'no difference shown', 'zh-CN': '未见差异' },
  'too-few': { en: 'too few', 'zh-CN': '样本不足' },
  byRuleNote: {
    en: 'Precision: the share that defaulted within the horizon, of warnings without a countermeasure where they are enough. A rule helps where the whole interval of its precision less the default rate without a warning lies above 0, and never helps where all of it lies at or below.',
    'zh-CN':
      '命中率：预警客户在表现期内违约的占比；未采取措施的预警足够多时仅以其计算。命中率减未预警客户违约率之差的置信区间全部高于 0 为有效，全部不高于 0 为无效。',
  },
  measures: { en: 'Countermeasures', 'zh-CN': '应对措施效果' },
  measuresNote: {
    en: 'Default rate where a countermeasure was carried out, less that where none was; a customer on both sides is a pair. People choose whom to treat: no causal effect.',
    'zh-CN': '已落实措施的违约率减未采取措施的违约率；两侧均有预警的客户按配对处理。措施对象由人选择，并非因果效应。',
  },
  treated: { en: 'With, warnings (customers)', 'zh-CN': '已采取：预警数（客户数）' },
  untreated: { en: 'Without, warnings (customers)', 'zh-CN': '未采取：预警数（客户数）' },
  shared: { en: 'On both sides', 'zh-CN': '两侧均有的客户' },
  difference: { en: 'Difference', 'zh-CN': '违约率之差' },
  noMeasures: {
    en: 'Of no rule are warnings with and without a countermeasure known.',
    'zh-CN': '尚无规则同时具有已采取与未采取措施且结果已知的预警。',
  },
  useless: { en: 'Rules that never help', 'zh-CN': '无效规则' },
  uselessNote: {
    en: 'Change their thresholds, or take them out of the tables.',
    'zh-CN': '建议调整其阈值，或从规则表中移除。',
  },
  noneUseless: { en: 'No rule is shown to be useless.', 'zh-CN': '尚无规则被证明无效。' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

export type ReviewWord = keyof typeof REVIEW_WORDS;
