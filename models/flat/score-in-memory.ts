import { DOUBLE, DuckDBDataChunk, type DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../base/index.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { compileDeep, scoreDeepTensorFlow, type DeepArtefact } from '../deep/index.ts';
import type { FeatureColumn, FeatureMatrix } from '../dataset/dataset.ts';
import { readColumns, type ColumnRequest } from '../dataset/read-columns.ts';
import { outputNames, scoreMatrix, scoreTensorFlow, type BatchScores } from '../scoring/index.ts';

/**
 * Scores the rows of `typed` (columns `x0`, `x1`, ... by term) in TypeScript or TensorFlow and answers a relation with the identity,
 * `log_odds`, `pd` and, where asked for, the intercept and contributions, in the same order. With `deep` that challenger scores them;
 * `artefact` is then the glass box inside it, which reads the same features.
 */
export async function scoreInMemory(
  connection: DuckDBConnection,
  artefact: Artefact,
  typed: string,
  identity: string,
  options: { readonly engine?: 'sql' | 'ts' | 'tf'; readonly contributions?: boolean },
  deep: DeepArtefact | null = null,
): Promise<string> {
  await connection.run(`CREATE TEMP TABLE typed AS SELECT * FROM ${typed}`);
  const { terms } = artefact.model;
  const requests = terms.map((term, t): ColumnRequest => ({
    kind: term.type === 'category' ? 'category' : 'number',
    sql: `x${t}`,
  }));
  const read = await readColumns(connection, 'typed', requests);
  const matrix: FeatureMatrix = {
    rows: read.rows,
    columns: terms.map((term, t): FeatureColumn =>
      term.type === 'category'
        ? { kind: 'category', name: term.name, ...read.category(t) }
        : { kind: 'number', name: term.name, values: read.numbers(t) },
    ),
  };
  const wanted = options.contributions === true;
  let scores: BatchScores = { rows: 0, logOdds: new Float64Array(), pd: new Float64Array(), contributions: [] };
  if (deep !== null)
    scores = options.engine === 'tf' ? await scoreDeepTensorFlow(deep, matrix) : compileDeep(deep).scoreMatrix(matrix);
  else if (options.engine !== 'tf' || wanted) scores = scoreMatrix(artefact, matrix, { contributions: wanted });
  if (deep === null && options.engine === 'tf')
    scores = { ...scores, rows: matrix.rows, ...(await scoreTensorFlow(artefact, matrix)) };
  await appendScores(connection, scores);
  const names = outputNames(artefact, [identity]);
  const parts = wanted
    ? [
        `CAST(${artefact.model.intercept} AS DOUBLE) AS ${identifier(names.intercept)}`,
        ...names.contributions.map((name, i) => `s${i + 2} AS ${identifier(name)}`),
      ]
    : [];
  const selected = [identifier(identity), 's0 AS log_odds', 's1 AS pd', ...parts].join(', ');
  return `(SELECT ${selected} FROM typed POSITIONAL JOIN scored)`;
}

async function appendScores(connection: DuckDBConnection, scores: BatchScores): Promise<void> {
  const columns = [scores.logOdds, scores.pd, ...scores.contributions];
  await connection.run(`CREATE TEMP TABLE scored (${columns.map((_, i) => `s${i} DOUBLE`).join(', ')})`);
  const appender = await connection.createAppender('scored');
  const types = columns.map(() => DOUBLE);
  for (let start = 0; start < scores.rows; start += 2048) {
    const rows = Math.min(2048, scores.rows - start);
    const chunk = DuckDBDataChunk.create(types, rows);
    columns.forEach((column, i) => chunk.setColumnValues(i, [...column.subarray(start, start + rows)]));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
