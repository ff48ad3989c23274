import type { Language } from '../../base/index.ts';

/** What the portfolio report's page says. */
export const PORTFOLIO_WORDS = {
  title: { en: 'Portfolio report', 'zh-CN': '组合风险报告' },
  asOf: { en: 'As of', 'zh-CN': '截至' },
  madeAt: { en: 'made', 'zh-CN': '生成时间' },
  customers: { en: 'Customers', 'zh-CN': '客户数' },
  exposure: { en: 'Exposure', 'zh-CN': '敞口' },
  expectedLoss: { en: 'Expected loss', 'zh-CN': '预期损失' },
  meanPd: { en: 'Mean PD', 'zh-CN': '平均违约概率' },
  riskIndex: { en: 'Risk index', 'zh-CN': '风险指数' },
  riskIndexFormula: {
    en: 'Risk index = 10,000 × expected loss ÷ exposure: basis points of what is drawn and open. Expected loss = PD × LGD × exposure at default, over the model’s horizon.',
    'zh-CN':
      '风险指数 = 10,000 × 预期损失 ÷ 敞口(即每万元敞口的预期损失)。预期损失 = 违约概率 × 违约损失率 × 违约敞口,期限与模型一致。',
  },
  unknown: { en: 'customers without a known exposure count as 0', 'zh-CN': '位客户敞口未知,按 0 计' },
  byGrade: { en: 'By grade', 'zh-CN': '按评级' },
  byClass: { en: 'By class', 'zh-CN': '按等级大类' },
  bySegment: { en: 'By segment', 'zh-CN': '按客群' },
  byVintage: { en: 'By year in which the relation began', 'zh-CN': '按合作起始年份' },
  notTold: { en: 'not known', 'zh-CN': '未知' },
  share: { en: 'Share', 'zh-CN': '占比' },
  high: { en: 'high', 'zh-CN': '高' },
  middle: { en: 'middle', 'zh-CN': '中' },
  low: { en: 'low', 'zh-CN': '低' },
  migration: { en: 'Migration of grades', 'zh-CN': '评级迁徙' },
  migrationNote: {
    en: 'Customers by grade before (rows) and now (columns), since',
    'zh-CN': '行为上期评级,列为本期评级(客户数),上期截至',
  },
  worse: { en: 'worse', 'zh-CN': '下调' },
  better: { en: 'better', 'zh-CN': '上调' },
  entered: { en: 'new', 'zh-CN': '新增' },
  left: { en: 'left', 'zh-CN': '退出' },
  noMigration: { en: 'There is no earlier scoring to compare with.', 'zh-CN': '没有可比较的上期评分。' },
  concentration: { en: 'Concentration', 'zh-CN': '集中度' },
  herfindahlCustomers: { en: 'Herfindahl index by customer', 'zh-CN': '按客户的赫芬达尔指数' },
  herfindahlSegments: { en: 'by segment', 'zh-CN': '按客群' },
  largest: { en: 'largest', 'zh-CN': '大客户占比:前' },
  stress: { en: 'Stress', 'zh-CN': '压力测试' },
  scenario: { en: 'Scenario', 'zh-CN': '情景' },
  stressNote: {
    en: 'Macro: PD in a year at a quantile of Vasicek’s systematic factor, and LGD raised with it. Single names: all of what the largest would cost is lost at once.',
    'zh-CN':
      '宏观情景:按 Vasicek 单因子模型取系统因子分位数下的条件违约概率,并相应上调违约损失率。单一客户:最大的若干客户同时违约的损失。',
  },
  singleName: { en: 'the largest default at once', 'zh-CN': '户最大客户同时违约' },
  ranking: { en: 'Value and risk', 'zh-CN': '价值与风险' },
  rankingNote: {
    en: 'Value: thirds of customers by a year’s sales. Net: margin on sales less expected loss.',
    'zh-CN': '价值:按近一年销售额三等分。净收益:销售毛利减预期损失。',
  },
  value: { en: 'Value', 'zh-CN': '价值' },
  risk: { en: 'Class', 'zh-CN': '等级' },
  net: { en: 'Net', 'zh-CN': '净收益' },
  topExposures: { en: 'Largest exposures', 'zh-CN': '最大敞口' },
  topLosses: { en: 'Largest expected losses', 'zh-CN': '最大预期损失' },
  customer: { en: 'Customer', 'zh-CN': '客户' },
  grade: { en: 'Grade', 'zh-CN': '评级' },
  erased: { en: 'erased', 'zh-CN': '已删除' },
  withheld: { en: 'Not used for want of a legal basis', 'zh-CN': '因缺少合法性基础而未使用' },
  feature: { en: 'Feature', 'zh-CN': '特征' },
  sourceTable: { en: 'Source', 'zh-CN': '来源' },
  sources: { en: 'Made from', 'zh-CN': '数据来源' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

export type PortfolioWord = keyof typeof PORTFOLIO_WORDS;
