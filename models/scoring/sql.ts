import { identifier } from '../../base/index.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { contributionNames } from './compile.ts';
import { binSql, type BinSql } from './sql-bins.ts';
import { sqlDouble } from './sql-double.ts';
import { sqlLists, type SqlLists } from './sql-lists.ts';

/** What the generated statement reads and answers. */
export interface ScoreSqlOptions {
  /** Column of `relation` for each term, in order; default: the features' names. Numbers and dates (days since 1970) as numeric types, categories as text. */
  readonly columns?: readonly string[];
  /** Columns of `relation` to hand through, in front. */
  readonly keep?: readonly string[];
  /** Also the intercept and every contribution, named by feature and `a × b`. */
  readonly contributions?: boolean;
}

/**
 * A DuckDB SELECT that scores every row of `relation` (a table's quoted name or a parenthesised query), in its order:
 * the kept columns, `log_odds`, `pd` and, where asked for, `intercept` and the contributions. The sums run in the same order
 * as in TypeScript, so that both agree to the last bit of log-odds.
 */
export function scoreSql(artefact: Artefact, relation: string, options: ScoreSqlOptions = {}): string {
  const { terms, pairs, intercept } = artefact.model;
  const columns = options.columns ?? terms.map((term) => term.name);
  const keep = options.keep ?? [];
  const kept = keep.map((_, i) => `k${i}`);
  const search = sqlLists();
  const bins = terms.map((term, t) => binSql(term, t, search));

  const read = [
    ...keep.map((name, i) => `${identifier(name)} AS k${i}`),
    ...terms.map((term, t) => {
      const type = term.encoding.kind === 'number' ? 'DOUBLE' : 'VARCHAR';
      return `CAST(${identifier(columns[t] ?? term.name)} AS ${type}) AS x${t}`;
    }),
  ];
  const layers = searchLayers(bins, [...kept, ...terms.map((_, t) => `x${t}`)], search);
  const binned = [...kept, ...bins.map(({ position }, t) => `CAST(${position} AS BIGINT) AS b${t}`)];
  const grids = pairGrids(pairs);
  const cells = sqlLists();
  const placed = [
    ...kept,
    ...terms.map((_, t) => `b${t}`),
    ...grids.columns.map(({ term, index }, g) => `${cells.column(index, 'BIGINT')}[b${term}] AS g${g}`),
  ];
  const tables = sqlLists();
  const looked = [
    ...kept,
    ...terms.map((term, t) => `${tables.column(term.shape, 'DOUBLE')}[b${t}] AS s${t}`),
    ...grids.tables.map(
      ({ values: cellsOf, row, column }, p) => `${tables.column(cellsOf, 'DOUBLE')}[g${row} + g${column}] AS p${p}`,
    ),
  ];
  const parts = [...terms.map((_, t) => `s${t}`), ...pairs.map((_, p) => `p${p}`)];
  const sum = parts.reduce((left, part) => `(${left} + ${part})`, sqlDouble(intercept));
  const outcome = outputNames(artefact, keep);
  const answered = [
    ...kept.map((column, i) => `${column} AS ${identifier(keep[i] ?? column)}`),
    'log_odds',
    'CASE WHEN log_odds >= 0 THEN 1e0 / (1e0 + exp(-log_odds)) ELSE exp(log_odds) / (1e0 + exp(log_odds)) END AS pd',
    ...(options.contributions
      ? [
          `${sqlDouble(intercept)} AS ${identifier(outcome.intercept)}`,
          ...parts.map((part, i) => `${part} AS ${identifier(outcome.contributions[i] ?? part)}`),
        ]
      : []),
  ];
  const summed = [...kept, ...(options.contributions ? parts : []), `${sum} AS log_odds`];
  return [
    `WITH read AS (SELECT ${read.join(', ')} FROM ${relation}),`,
    ...layers.map(
      (layer, i) =>
        `layer${i} AS (SELECT ${layer.join(', ')} FROM ${i === 0 ? `read${search.joined()}` : `layer${i - 1}`}),`,
    ),
    `binned AS (SELECT ${binned.join(', ')} FROM ${layers.length === 0 ? 'read' : `layer${layers.length - 1}`}),`,
    `placed AS (SELECT ${placed.join(', ')} FROM binned${cells.joined()}),`,
    `looked AS (SELECT ${looked.join(', ')} FROM placed${tables.joined()}),`,
    `summed AS (SELECT ${summed.join(', ')} FROM looked)`,
    `SELECT ${answered.join(', ')} FROM summed`,
  ].join('\n');
}

/** Where the pairs' tables are read: columns of cell indexes, found once for all pairs that cut a term alike, and the tables they lead into. */
interface PairGrids {
  readonly columns: readonly { readonly term: number; readonly index: readonly number[] }[];
  /** Cells row by row, and the columns whose sum is the position of a cell, counted from 1. */
  readonly tables: readonly { readonly values: readonly number[]; readonly row: number; readonly column: number }[];
}

/** Rows of all tables are filled up to the same width, so that a row's offset depends on its term's bins only. */
function pairGrids(pairs: Artefact['model']['pairs']): PairGrids {
  const width = Math.max(0, ...pairs.map(({ values }) => values[0]?.length ?? 0));
  const columns: { term: number; index: readonly number[] }[] = [];
  const known = new Map<string, number>();
  const columnOf = (term: number, index: readonly number[]): number => {
    const key = `${term}:${index.join()}`;
    const found = known.get(key) ?? columns.push({ term, index }) - 1;
    known.set(key, found);
    return found;
  };
  const tables = pairs.map((pair) => ({
    values: pair.values.flatMap((row) => [...row, ...Array.from({ length: width - row.length }, () => 0)]),
    row: columnOf(
      pair.a,
      pair.rowOf.map((row) => row * width),
    ),
    column: columnOf(
      pair.b,
      pair.columnOf.map((column) => column + 1),
    ),
  }));
  return { columns, tables };
}

/** The searches of all terms side by side: layer by layer, every term's next step. */
function searchLayers(bins: readonly BinSql[], handed: readonly string[], lists: SqlLists): string[][] {
  const depth = Math.max(0, ...bins.map(({ steps }) => steps.length));
  return Array.from({ length: depth }, (_, layer) => [
    ...handed,
    ...(layer < depth - 1 ? lists.names() : []),
    ...bins.flatMap(({ steps }, t) => {
      if (steps.length === 0) return [];
      const step = steps[layer];
      return [step === undefined ? `n${t}` : `${step} AS n${t}`];
    }),
  ]);
}

/**
 * Names of the intercept's and contributions' columns in an output that also holds `taken`, `log_odds` and `pd`: a name that is taken,
 * whatever its case, gets ` (contribution)` appended.
 */
export function outputNames(
  artefact: Artefact,
  taken: readonly string[],
): { readonly intercept: string; readonly contributions: readonly string[] } {
  const used = new Set([...taken, 'log_odds', 'pd'].map((name) => name.toLowerCase()));
  const free = (name: string): string => {
    let candidate = name;
    for (let k = 1; used.has(candidate.toLowerCase()); k++) {
      candidate = `${name} (contribution${k === 1 ? '' : ` ${k}`})`;
    }
    used.add(candidate.toLowerCase());
    return candidate;
  };
  return { intercept: free('intercept'), contributions: contributionNames(artefact).map(free) };
}
