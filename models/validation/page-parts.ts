import { escapeHtml } from './charts.ts';
import type { Language, Word } from './words.ts';

/** A self-contained page (no script, no network) under its title; title, style and body are markup. */
export function htmlPage(language: Language, title: string, style: string, body: string): string {
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${title}</title><style>${style}</style></head><body><h1>${title}</h1>${body}</body></html>`
  );
}

/** A word in the page's language. */
export type Say = (word: Word) => string;

/** A number with fixed digits; a dash where there is none. */
export const figure = (value: number | null, digits = 4): string =>
  value !== null && Number.isFinite(value) ? value.toFixed(digits) : '–';

/** A share in per cent. */
export const percent = (value: number | null, digits = 1): string =>
  value !== null && Number.isFinite(value) ? `${(100 * value).toFixed(digits)} %` : '–';

/** A value with its interval. */
export const spread = (
  of: { readonly value: number; readonly low: number; readonly high: number } | null,
  show: (value: number) => string = figure,
): string => (of === null ? '–' : `${show(of.value)} [${show(of.low)}, ${show(of.high)}]`);

/** A table with a header; cells are HTML. */
export function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string): string => row.map((each) => `<${tag}>${each}</${tag}>`).join('');
  return (
    `<div class="wide"><table><thead><tr>${cells(head, 'th')}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table></div>`
  );
}

/** A chart under its title, and what its marks stand for, where they do not say it themselves. */
export const captioned = (title: string, svg: string, legend = ''): string =>
  `<figure><figcaption>${escapeHtml(title)}</figcaption>${svg}${legend === '' ? '' : `<p class="note">${escapeHtml(legend)}</p>`}</figure>`;

/** A verdict in its colour. */
export const verdict = (result: 'pass' | 'fail' | 'insufficient evidence', say: Say): string =>
  `<span class="${result.split(' ')[0]}">${say(result)}</span>`;
