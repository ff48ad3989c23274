import type { Language } from '../../base/index.ts';

/** What the control report's page says. */
export const CONTROL_WORDS = {
  title: { en: 'Control report', 'zh-CN': '内控报告' },
  asOf: { en: 'as of', 'zh-CN': '截至' },
  sample: { en: 'smallest sample, customers', 'zh-CN': '最小样本客户数' },
  interval: { en: 'intervals, by customer,', 'zh-CN': '置信区间（按客户聚类）' },
  team: { en: 'Team', 'zh-CN': '团队' },
  rest: { en: 'in no team', 'zh-CN': '未分组' },
  count: { en: 'Count', 'zh-CN': '数量' },
  of: { en: 'Of', 'zh-CN': '总数' },
  actual: { en: 'Actual', 'zh-CN': '实际' },
  target: { en: 'Target', 'zh-CN': '目标' },
  verdict: { en: 'Verdict', 'zh-CN': '结论' },
  met: { en: 'met', 'zh-CN': '达标' },
  missed: { en: 'missed', 'zh-CN': '未达标' },
  'not-shown': { en: 'neither shown', 'zh-CN': '尚无定论' },
  'too-few': { en: 'too few', 'zh-CN': '样本不足' },
  reviewsOverdue: { en: 'Reviews overdue', 'zh-CN': '未按期完成的复审' },
  reviewsNote: {
    en: 'Reviews due in the period that were not closed when they were due; cancelled ones are left out.',
    'zh-CN': '期内到期而到期时未完成的复审；已取消的不计。',
  },
  warningsInTime: { en: 'Warnings acted on in time', 'zh-CN': '按时处理的预警' },
  warningsNote: {
    en: 'Warnings opened in the period that are closed, or of which a deadline has passed: those of which none has. What ceased before anybody acted is left out.',
    'zh-CN': '期内触发且已关闭或已超期的预警中，从未超期的占比；无人处理即自行消失的不计。',
  },
  overrides: { en: 'Overrides', 'zh-CN': '人工干预' },
  overridesNote: {
    en: 'Credit given against the decision, against what the model expected and against credit that it gave itself. People choose what they override: no causal effect.',
    'zh-CN': '违背模型结论而放行的授信，与模型预期及模型自行批准的授信相比。干预对象由人选择，并非因果效应。',
  },
  knownUntil: { en: 'Outcomes are known until', 'zh-CN': '结果数据截至' },
  noOutcomes: { en: 'Outcomes are not known:', 'zh-CN': '结果未知：' },
  lent: { en: 'Lent against', 'zh-CN': '干预后放行' },
  known: { en: 'Known', 'zh-CN': '结果已知' },
  expected: { en: 'PD expected', 'zh-CN': '模型预期违约率' },
  defaulted: { en: 'Defaulted', 'zh-CN': '实际违约率' },
  againstOwn: { en: 'Less the model’s own', 'zh-CN': '与模型自批之差' },
  'better-than-model': { en: 'better than the model', 'zh-CN': '优于模型' },
  'worse-than-model': { en: 'worse than the model', 'zh-CN': '劣于模型' },
  'no-difference-shown': { en: 'no difference shown', 'zh-CN': '未见差异' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

export type ControlWord = keyof typeof CONTROL_WORDS;
