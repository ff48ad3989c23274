import type { FeatureTerm } from '../../models/artefact/index.ts';
import { factName, OUTCOME_NAMES, type DecisionCause } from '../decision/index.ts';
import { labelInModel, type RateableModel } from '../model.ts';
import { normalValue, type ReasonFeature } from '../reasons/reasons.ts';
import { reasonText } from '../reasons/render.ts';
import { accepts, type RuleSet } from '../rules/index.ts';
import { labelOf, listText, type Language, type Texts } from '../texts.ts';
import { factsText } from './fact-text.ts';
import type { DecisionReason, Explained, Explanation } from './explain.ts';

/** A reason as one plain sentence: for a feature its value and what good looks like, for a rule what it says. */
export function decisionReasonText(reason: DecisionReason, explained: Explained, language: Language): string {
  switch (reason.kind) {
    case 'feature':
      return featureText(reason, explained, language);
    case 'criterion': {
      const label = labelOfCriterion(explained.set, reason.remedy.name)[language];
      const criterion = explained.set.score.find(({ table }) => table.name === reason.remedy.name);
      if (reason.facts !== undefined && criterion !== undefined) {
        const { facts: now } = explained.decision;
        const { table, reference } = criterion;
        return factsText(table, reference, reason.facts, now, explained.model, label, language);
      }
      const present = explained.decision.criteria.find(({ name }) => name === reason.remedy.name)?.points ?? 0;
      return language === 'en'
        ? `${label}: ${present} points; good is ${reason.remedy.points} or more.`
        : `${label}：${present}分；良好水平为不低于${reason.remedy.points}分。`;
    }
    case 'rule': {
      const { text, source, code } = reason.cause;
      return [
        text[language],
        listed({ en: 'Missing', 'zh-CN': '缺少' }, missingNames(reason.cause, explained.model, language), language),
        source === 'policy' ? notKnown(code, explained, language) : '',
      ]
        .filter(Boolean)
        .join(language === 'en' ? ' ' : '');
    }
    case 'override':
      return reason.override.reason[language];
    default:
      return [reason.policy.text[language], notKnown(reason.policy.code, explained, language)]
        .filter(Boolean)
        .join(language === 'en' ? ' ' : '');
  }
}

/** What people call what is missing: features by their labels, documents as they were asked for. Sources that are late are in the text itself. */
function missingNames({ code, missing }: DecisionCause, model: RateableModel, language: Language): readonly string[] {
  if (code === 'STALE_DATA') return [];
  if (code !== 'THIN_DATA') return missing;
  return missing.map((name) => labelOf({ name, label: labelInModel(model, name) })[language]);
}

function listed(head: Texts, names: readonly string[], language: Language): string {
  if (names.length === 0) return '';
  return language === 'en'
    ? `${head.en}: ${listText(names, language)}.`
    : `${head['zh-CN']}：${listText(names, language)}。`;
}

/** The facts that rows of policy with this code took without knowing them. */
function notKnown(code: string, { decision, set, model }: Explained, language: Language): string {
  const fields = decision.policy.flatMap((hit) => {
    if (hit.code !== code) return [];
    const table = set.policy.find(({ name }) => name === hit.table);
    const tests = table?.rows.find(({ id }) => id === hit.row)?.tests ?? [];
    return (table?.fields ?? []).filter((field, c) => {
      const test = tests[c] ?? { kind: 'any' };
      return test.kind !== 'any' && (decision.facts[field.name] ?? null) === null && accepts(test, null);
    });
  });
  const names = fields.map((field) => factName(field, (feature) => labelInModel(model, feature))[language]);
  return listed({ en: 'Not known', 'zh-CN': '未知' }, [...new Set(names)], language);
}

function featureText(
  { remedy }: DecisionReason & { readonly kind: 'feature' },
  { model, values }: Pick<Explained, 'model' | 'values'>,
  language: Language,
): string {
  const feature = featureOf(model, remedy.term, values);
  return reasonText(
    { features: [{ ...feature, good: remedy.good }], contribution: 0, reference: 0, pointsLost: 0 },
    language,
  );
}

function featureOf(model: RateableModel, index: number, values: Explained['values']): ReasonFeature {
  const term = model.artefact.model.terms[index] as FeatureTerm;
  const value = normalValue(values[term.name], term.type);
  const isCode = (term.encoding.codes as readonly (number | string)[]).includes(value ?? Number.NaN);
  const { name, type, label, display, range } = term;
  return { name, type, label, display, range, value, isCode, good: null };
}

function labelOfCriterion(set: RuleSet, name: string): Texts {
  return set.score.find(({ table }) => table.name === name)?.label ?? { en: name, 'zh-CN': name };
}

/** What the decision turned on, and how far the named reasons would bring the customer, in one or two sentences. */
export function boundaryText(
  { boundary, distance, reasons, together, reaches }: Explanation,
  pointsPerLogOdds: number,
  language: Language,
): string {
  const points = (logOdds: number): string => String(Math.ceil(logOdds * pointsPerLogOdds * 10 - 1e-9) / 10);
  const floor = (logOdds: number): string => String(Math.floor(logOdds * pointsPerLogOdds * 10 + 1e-9) / 10);
  if (boundary.kind === 'rule' && boundary.mayReadScore === true)
    return language === 'en'
      ? 'Rules decided; no cutoff of the default probability did.'
      : '由规则作出决定，并非因违约概率触及审批界限。';
  if (boundary.kind === 'rule')
    return language === 'en' ? 'Rules decided, whatever the score.' : '由规则直接决定，与评分无关。';
  if (boundary.kind === 'override' && boundary.from === 'refer')
    return language === 'en'
      ? 'A person decided, to whom model and rules had handed the request.'
      : '由工作人员作出决定；模型与规则已将该申请转交人工审核。';
  if (boundary.kind === 'override' && boundary.from === boundary.to)
    return language === 'en'
      ? 'A person set the limit; in all else model and rules decided.'
      : '授信额度由工作人员核定，其余由模型与规则作出决定。';
  if (boundary.kind === 'override') {
    const made = OUTCOME_NAMES[boundary.from][language];
    return language === 'en'
      ? `A person decided; by model and rules alone the decision would have been: ${made}.`
      : `由工作人员作出决定；仅按模型与规则，决定应为：${made}。`;
  }
  if (boundary.kind === 'none') return language === 'en' ? 'This is the best grade.' : '已为最高评级。';
  const cutoff = `${Number((boundary.kind === 'cutoff' ? boundary.pd * 100 : 0).toPrecision(6))} %`;
  const first =
    language === 'en'
      ? boundary.kind === 'cutoff'
        ? `The score is ${points(distance)} points short of a default probability below ${cutoff}.`
        : `The score is ${points(distance)} points short of grade ${boundary.grade}.`
      : boundary.kind === 'cutoff'
        ? `距离违约概率低于${cutoff}还差${points(distance)}分。`
        : `距离${boundary.grade}级还差${points(distance)}分。`;
  if (together === 0) return first;
  const rules = reasons.some((reason) => reason.kind === 'rule' && reason.cause.source !== 'cutoff');
  if (rules && !reaches) {
    return language === 'en'
      ? `${first} The reasons of score named, put right together, bring ${floor(together)} points; the rules named ask for this decision, too.`
      : `${first}所列评分原因全部改善可提高${floor(together)}分；所列规则亦要求作出该决定。`;
  }
  const second =
    language === 'en'
      ? ` The reasons named, put right together, bring ${floor(together)} points${reaches ? ', which is enough' : ''}.`
      : `上述原因全部改善可提高${floor(together)}分${reaches ? '，足以达到' : ''}。`;
  return first + second;
}
