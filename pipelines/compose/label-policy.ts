import type { LabelPolicy, Project } from '../../base/index.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import type { Slot } from '../../models/registry/slot.ts';

/** How the outcomes of a slot are told: the project's default definition, or late payment, over the slot's horizon; a term structure follows defaults for as long. */
export function labelPolicyOf(project: Pick<Project, 'labels'>, slot: Slot): LabelPolicy {
  const { horizonMonths, lateDays } = slot;
  if (lateDays !== undefined) return { horizonMonths, default: { kind: 'late', days: lateDays } };
  return { ...project.labels, horizonMonths };
}

/** What a model of a slot predicts, for its artefact: kind, the definition in words, horizon; with ages, default within each step of them. */
export function targetOf(policy: LabelPolicy, ages?: Artefact['target']['ages']): Artefact['target'] {
  const { default: rule, horizonMonths } = policy;
  if (rule.kind === 'late') {
    const definition = `an undisputed invoice more than ${rule.days} days late within ${horizonMonths} months`;
    return { kind: 'late-payment', definition, horizonMonths };
  }
  if (rule.kind === 'dpd' && ages !== undefined) {
    const { periodMonths } = ages;
    const definition = `at least ${rule.daysPastDue} days past due within a step of ${periodMonths} months`;
    return { kind: 'hazard', definition, horizonMonths: null, ages };
  }
  if (rule.kind === 'dpd') {
    const definition = `at least ${rule.daysPastDue} days past due within ${horizonMonths} months`;
    return { kind: 'default', definition, horizonMonths };
  }
  const good = rule.good.length > 0 ? `; good: ${rule.good.join(', ')}` : '';
  const definition = `status on ${rule.observedAt}: bad: ${rule.bad.join(', ')}${good}`;
  return { kind: 'default', definition, horizonMonths };
}

/** The name of a slot's models. */
export function modelName({ portfolio, segment, horizonMonths, lateDays, stepMonths }: Slot): string {
  const late = lateDays === undefined ? '' : `-late-${lateDays}d`;
  const term = stepMonths === undefined ? '' : `-term-${stepMonths}m`;
  return `${portfolio}${segment === null ? '' : `-${segment}`}-${horizonMonths}m${late}${term}`;
}
