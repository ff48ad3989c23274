import { ProbityError } from '../../base/index.ts';
import type { FlatSpec } from '../../features/specs/flat-spec.ts';
import { AGE_TERM } from '../../features/specs/parse-flat.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { keepCopiesTogether } from '../dataset/copies.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { loadFlat, type FlatData } from '../dataset/flat.ts';
import { targetDrift } from '../dataset/target-drift.ts';
import { longestStep, personPeriods, readObserved } from '../hazard/index.ts';
import type { FlatTraining } from './train.ts';

/** What the trainer sees of a flat file, and what it says of the target. */
export interface TrainingRows {
  readonly dataset: Dataset;
  readonly counts: FlatData['counts'];
  readonly target: Artefact['target'];
  readonly period: Artefact['provenance']['period'];
  readonly bads: number;
  readonly warnings: Artefact['warnings'];
}

/** What the trainer sees: the file's own rows, or for a hazard model a row for each step of age that each of them stood at risk. */
export async function trainingRows({
  spec,
  train,
  seed,
}: Pick<FlatTraining, 'spec' | 'train' | 'seed'>): Promise<TrainingRows> {
  const { age } = spec.target;
  const definition = targetDefinition(spec);
  if (!age) {
    const data = await loadFlat(train, spec, { requireTarget: true, screen: true });
    const { dataset, warnings } = keepCopiesTogether(data.dataset);
    return {
      dataset,
      counts: data.counts,
      target: {
        kind: spec.target.kind === 'late-payment' ? 'late-payment' : 'default',
        definition,
        horizonMonths: spec.horizonMonths,
      },
      period: periodOf(dataset.time),
      bads: data.counts.bad,
      warnings: [...data.warnings, ...warnings],
    };
  }
  const observed = await readObserved(train, spec, age);
  const { rows, data, without } = observed;
  const longest = longestStep(observed);
  if (longest === 0) {
    throw new ProbityError('NOT_TRAINABLE', 'No age was seen by enough rows for a hazard model.', {
      fix: 'Check the columns that tell how long each row was observed.',
    });
  }
  const copies = keepCopiesTogether(rows);
  const dataset = personPeriods({ ...observed, rows: copies.dataset }, age.periodMonths, longest, seed);
  const unseen = {
    code: 'NOT_OBSERVED',
    feature: null,
    message: `${without} rows were seen for less than one step of age, or their length is not known; they say nothing.`,
  };
  const ages = { term: AGE_TERM, periodMonths: age.periodMonths, longestMonths: longest * age.periodMonths };
  return {
    dataset,
    counts: data.counts,
    target: { kind: 'hazard', definition, horizonMonths: null, ages },
    period: periodOf(rows.time),
    bads: dataset.bad.reduce((sum, each) => sum + each, 0),
    warnings: [...data.warnings, ...copies.warnings, ...targetDrift(rows), ...(without > 0 ? [unseen] : [])],
  };
}

function targetDefinition({ target }: FlatSpec): string {
  const good = target.good === null ? '' : `; good: ${target.good.join(', ')}`;
  return `${target.column}: bad: ${target.bad.join(', ')}${good}`;
}

function periodOf(time: Float64Array | null): readonly [string, string] | null {
  if (time === null || time.length === 0) return null;
  const bound = (pick: (a: number, b: number) => number): string => new Date(time.reduce(pick)).toISOString();
  return [bound((a, b) => Math.min(a, b)), bound((a, b) => Math.max(a, b))];
}
