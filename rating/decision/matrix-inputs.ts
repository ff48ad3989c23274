import type { FeatureValues } from '../../models/artefact/index.ts';
import type { FeatureColumn, FeatureMatrix } from '../../models/dataset/index.ts';
import type { RateableModel } from '../model.ts';
import { rate } from '../rate.ts';
import type { RatingStandards } from '../standards.ts';
import type { DecisionInput } from './decide.ts';
import { NO_FACTS, NO_REQUEST, type CustomerFacts, type DecisionRequest } from './decision.ts';

/** What each row of a feature table asks for and what is known of it, beside its features. */
export interface RowFacts {
  readonly request: Partial<DecisionRequest>;
  readonly facts: Partial<CustomerFacts>;
}

/** The values of one row; missing ones are null. */
export function rowValues(columns: readonly FeatureColumn[], row: number): FeatureValues {
  const values: Record<string, number | string | null> = {};
  for (const column of columns) {
    if (column.kind === 'number') {
      const value = column.values[row] ?? Number.NaN;
      values[column.name] = Number.isNaN(value) ? null : value;
    } else values[column.name] = column.levels[column.codes[row] ?? -1] ?? null;
  }
  return values;
}

/** Decision inputs of the rows of a feature table, as of one instant, one after the other. */
export function* matrixInputs(
  matrix: FeatureMatrix,
  model: RateableModel,
  standards: RatingStandards,
  asOf: string,
  of: (values: FeatureValues, row: number) => Partial<RowFacts> = () => ({}),
): Generator<DecisionInput> {
  const horizonMonths = model.artefact.target.horizonMonths ?? standards.masterScale.horizonMonths;
  for (let row = 0; row < matrix.rows; row++) {
    const values = rowValues(matrix.columns, row);
    const { request = {}, facts = {} } = of(values, row);
    yield {
      rating: rate(model, standards, { values, horizonMonths, staleSources: [], incompleteSources: [] }),
      values,
      asOf,
      request: { ...NO_REQUEST, ...request },
      facts: { ...NO_FACTS, ...facts },
      latePayment: null,
    };
  }
}
