import type { RuleField } from '../rules/index.ts';
import { labelOf, type Texts } from '../texts.ts';

const PREFIX = 'features.';

/** What people call the facts that are no features. */
const NAMES: { readonly [field: string]: Texts } = {
  'request.amount': { en: 'Amount asked for', 'zh-CN': '申请金额' },
  'request.termDays': { en: 'Days of payment asked for', 'zh-CN': '申请账期天数' },
  'request.purpose': { en: 'Purpose', 'zh-CN': '用途' },
  'customer.kind': { en: 'Kind of customer', 'zh-CN': '客户类型' },
  'customer.segment': { en: 'Segment', 'zh-CN': '客户分类' },
  'customer.age': { en: 'Age', 'zh-CN': '年龄' },
  'customer.sanctionsHit': { en: 'On a sanctions list', 'zh-CN': '命中制裁名单' },
  'customer.documentsMissing': { en: 'Documents missing', 'zh-CN': '缺少的文件数' },
  'customer.existingExposure': { en: 'Amount drawn', 'zh-CN': '已用金额' },
  'customer.overdueAmount': { en: 'Amount overdue', 'zh-CN': '逾期金额' },
  'guarantee.offered': { en: 'Guarantee offered', 'zh-CN': '提供担保' },
  'data.stale': { en: 'Data late', 'zh-CN': '数据延迟' },
  'late.pd': { en: 'Risk of late payment', 'zh-CN': '逾期付款概率' },
  'regime.macro': { en: 'Economy', 'zh-CN': '宏观环境' },
  'regime.industry': { en: 'State of the industry', 'zh-CN': '行业状况' },
};

/** The feature that a fact is, by its own name; null: it is none. */
export function featureOfField(field: string): string | null {
  return field.startsWith(PREFIX) ? field.slice(PREFIX.length) : null;
}

/** What people call a fact that tables read: a feature by its label in the rules, else by that of the model where it has the feature, else by its name. */
export function factName(
  field: Pick<RuleField, 'name' | 'label'>,
  labelInModel: (feature: string) => Texts | null,
): Texts {
  const feature = featureOfField(field.name);
  if (feature === null) return NAMES[field.name] ?? { en: field.name, 'zh-CN': field.name };
  return labelOf({ name: feature, label: field.label ?? labelInModel(feature) });
}
