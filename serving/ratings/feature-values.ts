import type { AsOf } from '../../base/index.ts';
import type { FeatureValues } from '../../models/artefact/index.ts';
import {
  featuresAskedFor,
  type LiveRules,
  type RateableModel,
  type WithheldFeature,
  SEGMENT,
} from '../../rating/index.ts';
import type { FeatureAnswer, FeatureReader, ViewHashes } from '../dependencies.ts';
import { modelsBeside, type Assignment } from './assignment.ts';
import { AMOUNT_FEATURES } from './known-amounts.ts';

/** Values of features for the model that rates and those that stand beside it, each by the versions of the views that it was trained with. */
export interface ValuesByModel {
  readonly own: FeatureValues;
  readonly late: FeatureValues;
  readonly term: FeatureValues;
}

/** The same values for every model. */
export const sameValues = (values: FeatureValues): ValuesByModel => ({ own: values, late: values, term: values });

/** Features of customers for the three models: models that were trained with the same versions of their views share one look-up. */
export interface LookedUp {
  readonly own: FeatureAnswer;
  readonly late: FeatureAnswer;
  readonly term: FeatureAnswer;
}

/** What is asked for by name beside the models' views: by the rules, and for the amounts that a request may leave out. */
export function featuresBeside(rules: LiveRules): readonly string[] {
  return [...featuresAskedFor(rules), ...AMOUNT_FEATURES];
}

const viewsOf = (model: RateableModel | null): ViewHashes => model?.artefact.provenance.featureViews ?? {};

/** Features by these versions of views, and those that were asked for by name. */
export interface Looked {
  readonly views: ViewHashes;
  readonly asked: readonly string[];
  readonly answer: FeatureAnswer;
}

/** The versions of views that all these models were trained with, where they agree; where they do not, the first one's. */
export function viewsTogether(models: readonly RateableModel[]): ViewHashes {
  return Object.assign({}, ...models.map(viewsOf).toReversed()) as ViewHashes;
}

/** Looks up what models and rules need and `before`, of the same customers and instant, does not hold. */
export async function lookUp(
  reader: FeatureReader,
  ids: readonly string[],
  asOf: AsOf,
  { model, rules, ...beside }: Pick<Assignment, 'model' | 'rules' | 'late' | 'term'>,
  before: Looked | null = null,
): Promise<LookedUp> {
  const shared: { views: ViewHashes; asked: readonly string[]; answer?: FeatureAnswer }[] =
    before === null ? [] : [{ ...before }];
  const places = [model, ...modelsBeside(beside)].map((one, place) => {
    const views = viewsOf(one);
    // Rules read the values of the model that rates.
    const asked = place === 0 ? featuresBeside(rules) : [];
    let group = shared.find(
      (held) =>
        Object.entries(views).every(
          ([view, hash]) => held.views[view] === hash || (held.answer === undefined && held.views[view] === undefined),
        ) && asked.every((name) => held.asked.includes(name)),
    );
    if (group === undefined) shared.push((group = { views, asked }));
    else if (group.answer === undefined) group.views = { ...views, ...group.views };
    return group;
  });
  for (const group of shared) group.answer ??= await reader.featuresOf(ids, asOf, group.views, group.asked);
  const [own, late, term] = places.map(({ answer }) => answer) as [FeatureAnswer, FeatureAnswer, FeatureAnswer];
  return { own, late, term };
}

/** What models and rules ask for that is made from tables without a basis: each such feature with each such table. */
export function withheldOf(
  { model, rules, late, term, rulesOnly }: Pick<Assignment, 'model' | 'rules' | 'late' | 'term' | 'rulesOnly'>,
  without: readonly string[],
  found: LookedUp,
  amounts: readonly string[] = AMOUNT_FEATURES,
): readonly WithheldFeature[] {
  const tables = { ...found.term.tables, ...found.late.tables, ...found.own.tables };
  const models = [rulesOnly ? null : model, ...modelsBeside({ late, term })].filter((one) => one !== null);
  const terms = models.flatMap(({ artefact }) => artefact.model.terms);
  const asked = new Set([...terms.map(({ name }) => name), ...featuresAskedFor(rules), ...amounts]);
  return [...asked].flatMap((feature) =>
    (Object.hasOwn(tables, feature) ? (tables[feature] ?? []) : [])
      .filter((source) => without.includes(source))
      .map((source) => ({ feature, source })),
  );
}

/** Segments that may be used, and for whom they may not be: the feature with each table without a basis. */
export interface Segments {
  readonly segments: ReadonlyMap<string, string | null>;
  readonly withheld: ReadonlyMap<string, readonly WithheldFeature[]>;
}

/** Segments without those that are made from tables without a basis, by customer: these choose neither model nor rules nor loss. */
export function withoutSegments(
  segments: ReadonlyMap<string, string | null>,
  lacking: ReadonlyMap<string, readonly string[]>,
): Segments {
  const withheld = new Map(
    [...lacking].flatMap(([id, tables]) =>
      tables.length === 0 ? [] : [[id, tables.map((source) => ({ feature: SEGMENT, source }))] as const],
    ),
  );
  if (withheld.size === 0) return { segments, withheld };
  return { segments: new Map([...segments].map(([id, segment]) => [id, withheld.has(id) ? null : segment])), withheld };
}

/** Values without those of withheld features. */
export function withoutFeatures(values: ValuesByModel, withheld: readonly WithheldFeature[]): ValuesByModel {
  const names = new Set(withheld.map(({ feature }) => feature));
  const kept = (all: FeatureValues): FeatureValues =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !names.has(name)));
  return { own: kept(values.own), late: kept(values.late), term: kept(values.term) };
}
