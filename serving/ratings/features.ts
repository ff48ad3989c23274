import { ProbityError, type Problem } from '../../base/index.ts';
import type { FeatureTerm, FeatureValues } from '../../models/artefact/index.ts';
import { daysOfIso } from '../../models/scoring/index.ts';
import { featuresAskedFor, type LiveRules, type RateableModel } from '../../rating/index.ts';
import { nearestName, quotable } from '../http/nearest.ts';
import { isJsonObject } from '../http/parse.ts';

const longestText = 1000;

/** What a feature's value must be. */
type Expected = Pick<FeatureTerm, 'type'>;

/**
 * Features sent in a request, checked against what a model, those that stand beside it, and the rules read: names that none of them knows are refused with the
 * nearest known one, as are numbers that are no finite numbers; names left out are missing. Throws INVALID_INPUT with every problem at once.
 */
export function checkedFeatures(
  model: RateableModel,
  given: unknown,
  beside: readonly RateableModel[] = [],
  rules: Pick<LiveRules, 'set'> | null = null,
): FeatureValues {
  if (!isJsonObject(given))
    throw new ProbityError('INVALID_INPUT', 'The features are not valid.', {
      problems: [{ at: 'features', message: 'Send an object: feature names and values.' }],
    });
  const own = rules === null ? termsOf(model) : termsBeside(model, rules);
  const terms =
    beside.length === 0 ? own : new Map([...own, ...[...beside, model].flatMap((one) => [...termsOf(one)])]);
  const values: Record<string, number | string | null> = Object.create(null) as Record<string, null>;
  const problems: Problem[] = [];
  for (const name of Object.keys(given)) {
    const term = terms.get(name);
    if (term === undefined) {
      const near = nearestName(name, [...terms.keys()]);
      const fix = near === null ? {} : { fix: `Did you mean ${near}?` };
      problems.push({
        at: `features.${quotable(name)}`,
        message: 'Neither model nor rules read such a feature.',
        ...fix,
      });
      continue;
    }
    const value = checkedValue(term, given[name]);
    if (typeof value === 'object' && value !== null) problems.push({ at: `features.${name}`, ...value });
    else values[name] = value;
  }
  if (problems.length > 0) throw new ProbityError('INVALID_INPUT', 'The features are not valid.', { problems });
  return values;
}

const termsByModel = new WeakMap<RateableModel, ReadonlyMap<string, FeatureTerm>>();

function termsOf(model: RateableModel): ReadonlyMap<string, FeatureTerm> {
  let terms = termsByModel.get(model);
  if (terms === undefined) {
    // The age of a hazard model is no fact of a customer: every age is asked for.
    const age = model.artefact.target.ages?.term;
    const facts = model.artefact.model.terms.filter(({ name }) => name !== age);
    terms = new Map(facts.map((term) => [term.name, term]));
    termsByModel.set(model, terms);
  }
  return terms;
}

const askedBySet = new WeakMap<LiveRules['set'], ReadonlyMap<string, Expected>>();

/** The features that rules ask for, by the types that they declare; the one that tells an industry's regime is a category. */
function askedByRules(rules: Pick<LiveRules, 'set'>): ReadonlyMap<string, Expected> {
  const { set } = rules;
  let asked = askedBySet.get(set);
  if (asked === undefined) {
    const expected = (name: string): Expected => {
      const declared = set.fields.get(`features.${name}`)?.type ?? 'category';
      return { type: declared === 'category' ? 'category' : 'number' };
    };
    asked = new Map(featuresAskedFor(rules).map((name) => [name, expected(name)]));
    askedBySet.set(set, asked);
  }
  return asked;
}

const termsBySet = new WeakMap<LiveRules['set'], WeakMap<RateableModel, ReadonlyMap<string, Expected>>>();

/** What a model and rules read together, worked out once for the two. */
function termsBeside(model: RateableModel, rules: Pick<LiveRules, 'set'>): ReadonlyMap<string, Expected> {
  const known = termsBySet.get(rules.set) ?? new WeakMap<RateableModel, ReadonlyMap<string, Expected>>();
  termsBySet.set(rules.set, known);
  let terms = known.get(model);
  if (terms === undefined) {
    terms = new Map<string, Expected>([...askedByRules(rules), ...termsOf(model)]);
    known.set(model, terms);
  }
  return terms;
}

type Complaint = { readonly message: string; readonly fix?: string };

function checkedValue(term: Expected, value: unknown): number | string | null | Complaint {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return { message: 'This number is too large, or not finite.' };
    return term.type === 'category' ? String(value) : value;
  }
  if (typeof value === 'boolean') return term.type === 'category' ? String(value) : Number(value);
  if (typeof value !== 'string') return { message: `Send a ${term.type === 'number' ? 'number' : 'text'} or null.` };
  if (value.length > longestText) return { message: `A text may be ${longestText} characters long.` };
  if (term.type === 'category') return value;
  if (term.type === 'date') {
    if (!Number.isNaN(daysOfIso(value))) return value;
    return { message: 'This is not a date.', fix: 'Write it as 2026-01-31.' };
  }
  return { message: 'This is a number feature; a text was sent.', fix: 'Send 12.5, not "12.5"; null where missing.' };
}
