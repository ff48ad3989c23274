import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { ProbityError, type Problem } from '../../base/index.ts';
import { artefactHash } from '../artefact/artefact.ts';
import type { Artefact, FeatureValues } from '../artefact/glass-box.ts';
import { compile, scoreSql, scoreTensorFlow } from '../scoring/index.ts';
import { goldenMatrix, goldenVectors, type GoldenVectors } from './vectors.ts';

/** Largest difference of log-odds to the reference (TypeScript, one row at a time) that an engine may show. */
export const TOLERANCE = { matrix: 0, sql: 1e-12, tensorflow: 1e-5, sum: 1e-12 } as const;

/** How one check over the golden vectors came out. */
export interface GoldenCheck {
  readonly name: keyof typeof TOLERANCE;
  readonly tolerance: number;
  readonly largestDifference: number;
  /** Indexes of rows beyond the tolerance, at most ten. */
  readonly failedRows: readonly number[];
  readonly passed: boolean;
}

/** Whether all engines agree on an artefact; a registry takes no artefact without one that passed. */
export interface GoldenReport {
  readonly artefactHash: string;
  readonly vectors: number;
  readonly checks: readonly GoldenCheck[];
  readonly passed: boolean;
}

/**
 * Scores an artefact's golden vectors with every engine and compares log-odds: TypeScript by row (the reference) and by matrix, generated
 * SQL (contributions too), TensorFlow; and the reference's contributions with their sum.
 */
export async function proveEngines(artefact: Artefact): Promise<GoldenReport> {
  const vectors = goldenVectors(artefact);
  const scorer = compile(artefact);
  const matrix = goldenMatrix(artefact, vectors);
  const reference = new Float64Array(vectors.rows.length);
  const sums = new Float64Array(vectors.rows.length);
  const contributions: (readonly number[])[] = [];
  vectors.rows.forEach((row, r) => {
    const score = scorer.score(asValues(artefact, row));
    reference[r] = score.logOdds;
    sums[r] = score.contributions.reduce((sum, value) => sum + value, scorer.intercept);
    contributions.push(score.contributions);
  });
  const sql = await scoreInDuckDb(artefact, vectors);
  const sqlContributions = check('sql', reference, sql.logOdds);
  const checks = [
    check('sum', reference, sums),
    check('matrix', reference, scorer.scoreMatrix(matrix).logOdds),
    withContributions(sqlContributions, contributions, sql.contributions),
    check('tensorflow', reference, (await scoreTensorFlow(artefact, matrix)).logOdds),
  ];
  return {
    artefactHash: artefactHash(artefact),
    vectors: vectors.rows.length,
    checks,
    passed: checks.every(({ passed }) => passed),
  };
}

/** Throws ENGINES_DISAGREE unless the report is this artefact's and passed. */
export function requireProof(artefact: Artefact, report: GoldenReport): void {
  const problems: Problem[] = report.checks
    .filter(({ passed }) => !passed)
    .map(({ name, largestDifference, failedRows }) => ({
      at: name,
      message: `differs by ${largestDifference} of log-odds (golden rows ${failedRows.join(', ')})`,
    }));
  if (report.artefactHash !== artefactHash(artefact)) {
    problems.push({ at: 'report', message: 'is about another artefact' });
  }
  if (problems.length > 0 || !report.passed) {
    throw new ProbityError('ENGINES_DISAGREE', 'The golden vectors of this model did not pass.', { problems });
  }
}

function check(name: keyof typeof TOLERANCE, expected: Float64Array, actual: Float64Array): GoldenCheck {
  const tolerance = TOLERANCE[name];
  const failed: number[] = [];
  let largest = expected.length === actual.length ? 0 : Infinity;
  for (let row = 0; row < expected.length; row++) {
    const difference = Math.abs((expected[row] as number) - (actual[row] ?? Number.NaN));
    const within = difference <= tolerance;
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
    if (!within) failed.push(row);
  }
  return {
    name,
    tolerance,
    largestDifference: largest,
    failedRows: failed.slice(0, 10),
    passed: failed.length === 0 && expected.length === actual.length,
  };
}

/** The same check, which must hold for each contribution as well. */
function withContributions(
  logOdds: GoldenCheck,
  expected: readonly ArrayLike<number>[],
  actual: readonly ArrayLike<number>[],
): GoldenCheck {
  const width = expected[0]?.length ?? 1;
  const flat = (rows: readonly ArrayLike<number>[]): Float64Array => {
    const all = new Float64Array(rows.reduce((sum, row) => sum + row.length, 0));
    let at = 0;
    for (const row of rows) {
      all.set(row, at);
      at += row.length;
    }
    return all;
  };
  const each = check(logOdds.name, flat(expected), flat(actual));
  return {
    ...logOdds,
    largestDifference: Math.max(logOdds.largestDifference, each.largestDifference),
    failedRows: [...new Set([...logOdds.failedRows, ...each.failedRows.map((cell) => Math.floor(cell / width))])],
    passed: logOdds.passed && each.passed,
  };
}

/** One golden row as an application would send it. */
export function asValues(artefact: Artefact, row: GoldenVectors['rows'][number]): FeatureValues {
  return Object.fromEntries(artefact.model.terms.map((term, t) => [term.name, row[t] ?? null]));
}

async function scoreInDuckDb(
  artefact: Artefact,
  vectors: GoldenVectors,
): Promise<{ readonly logOdds: Float64Array; readonly contributions: readonly Float64Array[] }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const { terms } = artefact.model;
    const columns = terms.map((_, t) => `c${t}`);
    const types = terms.map((term) => (term.encoding.kind === 'number' ? 'DOUBLE' : 'VARCHAR'));
    await connection.run(`CREATE TABLE golden (${columns.map((name, t) => `${name} ${types[t]}`).join(', ')})`);
    await append(connection, vectors);
    const result = await connection.runAndReadAll(scoreSql(artefact, 'golden', { columns, contributions: true }));
    const read = result.getColumns() as (readonly number[])[];
    const parts = read.slice(3);
    return {
      logOdds: Float64Array.from(read[0] ?? []),
      contributions: vectors.rows.map((_, r) => Float64Array.from(parts, (part) => part[r] ?? Number.NaN)),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function append(connection: DuckDBConnection, vectors: GoldenVectors): Promise<void> {
  const appender = await connection.createAppender('golden');
  for (const row of vectors.rows) {
    for (const value of row) {
      if (value === null) appender.appendNull();
      else if (typeof value === 'number') appender.appendDouble(value);
      else appender.appendVarchar(value);
    }
    appender.endRow();
  }
  appender.closeSync();
}
