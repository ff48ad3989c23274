import { literal } from '../../base/index.ts';
import type { FeatureTerm } from '../artefact/glass-box.ts';
import { edgeCells, type EdgeCells } from './edge-cells.ts';
import { sqlDouble } from './sql-double.ts';
import type { SqlLists } from './sql-lists.ts';

/** Up to so many bin edges, a tree of CASE is the faster search; beyond, the cell of a number tells its bin but for a comparison or two. */
const TREE_EDGES = 3;
/** Up to so many edges within one cell stand beside it; where there are more, they are searched in a list of their own. */
const BESIDE = 3;

/** SQL for the bin of one term: columns to compute layer by layer, then the position (bin + 1, as lists count from 1). */
export interface BinSql {
  /** Expressions for a column `n<term>`, each reading the layer before. */
  readonly steps: readonly string[];
  readonly position: string;
}

/**
 * How to find the bin of term number `t` from its column `x<t>` (DOUBLE or VARCHAR): missing first, then special codes, then the
 * ordinary bins. DuckDB evaluates each CASE branch on its own, at some microseconds a chunk, so long ladders are avoided.
 */
export function binSql(term: FeatureTerm, t: number, lists: SqlLists): BinSql {
  const { encoding } = term;
  const x = `x${t}`;
  if (encoding.kind === 'category') return { steps: [], position: comparisons(term, x) };
  const { codes, edges } = encoding;
  if (edges.length <= TREE_EDGES) return { steps: [], position: comparisons(term, x) };
  const first = 2 + codes.length;
  const { steps, found } = search(edges, t, first, lists);
  // Only what is missing and infinities have no cell.
  const none = `WHEN ${absent(x)} THEN 1 WHEN ${x} > 0 THEN ${first + edges.length} ELSE ${first}`;
  return { steps, position: `CASE${specials(codes, x)} ${found} ${none} END` };
}

/** The position (bin + 1) of the bin of `x`, by comparisons alone. */
export function comparisons({ encoding }: FeatureTerm, x: string): string {
  if (encoding.kind === 'category') return levelPosition(encoding.codes, encoding.levels, x);
  const { codes, edges } = encoding;
  return `CASE WHEN ${absent(x)} THEN 1${specials(codes, x)} ELSE ${tree(edges, x, 2 + codes.length)} END`;
}

export const absent = (x: string): string => `${x} IS NULL OR isnan(${x})`;

export const specials = (codes: readonly number[], x: string): string =>
  codes.map((code, k) => ` WHEN ${x} = ${sqlDouble(code)} THEN ${2 + k}`).join('');

function tree(edges: readonly number[], x: string, first: number): string {
  const part = (low: number, high: number): string => {
    if (low === high) return String(first + low);
    const middle = (low + high) >>> 1;
    return `CASE WHEN ${x} < ${sqlDouble(edges[middle] as number)} THEN ${part(low, middle)} ELSE ${part(middle + 1, high)} END`;
  };
  return part(0, edges.length);
}

/** The cell of `x`, counted from 1; NULL for what is missing and for infinities. */
export function cellOf({ centre, width, spread, middle }: EdgeCells, x: string): string {
  const from = `(${x} - ${sqlDouble(centre)})`;
  const place = `${from} / (${sqlDouble(width)} + abs(${from})) * ${sqlDouble(spread)} + ${sqlDouble(middle)}`;
  return `TRY_CAST(${place} AS BIGINT)`;
}

interface Search {
  readonly steps: readonly string[];
  /** Branches of the CASE that answers the position, for numbers that have a cell. */
  readonly found: string;
}

/**
 * A look at the cell: its position; where edges lie within it, the negative of its first position, and these edges beside it. Where they
 * are many, a binary search among them in the list of all. NaN stands where there is no edge: every number is below it.
 */
function search(edges: readonly number[], t: number, first: number, lists: SqlLists): Search {
  const cells = edgeCells(edges);
  const { below, holds, most, steps } = cells;
  const cell = cellOf(cells, `x${t}`);
  if (most > BESIDE) {
    const ahead = Array.from({ length: first - 1 }, () => 0);
    const behind = Array.from({ length: 2 ** steps }, () => Number.NaN);
    const padded = lists.column([...ahead, ...edges, ...behind], 'DOUBLE');
    const positions = below.map((count) => first + count);
    const layers = [`${lists.column(positions, 'BIGINT')}[${cell}]`];
    for (let step = 2 ** (steps - 1); step >= 1; step /= 2) {
      layers.push(
        `CASE WHEN x${t} >= ${padded}[n${t} + ${step - 1}::BIGINT] THEN n${t} + ${step}::BIGINT ELSE n${t} END`,
      );
    }
    return { steps: layers, found: `WHEN n${t} IS NOT NULL THEN n${t}` };
  }
  const positions = below.map((count, k) => (holds[k] ? -first - count : first + count));
  const beside = Array.from({ length: most }, (_, k) => ({
    type: 'DOUBLE' as const,
    values: [...edges.slice(k), ...Array.from({ length: k + 1 }, () => Number.NaN)],
    at: below.map((count) => count + 1),
  }));
  const after = (count: number): string => `${count}::BIGINT - n${t}.f0`;
  const whens = beside.map((_, k) => `WHEN x${t} < n${t}.f${k + 1} THEN ${after(k)}`).join(' ');
  return {
    steps: [`${lists.structs([{ type: 'BIGINT', values: positions }, ...beside])}[${cell}]`],
    found: `WHEN n${t}.f0 > 0 THEN n${t}.f0 ${whens} WHEN n${t}.f0 IS NOT NULL THEN ${after(most)}`,
  };
}

/** A tree over the levels in the order of their UTF-8 bytes, by which DuckDB compares texts. */
function levelPosition(codes: readonly string[], levels: readonly string[], x: string): string {
  const unseen = String(2 + codes.length + levels.length);
  const known = [...codes, ...levels]
    .map((text, k) => ({ text, bytes: Buffer.from(text, 'utf8'), position: 2 + k }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const part = (low: number, high: number): string => {
    if (high - low <= 4) {
      const whens = known.slice(low, high).map(({ text, position }) => `WHEN ${x} = ${literal(text)} THEN ${position}`);
      return whens.length === 0 ? unseen : `CASE ${whens.join(' ')} ELSE ${unseen} END`;
    }
    const middle = (low + high) >>> 1;
    return `CASE WHEN ${x} < ${literal(known[middle]?.text ?? '')} THEN ${part(low, middle)} ELSE ${part(middle, high)} END`;
  };
  return `CASE WHEN ${x} IS NULL OR ${x} = '' THEN 1 ELSE ${part(0, known.length)} END`;
}
