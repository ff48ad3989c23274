import { listText, sourceLabels, type Texts } from '../texts.ts';
import type { Outcome } from './decision.ts';

/** What decisions are called. */
export const OUTCOME_NAMES: Readonly<Record<Outcome, Texts>> = {
  approve: { en: 'Approve', 'zh-CN': '批准' },
  condition: { en: 'Approve with conditions', 'zh-CN': '有条件批准' },
  refer: { en: 'Refer', 'zh-CN': '转人工审核' },
  decline: { en: 'Decline', 'zh-CN': '拒绝' },
};

/** Causes that do not come from a policy table. */
export type CauseCode =
  | 'PD_BELOW_CUTOFF'
  | 'PD_BETWEEN_CUTOFFS'
  | 'PD_ABOVE_CUTOFF'
  | 'THIN_DATA'
  | 'STALE_DATA'
  | 'LIMIT_PARTLY'
  | 'LIMIT_NOTHING'
  | 'TERM_SHORTER'
  | 'PREPAYMENT'
  | 'GUARANTEE_NEEDED'
  | 'RULES_ONLY';

const percent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;

/** The texts of our own causes; amounts come as they are to be read. */
export const causeTexts = {
  PD_BELOW_CUTOFF: (cutoff: number): Texts => ({
    en: `The default probability is below ${percent(cutoff)}.`,
    'zh-CN': `违约概率低于${percent(cutoff)}。`,
  }),
  PD_BETWEEN_CUTOFFS: (approve: number): Texts => ({
    en: `The default probability is not below ${percent(approve)}: a person decides.`,
    'zh-CN': `违约概率不低于${percent(approve)}，须人工审核。`,
  }),
  PD_ABOVE_CUTOFF: (decline: number): Texts => ({
    en: `The default probability is ${percent(decline)} or more.`,
    'zh-CN': `违约概率达到或超过${percent(decline)}。`,
  }),
  THIN_DATA: (known: number, all: number): Texts => ({
    en: `Too little is known to decide: ${known} of ${all} features.`,
    'zh-CN': `已知信息不足以自动决策：${all}个特征中仅有${known}个已知。`,
  }),
  STALE_DATA: (sources: readonly string[]): Texts => {
    const { en, 'zh-CN': zh } = sourceLabels(sources);
    return {
      en: `Data are late or incomplete: ${listText(en, 'en')}.`,
      'zh-CN': `数据延迟或不完整：${listText(zh, 'zh-CN')}。`,
    };
  },
  LIMIT_PARTLY: (granted: string): Texts => ({
    en: `The limit allows ${granted} of the amount asked for.`,
    'zh-CN': `授信额度仅支持申请金额中的${granted}。`,
  }),
  LIMIT_NOTHING: (unknownBase: Texts | null): Texts =>
    unknownBase === null
      ? { en: 'The limit leaves nothing to draw.', 'zh-CN': '授信额度已无可用余额。' }
      : {
          en: `The limit is a share of an item that is not known, so nothing can be granted: ${unknownBase.en}.`,
          'zh-CN': `授信额度须按以下项目的一定比例核定，而该项目未知，暂无法授信：${unknownBase['zh-CN']}。`,
        },
  TERM_SHORTER: (days: number): Texts => ({
    en: `Payment within ${days} days at most.`,
    'zh-CN': `账期最长${days}天。`,
  }),
  PREPAYMENT: (share: number): Texts => ({
    en: `${percent(share)} to be paid in advance.`,
    'zh-CN': `须预付${percent(share)}。`,
  }),
  GUARANTEE_NEEDED: (): Texts => ({ en: 'A guarantee is needed.', 'zh-CN': '须提供担保。' }),
  RULES_ONLY: (): Texts => ({
    en: 'No model rates at present: only rules told this customer from the average.',
    'zh-CN': '当前无模型参与评级，仅依据规则评估。',
  }),
} as const satisfies Record<CauseCode, (...values: never[]) => Texts>;
