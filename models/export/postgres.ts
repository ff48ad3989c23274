import { identifier } from '../../base/index.ts';
import type { Artefact, FeatureTerm } from '../artefact/glass-box.ts';
import { outputNames, type ScoreSqlOptions } from '../scoring/index.ts';

/**
 * A PostgreSQL SELECT (version 12 or later) that scores every row of `relation` (a table's quoted name or a parenthesised query): the kept
 * columns, `log_odds`, `pd` and, where asked for, `intercept` and the contributions, with the same doubles, added in the same order, as in
 * TypeScript. Only a SELECT: no function, extension or setting is needed. Columns are given as in `scoreSql`.
 */
export function scorePostgres(artefact: Artefact, relation: string, options: ScoreSqlOptions = {}): string {
  const { terms, pairs, intercept } = artefact.model;
  const columns = options.columns ?? terms.map((term) => term.name);
  const keep = options.keep ?? [];
  const kept = keep.map((_, i) => `k${i}`);
  const read = [
    ...keep.map((name, i) => `${identifier(name)} AS k${i}`),
    ...terms.map((term, t) => {
      const type = term.encoding.kind === 'number' ? 'float8' : 'text';
      const collation = type === 'text' ? ' COLLATE "C"' : '';
      return `CAST(${identifier(columns[t] ?? term.name)} AS ${type})${collation} AS x${t}`;
    }),
  ];
  const binned = [...kept, ...terms.map((term, t) => `${position(term, `x${t}`)} AS b${t}`)];
  const looked = [
    ...kept,
    ...terms.map((term, t) => `(${doubles(term.shape)})[b${t}] AS s${t}`),
    ...pairs.map((pair, p) => {
      const width = pair.values[0]?.length ?? 0;
      const row = integers(pair.rowOf.map((index) => index * width + 1));
      return `(${doubles(pair.values.flat())})[(${row})[b${pair.a}] + (${integers(pair.columnOf)})[b${pair.b}]] AS p${p}`;
    }),
  ];
  const parts = [...terms.map((_, t) => `s${t}`), ...pairs.map((_, p) => `p${p}`)];
  const sum = parts.reduce((left, part) => `(${left} + ${part})`, double(intercept));
  const names = outputNames(artefact, keep);
  const answered = [
    ...kept.map((column, i) => `${column} AS ${identifier(keep[i] ?? column)}`),
    'log_odds',
    // PostgreSQL refuses exp() beyond the range of doubles; past 700 the PD is 0 or 1 to the last bit that counts.
    `CASE WHEN log_odds >= 0 THEN ${double(1)} / (${double(1)} + exp(-least(log_odds, ${double(700)}))) ` +
      `ELSE exp(greatest(log_odds, ${double(-700)})) / (${double(1)} + exp(greatest(log_odds, ${double(-700)}))) END AS pd`,
    ...(options.contributions
      ? [
          `${double(intercept)} AS ${identifier(names.intercept)}`,
          ...parts.map((part, i) => `${part} AS ${identifier(names.contributions[i] ?? part)}`),
        ]
      : []),
  ];
  const summed = [...kept, ...(options.contributions ? parts : []), `${sum} AS log_odds`];
  // OFFSET 0 keeps the planner from repeating each column's expression at every place where it is used.
  return [
    `WITH read AS (SELECT ${read.join(', ')} FROM ${relation} OFFSET 0),`,
    `binned AS (SELECT ${binned.join(',\n  ')} FROM read OFFSET 0),`,
    `looked AS (SELECT ${looked.join(',\n  ')} FROM binned OFFSET 0),`,
    `summed AS (SELECT ${summed.join(', ')} FROM looked OFFSET 0)`,
    `SELECT ${answered.join(',\n  ')} FROM summed`,
  ].join('\n');
}

/** Bin + 1 (arrays count from 1) of the value in column `x`. PostgreSQL holds NaN to equal itself and to be greater than all numbers. */
function position({ encoding }: FeatureTerm, x: string): string {
  const first = 2 + encoding.codes.length;
  if (encoding.kind === 'category') {
    const known = [...encoding.codes, ...encoding.levels];
    const unseen = 2 + known.length;
    return `CASE WHEN ${x} IS NULL OR ${x} = '' THEN 1 ELSE coalesce(1 + array_position(${texts(known)}, ${x}), ${unseen}) END`;
  }
  const special = encoding.codes.map((code, k) => ` WHEN ${x} = ${double(code)} THEN ${2 + k}`).join('');
  const ordinary =
    encoding.edges.length === 0 ? String(first) : `${first} + width_bucket(${x}, ${doubles(encoding.edges)})`;
  return `CASE WHEN ${x} IS NULL OR ${x} = float8 'NaN' THEN 1${special} ELSE ${ordinary} END`;
}

/** A double as a literal of its own type: a bare `0.1` is a numeric. */
function double(value: number): string {
  return `float8 '${value + 0}'`;
}

function doubles(values: readonly number[]): string {
  return `'{${values.map((value) => value + 0).join(',')}}'::float8[]`;
}

function integers(values: readonly number[]): string {
  return `'{${values.join(',')}}'::int4[]`;
}

/** Texts as an array. PostgreSQL cannot hold the NUL character, so that no value equals a level with it: null stands in its place. */
function texts(values: readonly string[]): string {
  return `ARRAY[${values.map((value) => (value.includes('\0') ? 'NULL' : text(value))).join(', ')}]::text[]`;
}

/** A text as a literal, whatever `standard_conforming_strings` is. */
function text(value: string): string {
  const quoted = value.replaceAll("'", "''");
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}
