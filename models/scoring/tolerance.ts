import type { FeatureTerm } from '../artefact/glass-box.ts';

/** Share of the trained range that a value may lie beyond it, at the least. */
const LEAST_SHARE = 0.1;

/**
 * The values of a number or date feature that its training speaks for, from smallest to largest; null: all. Beyond the trained
 * minimum or maximum a score is the outermost bin's own, so the range goes on there for as far again as that bin reaches inside it,
 * and at least a tenth of the whole range: a count of 0 where training saw 1 to 130 is no news, 800 days of silence where it saw 28 are.
 */
export function toleratedRange(term: FeatureTerm): readonly [number, number] | null {
  const { range, encoding } = term;
  if (range === null || encoding.kind !== 'number') return null;
  const [low, high] = range;
  const least = LEAST_SHARE * (high - low);
  const inside = (edge: number | undefined): number => Math.min(high, Math.max(low, edge ?? high));
  const below = encoding.edges.length === 0 ? high - low : inside(encoding.edges[0]) - low;
  const above = encoding.edges.length === 0 ? high - low : high - inside(encoding.edges.at(-1));
  return [low - Math.max(below, least), high + Math.max(above, least)];
}
