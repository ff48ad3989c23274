import type { FeatureTerm } from '../artefact/glass-box.ts';
import { sqlDouble, sqlText } from './sql-text.ts';

/** Writes what stands at a leaf: the bin, or its value. */
export type Leaf = (bin: number) => string;

/**
 * SQL that finds the bin of `column` (a DOUBLE or VARCHAR expression, best a plain column) and answers `leaf(bin)`: missing first,
 * then special codes, then a balanced tree of comparisons, so a value passes log2(bins) of them.
 */
export function binSql(term: FeatureTerm, column: string, leaf: Leaf): string {
  return term.encoding.kind === 'number'
    ? numberBinSql(term.encoding.codes, term.encoding.edges, column, leaf)
    : levelBinSql(term.encoding.codes, term.encoding.levels, column, leaf);
}

function numberBinSql(codes: readonly number[], edges: readonly number[], x: string, leaf: Leaf): string {
  const first = 1 + codes.length;
  const tree = (low: number, high: number): string => {
    const whole = leaf(first + low);
    if (low === high) return whole;
    if (sameLeaf(leaf, first + low, first + high)) return whole;
    const middle = (low + high) >>> 1;
    const edge = sqlDouble(edges[middle] as number);
    return `CASE WHEN ${x} < ${edge} THEN ${tree(low, middle)} ELSE ${tree(middle + 1, high)} END`;
  };
  const special = codes.map((code, k) => ` WHEN ${x} = ${sqlDouble(code)} THEN ${leaf(1 + k)}`).join('');
  return `CASE WHEN ${x} IS NULL OR isnan(${x}) THEN ${leaf(0)}${special} ELSE ${tree(0, edges.length)} END`;
}

function sameLeaf(leaf: Leaf, first: number, last: number): boolean {
  const value = leaf(first);
  for (let bin = first + 1; bin <= last; bin++) if (leaf(bin) !== value) return false;
  return true;
}

/** DuckDB compares texts by their UTF-8 bytes: the tree's levels stand in that order. */
function levelBinSql(codes: readonly string[], levels: readonly string[], x: string, leaf: Leaf): string {
  const unseen = leaf(1 + codes.length + levels.length);
  const known = [...codes, ...levels]
    .map((text, k) => ({ text, bytes: Buffer.from(text, 'utf8'), bin: 1 + k }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const tree = (low: number, high: number): string => {
    if (high - low <= 4) {
      const whens = known.slice(low, high).map(({ text, bin }) => `WHEN ${x} = ${sqlText(text)} THEN ${leaf(bin)}`);
      return whens.length === 0 ? unseen : `CASE ${whens.join(' ')} ELSE ${unseen} END`;
    }
    const middle = (low + high) >>> 1;
    const split = known[middle]?.text ?? '';
    return `CASE WHEN ${x} < ${sqlText(split)} THEN ${tree(low, middle)} ELSE ${tree(middle, high)} END`;
  };
  return `CASE WHEN ${x} IS NULL OR ${x} = '' THEN ${leaf(0)} ELSE ${tree(0, known.length)} END`;
}
