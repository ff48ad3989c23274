import type { Language } from '../../base/index.ts';
import { escapeHtml } from '../validation/charts.ts';
import { valuesText } from './values.ts';
import type { WoeBin, WoeTable } from './woe-table.ts';

const WIDTH = 640;
const HEIGHT = 310;
const LEFT = 60;
const RIGHT = 64;
const TOP = 14;
const BOTTOM = 84;
const LONGEST_LABEL = 22;

/** What the chart's axes are called. */
export interface ChartWords {
  readonly share: string;
  readonly badRate: string;
  readonly overall: string;
}

/**
 * The event-rate chart of a feature as SVG: bars for each bin's share of the rows (goods below, bads above), a line of bad rates over the
 * ordinary bins, dots for missing values and special codes, and the bad rate of all rows, dashed. Colours come from the page's classes.
 */
export function eventRateChart(table: WoeTable, language: Language, words: ChartWords): string {
  const { bins } = table;
  const total = bins.reduce((sum, { goods, bads }) => ({ goods: sum.goods + goods, bads: sum.bads + bads }), {
    goods: 0,
    bads: 0,
  });
  const overall = total.bads / (total.goods + total.bads || 1);
  const shareTop = niceTop(Math.max(...bins.map(({ share }) => share)));
  const rateTop = niceTop(Math.max(overall, ...bins.map(({ badRate }) => badRate ?? 0)));
  const slot = (WIDTH - LEFT - RIGHT) / bins.length;
  const x = (bin: number): number => LEFT + (bin + 0.5) * slot;
  const y = (value: number, top: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const base = HEIGHT - BOTTOM;
  const thick = Math.min(0.7 * slot, 72);
  const axes = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = round(y(part, 1));
    return (
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>` +
      `<text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${percent(part * shareTop)}</text>` +
      `<text x="${WIDTH - RIGHT + 6}" y="${at + 4}">${percent(part * rateTop)}</text>`
    );
  });
  const bars = bins.map((bin, b) => {
    const goods = y(bin.share * (1 - (bin.badRate ?? 0)), shareTop);
    const all = y(bin.share, shareTop);
    const rect = (style: string, from: number, to: number): string =>
      `<rect class="${style}" x="${round(x(b) - thick / 2)}" width="${round(thick)}" y="${round(to)}" height="${round(from - to)}"/>`;
    return `<g><title>${escapeHtml(hint(bin, table, language))}</title>${rect('goods', base, goods)}${rect('bads', goods, all)}</g>`;
  });
  const rates = bins.flatMap(({ badRate, values }, b) =>
    badRate === null ? [] : [{ at: x(b), rate: y(badRate, rateTop), apart: isApart(values) }],
  );
  const path = rates
    .filter(({ apart }) => !apart)
    .map(({ at, rate }, i) => `${i === 0 ? 'M' : 'L'}${round(at)} ${round(rate)}`)
    .join('');
  const dots = rates.map(({ at, rate }) => `<circle class="rate-dot" cx="${round(at)}" cy="${round(rate)}" r="4"/>`);
  const labels = bins.map(({ values }, b) => {
    const text = valuesText(values, table.type === 'date', language);
    const characters = Array.from(text);
    const short = characters.length > LONGEST_LABEL ? `${characters.slice(0, LONGEST_LABEL - 1).join('')}…` : text;
    const place = `translate(${round(x(b))} ${base + 14}) rotate(-32)`;
    return `<text transform="${place}" text-anchor="end"><title>${escapeHtml(text)}</title>${escapeHtml(short)}</text>`;
  });
  const level = round(y(overall, rateTop));
  const title = escapeHtml(table.label?.[language] ?? table.feature);
  const middle = (HEIGHT - BOTTOM + TOP) / 2;
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${axes.join('')}${bars.join('')}` +
    `<line class="overall" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${level}" y2="${level}"><title>${words.overall}: ${percent(overall)}</title></line>` +
    `<path class="rate" d="${path}"/>${dots.join('')}${labels.join('')}` +
    `<text transform="translate(10 ${middle}) rotate(-90)" text-anchor="middle">${words.share}</text>` +
    `<text transform="translate(${WIDTH - 6} ${middle}) rotate(-90)" text-anchor="middle">${words.badRate}</text></svg>`
  );
}

const isApart = (values: WoeBin['values']): boolean =>
  values.every(({ kind }) => kind === 'missing' || kind === 'code');

function hint(bin: WoeBin, table: WoeTable, language: Language): string {
  const rate = bin.badRate === null ? '' : `, ${percent(bin.badRate)}`;
  return `${valuesText(bin.values, table.type === 'date', language)}: ${percent(bin.share)}${rate}`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
const percent = (value: number): string => `${Number((100 * value).toPrecision(3))} %`;

/** The least of 1, 2, 4, 6 and 8 times a power of ten (so that its quarters are short numbers) that is at least a value. */
function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8, 10].find((each) => each * power >= value) ?? 10) * power;
}
