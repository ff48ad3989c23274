import type { Against, PortfolioResult } from './measure.ts';
import { labelOf, PEERS, REFERENCE } from './systems.ts';

const LEFT = 226;
const PLOT = 560;
const RIGHT = 110;
const ROW = 19;
const HEAD = 26;
const TOP = 64;
/** AUC differences shown; beyond, an arrow and the figure. */
const RANGE = [-0.03, 0.02] as const;
const COLOURS: Readonly<Record<string, string>> = { champion: '#0b6e4f', deep: '#7a3e9d' };

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const atX = (value: number): number =>
  LEFT + (PLOT * (Math.min(RANGE[1], Math.max(RANGE[0], value)) - RANGE[0])) / (RANGE[1] - RANGE[0]);

/**
 * A self-contained SVG: by portfolio, every system's AUC minus LightGBM's on the same rows with its 95 % interval. The dashed line is the
 * margin of -0.005 that a champion may not fall behind.
 */
export function differencesSvg(results: readonly PortfolioResult[]): string {
  const parts: string[] = [];
  let y = TOP;
  for (const { portfolio, folds, lines } of results) {
    const title =
      portfolio === 'mean'
        ? 'mean over portfolios'
        : `${portfolio} (${folds.length} ${folds.length === 1 ? 'fold' : 'folds'})`;
    parts.push(`<text x="12" y="${y + 15}" font-weight="600">${escape(title)}</text>`);
    parts.push(`<line x1="12" y1="${y}" x2="${LEFT + PLOT + RIGHT - 12}" y2="${y}" stroke="#d5d5d5"/>`);
    y += HEAD;
    for (const { system, against } of lines) {
      const pair = against.find(({ other }) => other === REFERENCE);
      if (!pair) continue;
      parts.push(...dot(system, pair, y + ROW / 2));
      y += ROW;
    }
    y += 6;
  }
  const ticks = [-0.03, -0.02, -0.01, 0, 0.01, 0.02];
  const axis = ticks.map((tick) => {
    const label = tick === 0 ? '0' : `${tick < 0 ? '−' : '+'}${Math.abs(tick).toFixed(2)}`;
    return `<line x1="${atX(tick)}" y1="${TOP}" x2="${atX(tick)}" y2="${y}" stroke="${tick === 0 ? '#444' : '#ececec'}"/><text x="${atX(tick)}" y="${y + 16}" text-anchor="middle">${label}</text>`;
  });
  const margin = `<line x1="${atX(-0.005)}" y1="${TOP}" x2="${atX(-0.005)}" y2="${y}" stroke="#b00020" stroke-dasharray="4 3"/>`;
  const width = LEFT + PLOT + RIGHT;
  const height = y + 48;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">`,
    '<title>AUC minus that of tuned LightGBM, by portfolio and system</title>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    '<text x="12" y="24" font-size="15" font-weight="600">AUC minus that of tuned LightGBM, same rows, with 95 % intervals</text>',
    '<text x="12" y="44" fill="#666">Right of 0 is better than LightGBM; dashed: −0.005. Paired over all folds (DeLong).</text>',
    ...axis,
    margin,
    ...parts,
    `<text x="${LEFT + PLOT / 2}" y="${y + 36}" text-anchor="middle" fill="#666">difference of AUC</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function dot(system: string, { auc }: Against, y: number): string[] {
  const own = !(PEERS as readonly string[]).includes(system);
  const colour = COLOURS[system] ?? (own ? '#0b4f9e' : '#8a8a8a');
  const weight = own ? ' font-weight="600"' : '';
  const label = `<text x="${LEFT - 10}" y="${y + 4}" text-anchor="end" fill="${own ? colour : '#555'}"${weight}>${escape(labelOf(system))}</text>`;
  const value = `${auc.value < 0 ? '−' : '+'}${Math.abs(auc.value).toFixed(4)}`;
  const number = `<text x="${LEFT + PLOT + 14}" y="${y + 4}" fill="${own ? colour : '#555'}"${weight}>${value}</text>`;
  const x = atX(auc.value);
  if (auc.value < RANGE[0])
    return [label, `<path d="M${x + 8} ${y - 4} L${x} ${y} L${x + 8} ${y + 4} Z" fill="${colour}"/>`, number];
  if (auc.value > RANGE[1])
    return [label, `<path d="M${x - 8} ${y - 4} L${x} ${y} L${x - 8} ${y + 4} Z" fill="${colour}"/>`, number];
  const bar = `<line x1="${atX(auc.low)}" y1="${y}" x2="${atX(auc.high)}" y2="${y}" stroke="${colour}" stroke-width="${own ? 2.5 : 1.5}"/>`;
  return [label, bar, `<circle cx="${x}" cy="${y}" r="${own ? 4.5 : 3.5}" fill="${colour}"/>`, number];
}
