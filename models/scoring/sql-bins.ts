import { literal } from '../../base/index.ts';
import type { FeatureTerm } from '../artefact/glass-box.ts';
import { edgeCells } from './edge-cells.ts';
import { sqlDouble } from './sql-double.ts';
import type { SqlLists } from './sql-lists.ts';

/** Up to so many bin edges, a tree of CASE is the faster search; beyond, the cell of a number tells its bin but for a comparison or two. */
const TREE_EDGES = 10;

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
  if (encoding.kind === 'category') return { steps: [], position: levelPosition(encoding.codes, encoding.levels, x) };
  const { codes, edges } = encoding;
  const first = 2 + codes.length;
  const special = codes.map((code, k) => ` WHEN ${x} = ${sqlDouble(code)} THEN ${2 + k}`).join('');
  const guarded = (ordinary: string): string =>
    `CASE WHEN ${x} IS NULL OR isnan(${x}) THEN 1${special} ELSE ${ordinary} END`;
  if (edges.length <= TREE_EDGES) return { steps: [], position: guarded(tree(edges, x, first)) };
  // Only infinities have no cell.
  const infinite = `CASE WHEN ${x} > 0 THEN ${first + edges.length} ELSE ${first} END`;
  return { steps: search(edges, t, lists), position: guarded(`coalesce(n${t} + ${first}, ${infinite})`) };
}

function tree(edges: readonly number[], x: string, first: number): string {
  const part = (low: number, high: number): string => {
    if (low === high) return String(first + low);
    const middle = (low + high) >>> 1;
    return `CASE WHEN ${x} < ${sqlDouble(edges[middle] as number)} THEN ${part(low, middle)} ELSE ${part(middle + 1, high)} END`;
  };
  return part(0, edges.length);
}

/** The cell's number of edges below, then a binary search among those within the cell; past the last edge the list holds NaN, which is never reached. */
function search(edges: readonly number[], t: number, lists: SqlLists): string[] {
  const { centre, width, spread, middle, below, steps } = edgeCells(edges);
  const from = `(x${t} - ${sqlDouble(centre)})`;
  const place = `${from} / (${sqlDouble(width)} + abs(${from})) * ${sqlDouble(spread)} + ${sqlDouble(middle)}`;
  const padded = lists.column([...edges, ...Array.from({ length: 2 ** steps }, () => Number.NaN)], 'DOUBLE');
  const layers = [`${lists.column(below, 'BIGINT')}[TRY_CAST(${place} AS BIGINT)]`];
  for (let step = 2 ** (steps - 1); step >= 1; step /= 2) {
    const more = `n${t} + ${step}::BIGINT`;
    layers.push(`CASE WHEN x${t} >= ${padded}[${more}] THEN ${more} ELSE n${t} END`);
  }
  return layers;
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
