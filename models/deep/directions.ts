import type { FeatureTerm } from '../artefact/glass-box.ts';
import { isDeep, type AnyArtefact } from './artefact.ts';

/** What a model says about declared directions. */
export interface Directions {
  /** Features whose declared direction holds at every value, by construction. */
  readonly hold: readonly string[];
  /** Features with a declared direction that nothing guarantees. */
  readonly notGuaranteed: readonly string[];
}

/**
 * Which declared directions a model keeps. A glass box keeps all; so does a deep model, whose networks read such features through weights that are
 * nowhere negative (checked when it is read) and whose blend has no negative weight. A direction declared of a category binds neither: it has no order.
 */
export function directionsOf(artefact: AnyArtefact): Directions {
  const terms: readonly FeatureTerm[] = isDeep(artefact) ? artefact.model.base.terms : artefact.model.terms;
  const declared = terms.filter(({ monotone }) => monotone !== null);
  const names = (ordered: boolean): string[] =>
    declared.filter(({ encoding }) => (encoding.kind === 'number') === ordered).map(({ name }) => name);
  return { hold: names(true), notGuaranteed: names(false) };
}
