import { ProbityError, type Problem } from '../../base/index.ts';
import type { RuleSet } from '../../rating/index.ts';
import { nearestName } from '../http/nearest.ts';
import type { ServingDependencies } from '../dependencies.ts';

const PREFIX = 'features.';

/**
 * Throws INVALID_RULES where a proposed rule set declares a feature that neither a view nor a model in place gives, which would be missing for every customer,
 * naming each with the nearest that there is; or one as a boolean: flags are the numbers 0 and 1. Sets on record stay as they are.
 */
export async function requireKnownFeatures(
  { fields }: Pick<RuleSet, 'fields'>,
  {
    champions,
    loadModel,
    viewFeatures,
  }: Pick<ServingDependencies, 'loadModel' | 'viewFeatures'> & {
    readonly champions: Pick<ServingDependencies['champions'], 'standing'>;
  },
): Promise<void> {
  const declared = [...fields.values()].flatMap(({ name, type }) =>
    name.startsWith(PREFIX) ? [{ name: name.slice(PREFIX.length), type, at: `fields.json ${name}` }] : [],
  );
  if (declared.length === 0) return;
  const models = (await champions.standing()).flatMap(({ modelHash, split }) => [
    modelHash,
    ...(split ? [split.modelHash] : []),
  ]);
  const artefacts = await Promise.all([...new Set(models)].map(async (hash) => (await loadModel(hash)).artefact));
  const known = new Set([
    ...(await viewFeatures()),
    ...artefacts.flatMap(({ model }) => model.terms.map(({ name }) => name)),
  ]);
  const problems = declared.flatMap(({ name, type, at }): Problem[] => {
    if (!known.has(name)) {
      const near = nearestName(name, [...known]);
      const fix = near === null ? {} : { fix: `Did you mean ${near}?` };
      return [{ at, message: 'Neither a feature view nor a model in place gives this feature.', ...fix }];
    }
    const fix = 'Declare it as a number, with min 0 and max 1.';
    return type === 'boolean' ? [{ at, message: 'A flag is the number 0 or 1 here.', fix }] : [];
  });
  if (problems.length > 0)
    throw new ProbityError('INVALID_RULES', 'These rules ask for what nobody knows.', { problems });
}
