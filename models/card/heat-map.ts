import type { Language } from '../../base/index.ts';
import type { FeatureTerm, GlassBox, PairTerm } from '../artefact/glass-box.ts';
import { partsOfBins, valuesText } from '../binning/index.ts';
import { escapeHtml } from '../validation/charts.ts';

const SIDE = 230;
const LEFT = 120;
const BOTTOM = 96;
const MOST_LABELS = 8;
const LONGEST_LABEL = 16;

/**
 * A pair's table as SVG: rows are the groups of its first feature (lowest at the bottom), columns those of the second. Colour tells the sign
 * of the contribution to the log-odds, its strength the size, full at the largest of the table; each cell tells its value when pointed at.
 */
export function heatMap(pair: PairTerm, model: GlassBox, language: Language): string {
  const a = model.terms[pair.a] as FeatureTerm;
  const b = model.terms[pair.b] as FeatureTerm;
  const rows = groupTexts(a, pair.rowOf, language);
  const columns = groupTexts(b, pair.columnOf, language);
  const largest = Math.max(Number.MIN_VALUE, ...pair.values.flat().map(Math.abs));
  const high = SIDE / rows.length;
  const wide = SIDE / columns.length;
  const cells = rows.flatMap((row, r) =>
    columns.map((column, c) => {
      const value = pair.values[row.group]?.[column.group] ?? 0;
      const hint = escapeHtml(`${row.text}; ${column.text}: ${value.toFixed(3)}`);
      return (
        `<rect class="${value > 0 ? 'riskier' : 'safer'}" fill-opacity="${(Math.abs(value) / largest).toFixed(3)}" x="${fixed(LEFT + c * wide)}" ` +
        `y="${fixed(SIDE - (r + 1) * high)}" width="${fixed(wide)}" height="${fixed(high)}"><title>${hint}</title></rect>`
      );
    }),
  );
  const rowLabels = some(rows).map(
    ([r, text]) => `<text x="${LEFT - 4}" y="${fixed(SIDE - (r + 0.5) * high + 4)}" text-anchor="end">${text}</text>`,
  );
  const columnLabels = some(columns).map(
    ([c, text]) =>
      `<text transform="translate(${fixed(LEFT + (c + 0.5) * wide)} ${SIDE + 12}) rotate(-40)" text-anchor="end">${text}</text>`,
  );
  const title = escapeHtml(`${labelOf(a, language)} × ${labelOf(b, language)}`);
  return (
    `<svg viewBox="0 0 ${LEFT + SIDE + 10} ${SIDE + BOTTOM}" role="img" aria-label="${title}">${cells.join('')}` +
    `<rect class="frame" x="${LEFT}" y="0" width="${SIDE}" height="${SIDE}"/>${rowLabels.join('')}${columnLabels.join('')}</svg>`
  );
}

/** What people call a feature: its label, else its name. */
export const labelOf = (term: FeatureTerm, language: Language): string => term.label?.[language] ?? term.name;

interface Group {
  readonly group: number;
  readonly text: string;
}

/** The groups that have bins, in order, each with the values that it stands for. */
function groupTexts(term: FeatureTerm, groupOf: readonly number[], language: Language): Group[] {
  return [...new Set(groupOf)]
    .sort((x, y) => x - y)
    .map((group) => {
      const bins = [...groupOf.keys()].filter((bin) => groupOf[bin] === group);
      return { group, text: valuesText(partsOfBins(term, bins), term.type === 'date', language) };
    });
}

/** At most eight labels, evenly spread, cut to length. */
function some(groups: readonly Group[]): (readonly [number, string])[] {
  const every = Math.ceil(groups.length / MOST_LABELS);
  return groups.flatMap(({ text }, i) => {
    if (i % every !== 0) return [];
    const characters = Array.from(text);
    const short = characters.length > LONGEST_LABEL ? `${characters.slice(0, LONGEST_LABEL - 1).join('')}…` : text;
    return [[i, escapeHtml(short)] as const];
  });
}

const fixed = (value: number): string => String(Math.round(value * 100) / 100);
