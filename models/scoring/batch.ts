import { ProbityError, type Problem } from '../../base/index.ts';
import type { Artefact, FeatureTerm } from '../artefact/glass-box.ts';
import type { FeatureColumn, FeatureMatrix } from '../dataset/dataset.ts';
import { levelBinner, numberBinner } from './bins.ts';
import { logistic } from './logistic.ts';

/** Scores of many rows, column by column. */
export interface BatchScores {
  readonly rows: number;
  readonly logOdds: Float64Array;
  readonly pd: Float64Array;
  /** One column per contribution, in order of terms then pairs; empty where not asked for. */
  readonly contributions: readonly Float64Array[];
}

/** Bin indexes of every term for every row: `bins[term][row]`. Throws INVALID_INPUT where a column is absent or of another kind. */
export function binMatrix(artefact: Artefact, matrix: FeatureMatrix): Int32Array[] {
  const columns = new Map(matrix.columns.map((column) => [column.name, column]));
  const problems: Problem[] = [];
  const bins = artefact.model.terms.map((term) => {
    const column = columns.get(term.name);
    if (!column) {
      problems.push({ at: term.name, message: 'The model needs this feature; the data have no such column.' });
      return new Int32Array();
    }
    if (column.kind !== term.encoding.kind) {
      problems.push({ at: term.name, message: `The model takes it as a ${term.encoding.kind}, not a ${column.kind}.` });
      return new Int32Array();
    }
    return binColumn(term, column, matrix.rows);
  });
  if (problems.length > 0) throw new ProbityError('INVALID_INPUT', 'The data do not fit the model.', { problems });
  return bins;
}

function binColumn(term: FeatureTerm, column: FeatureColumn, rows: number): Int32Array {
  const bins = new Int32Array(rows);
  if (column.kind === 'number' && term.encoding.kind === 'number') {
    const bin = numberBinner(term.encoding);
    for (let row = 0; row < rows; row++) bins[row] = bin(column.values[row] as number);
  } else if (column.kind === 'category' && term.encoding.kind === 'category') {
    const bin = levelBinner(term.encoding);
    const binOfLevel = Int32Array.from(column.levels, (level) => bin(level));
    for (let row = 0; row < rows; row++) {
      const code = column.codes[row] as number;
      bins[row] = code < 0 ? 0 : (binOfLevel[code] as number);
    }
  }
  return bins;
}

/** Scores every row of a matrix: the same sums, in the same order, as scoring one row. */
export function scoreMatrix(
  artefact: Artefact,
  matrix: FeatureMatrix,
  options: { readonly contributions?: boolean } = {},
): BatchScores {
  const { rows } = matrix;
  const bins = binMatrix(artefact, matrix);
  const logOdds = new Float64Array(rows).fill(artefact.model.intercept);
  const contributions: Float64Array[] = [];
  artefact.model.terms.forEach((term, t) => {
    const shape = Float64Array.from(term.shape);
    const binsOfTerm = bins[t] as Int32Array;
    const kept = options.contributions ? new Float64Array(rows) : null;
    for (let row = 0; row < rows; row++) {
      const value = shape[binsOfTerm[row] as number] as number;
      logOdds[row] = (logOdds[row] as number) + value;
      if (kept) kept[row] = value;
    }
    if (kept) contributions.push(kept);
  });
  for (const pair of artefact.model.pairs) {
    const columns = pair.values[0]?.length ?? 0;
    const values = Float64Array.from(pair.values.flat());
    const offsetOf = Int32Array.from(pair.rowOf, (row) => row * columns);
    const columnOf = Int32Array.from(pair.columnOf);
    const binsOfA = bins[pair.a] as Int32Array;
    const binsOfB = bins[pair.b] as Int32Array;
    const kept = options.contributions ? new Float64Array(rows) : null;
    for (let row = 0; row < rows; row++) {
      const cell = (offsetOf[binsOfA[row] as number] as number) + (columnOf[binsOfB[row] as number] as number);
      const value = values[cell] as number;
      logOdds[row] = (logOdds[row] as number) + value;
      if (kept) kept[row] = value;
    }
    if (kept) contributions.push(kept);
  }
  return { rows, logOdds, pd: logOdds.map(logistic), contributions };
}
