import { literal } from '../../base/index.ts';
import type { FeatureTerm } from '../artefact/glass-box.ts';
import { sqlDouble } from './sql-double.ts';

/** Up to so many bin edges, a tree of CASE is the faster search; beyond, a binary search through a list, one step per layer of the query. */
const TREE_EDGES = 16;

/** SQL for the bin of one term: columns to compute layer by layer, then the position (bin + 1, as lists count from 1). */
export interface BinSql {
  /** Expressions for a column `n<term>`, each reading the layer before: so many edges are known to be at most the value. */
  readonly steps: readonly string[];
  readonly position: string;
}

/**
 * How to find the bin of term number `t` from its column `x<t>` (DOUBLE or VARCHAR): missing first, then special codes, then the
 * ordinary bins. DuckDB evaluates each CASE branch on its own, at some microseconds a chunk, so long ladders are avoided.
 */
export function binSql(term: FeatureTerm, t: number): BinSql {
  const { encoding } = term;
  const x = `x${t}`;
  if (encoding.kind === 'category') return { steps: [], position: levelPosition(encoding.codes, encoding.levels, x) };
  const { codes, edges } = encoding;
  const first = 2 + codes.length;
  const special = codes.map((code, k) => ` WHEN ${x} = ${sqlDouble(code)} THEN ${2 + k}`).join('');
  const guarded = (ordinary: string): string =>
    `CASE WHEN ${x} IS NULL OR isnan(${x}) THEN 1${special} ELSE ${ordinary} END`;
  if (edges.length <= TREE_EDGES) return { steps: [], position: guarded(tree(edges, x, first)) };
  return { steps: search(edges, t), position: guarded(`n${t} + ${first}`) };
}

function tree(edges: readonly number[], x: string, first: number): string {
  const part = (low: number, high: number): string => {
    if (low === high) return String(first + low);
    const middle = (low + high) >>> 1;
    return `CASE WHEN ${x} < ${sqlDouble(edges[middle] as number)} THEN ${part(low, middle)} ELSE ${part(middle + 1, high)} END`;
  };
  return part(0, edges.length);
}

/** Steps of a search that are one tree of CASE: the few edges at which it begins. */
const TREE_STEPS = 4;

/**
 * Binary search without branches: each step asks whether `step` more edges are at most the value; past the list's end is null, so no. The
 * count is a BIGINT, as DuckDB indexes lists, whose bit `step` is still free: `|` adds it without looking for an overflow. The first
 * steps are a tree, faster than reading a list while it is small.
 */
function search(edges: readonly number[], t: number): string[] {
  const list = `[${edges.map(sqlDouble).join(', ')}]`;
  const size = 2 ** Math.ceil(Math.log2(edges.length + 1));
  const width = size / 2 ** TREE_STEPS;
  const begin = (low: number, high: number): string => {
    if (high - low === width) return `${low}::BIGINT`;
    const middle = (low + high) / 2;
    if (middle > edges.length) return begin(low, middle);
    return `CASE WHEN x${t} >= ${sqlDouble(edges[middle - 1] as number)} THEN ${begin(middle, high)} ELSE ${begin(low, middle)} END`;
  };
  const steps = [begin(0, size)];
  for (let step = width / 2; step >= 1; step /= 2) {
    const more = `n${t} | ${step}::BIGINT`;
    steps.push(`CASE WHEN x${t} >= ${list}[${more}] THEN ${more} ELSE n${t} END`);
  }
  return steps;
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
