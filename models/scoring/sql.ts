import { identifier } from '../../base/index.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { contributionNames } from './compile.ts';
import { binSql, type BinSql } from './sql-bins.ts';
import { sqlDouble } from './sql-double.ts';
import { sqlLists, type SqlLists } from './sql-lists.ts';
import { repeatedLook, repeatedPosition, type ReadValue } from './sql-repeated.ts';

/** What the generated statement reads and answers. */
export interface ScoreSqlOptions {
  /** Column of `relation` for each term, in order; default: the features' names. Numbers and dates (days since 1970) as numeric types, categories as text. */
  readonly columns?: readonly string[];
  /** Terms, by number, whose column is repeated, and how its values are read: what follows from them is found once for each value of a dictionary. */
  readonly repeated?: ReadonlyMap<number, ReadValue>;
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
  const repeated = options.repeated ?? new Map<number, ReadValue>();
  const kept = keep.map((_, i) => `k${i}`);
  const search = sqlLists();
  const bins = terms.map((term, t) => {
    const read = repeated.get(t);
    if (read === undefined) return binSql(term, t, search);
    return { steps: [repeatedPosition(term, `x${t}`, read)], position: `n${t}` };
  });

  const read = [
    ...keep.map((name, i) => `${identifier(name)} AS k${i}`),
    ...terms.map((term, t) => {
      const column = identifier(columns[t] ?? term.name);
      if (repeated.has(t)) return `${column} AS x${t}`;
      return `CAST(${column} AS ${term.encoding.kind === 'number' ? 'DOUBLE' : 'VARCHAR'}) AS x${t}`;
    }),
  ];
  const layers = searchLayers(bins, [...kept, ...terms.map((_, t) => `x${t}`)], search);
  const searched = layers.length === 0 ? 'read' : `layer${layers.length - 1}`;
  const field = (t: number, f: number): string => (repeated.has(t) ? `r${t}_${f}` : `r${t}.f${f}`);
  const grids = pairGrids(pairs, field);
  const perBin = sqlLists();
  const found = [
    ...kept,
    ...bins.flatMap(({ position }, t) => {
      const shape = { type: 'DOUBLE' as const, values: terms[t]?.shape ?? [] };
      const ofPairs = grids.columns(t).map((values) => ({ type: 'BIGINT' as const, values }));
      if (repeated.has(t))
        return [shape, ...ofPairs].map((list, f) => `${repeatedLook(position, list)} AS ${field(t, f)}`);
      return [`${perBin.structs([shape, ...ofPairs])}[${position}] AS r${t}`];
    }),
  ];
  const tables = sqlLists();
  const looked = [
    ...kept,
    ...terms.map((_, t) => `${field(t, 0)} AS s${t}`),
    ...grids.tables.map(
      ({ values, row, column }, p) => `${tables.column(values, 'DOUBLE')}[${row} + ${column}] AS p${p}`,
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
    `found AS (SELECT ${found.join(', ')} FROM ${searched}${perBin.joined()}),`,
    `looked AS (SELECT ${looked.join(', ')} FROM found${tables.joined()}),`,
    `summed AS (SELECT ${summed.join(', ')} FROM looked)`,
    `SELECT ${answered.join(', ')} FROM summed`,
  ].join('\n');
}

/** Where the pairs' tables are read: numbers by bin of a term, found once for all pairs that cut it alike, and the tables that two of them lead into. */
interface PairGrids {
  /** Numbers of term `t` for each of its bins: its fields 1, 2, ... */
  readonly columns: (t: number) => readonly (readonly number[])[];
  /** Cells row by row, and the fields whose sum is the position of a cell, counted from 1. */
  readonly tables: readonly { readonly values: readonly number[]; readonly row: string; readonly column: string }[];
}

/** Rows of all tables are filled up to the same width, so that a row's offset depends on its term's bins only. */
function pairGrids(pairs: Artefact['model']['pairs'], field: (term: number, f: number) => string): PairGrids {
  const width = Math.max(0, ...pairs.map(({ values }) => values[0]?.length ?? 0));
  const columns = new Map<number, Map<string, readonly number[]>>();
  const fieldOf = (term: number, index: readonly number[]): string => {
    const known = columns.get(term) ?? new Map<string, readonly number[]>();
    columns.set(term, known.set(index.join(), index));
    return field(term, [...known.keys()].indexOf(index.join()) + 1);
  };
  const tables = pairs.map((pair) => ({
    values: pair.values.flatMap((row) => [...row, ...Array.from({ length: width - row.length }, () => 0)]),
    row: fieldOf(
      pair.a,
      pair.rowOf.map((row) => row * width),
    ),
    column: fieldOf(
      pair.b,
      pair.columnOf.map((column) => column + 1),
    ),
  }));
  return { columns: (t) => [...(columns.get(t)?.values() ?? [])], tables };
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
