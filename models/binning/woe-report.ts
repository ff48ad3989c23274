import { csvText, type Language } from '../../base/index.ts';
import { eventRateChart } from './event-rate-chart.ts';
import { escapeHtml } from '../validation/charts.ts';
import { htmlPage } from '../validation/page-parts.ts';
import type { Trend } from './optimal.ts';
import { valuesText } from './values.ts';
import type { WoeBin, WoeTable } from './woe-table.ts';

const WORDS = {
  title: { en: 'Binning', 'zh-CN': '变量分箱' },
  feature: { en: 'Feature', 'zh-CN': '特征' },
  trend: { en: 'Trend of the bad rate', 'zh-CN': '坏样本率趋势' },
  iv: { en: 'Information value', 'zh-CN': '信息值（IV）' },
  bins: { en: 'Bins', 'zh-CN': '箱数' },
  values: { en: 'Values', 'zh-CN': '取值' },
  rows: { en: 'Rows', 'zh-CN': '样本数' },
  goods: { en: 'Goods', 'zh-CN': '好样本' },
  bads: { en: 'Bads', 'zh-CN': '坏样本' },
  share: { en: 'Share of rows', 'zh-CN': '样本占比' },
  badRate: { en: 'Bad rate', 'zh-CN': '坏样本率' },
  overall: { en: 'Bad rate of all rows', 'zh-CN': '总体坏样本率' },
  woe: { en: 'WoE', 'zh-CN': 'WoE' },
  ivPart: { en: 'IV', 'zh-CN': 'IV' },
  note: {
    en: 'WoE = ln(share of goods / share of bads): higher is safer. Bars: share of rows (bads on top); line: bad rate; dashed: bad rate of all rows.',
    'zh-CN':
      'WoE = ln(好样本占比 / 坏样本占比)，越高越安全。柱：样本占比（上部为坏样本）；线：坏样本率；虚线：总体坏样本率。',
  },
  ascending: { en: 'ascending', 'zh-CN': '递增' },
  descending: { en: 'descending', 'zh-CN': '递减' },
  peak: { en: 'peak', 'zh-CN': '先升后降' },
  valley: { en: 'valley', 'zh-CN': '先降后升' },
  none: { en: 'none', 'zh-CN': '无约束' },
} as const satisfies { readonly [word: string]: { readonly [language in Language]: string } } & {
  readonly [trend in Trend]: { readonly [language in Language]: string };
};

const COLUMNS = ['values', 'rows', 'goods', 'bads', 'share', 'badRate', 'woe', 'ivPart'] as const;

/** Binning tables as CSV, one row per bin, numbers in full. */
export function woeCsv(tables: readonly WoeTable[], language: Language): string {
  const head = (['feature', 'trend', ...COLUMNS] as const).map((word) => WORDS[word][language]);
  const rows = tables.flatMap((table) =>
    table.bins.map((bin) => [
      table.label?.[language] ?? table.feature,
      WORDS[table.trend][language],
      valuesText(bin.values, table.type === 'date', language),
      ...[bin.rows, bin.goods, bin.bads, bin.share, bin.badRate, bin.woe, bin.iv].map((value) => String(value ?? '')),
    ]),
  );
  return csvText([head, ...rows]);
}

/** Binning tables as one self-contained page (no script, no network): per feature the event-rate chart and the table; readable and printable. */
export function woeHtml(tables: readonly WoeTable[], name: string, language: Language): string {
  const title = `${WORDS.title[language]}: ${escapeHtml(name)}`;
  const summary = tables.map(
    (table, t) =>
      `<tr><td><a href="#f${t}">${labelOf(table, language)}</a></td><td>${WORDS[table.trend][language]}</td>` +
      `<td class="n">${table.bins.length}</td><td class="n">${table.iv.toFixed(4)}</td></tr>`,
  );
  const head = (['feature', 'trend', 'bins', 'iv'] as const).map(
    (word, c) => `<th${c > 1 ? ' class="n"' : ''}>${WORDS[word][language]}</th>`,
  );
  return htmlPage(
    language,
    title,
    STYLE,
    `<p>${WORDS.note[language]}</p>` +
      `<table><thead><tr>${head.join('')}</tr></thead><tbody>${summary.join('')}</tbody></table>` +
      tables.map((table, t) => section(table, t, language)).join(''),
  );
}

function section(table: WoeTable, index: number, language: Language): string {
  const say = (word: keyof typeof WORDS): string => WORDS[word][language];
  const head = COLUMNS.map((word, c) => `<th${c > 0 ? ' class="n"' : ''}>${say(word)}</th>`).join('');
  const rows = table.bins.map((bin) => {
    const cells = figures(bin).map((text) => `<td class="n">${text}</td>`);
    return `<tr><td>${escapeHtml(valuesText(bin.values, table.type === 'date', language))}</td>${cells.join('')}</tr>`;
  });
  const words = { share: say('share'), badRate: say('badRate'), overall: say('overall') };
  return (
    `<section id="f${index}"><h2>${labelOf(table, language)}</h2><p>${say('iv')} ${table.iv.toFixed(4)} · ${say(table.trend)}</p>` +
    `${eventRateChart(table, language, words)}<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></section>`
  );
}

function figures({ rows, goods, bads, share, badRate, woe, iv }: WoeBin): string[] {
  const count = (value: number): string => String(Number(value.toFixed(1)));
  const percent = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
  return [
    count(rows),
    count(goods),
    count(bads),
    percent(share),
    percent(badRate),
    woe?.toFixed(3) ?? '–',
    iv.toFixed(4),
  ];
}

const labelOf = (table: WoeTable, language: Language): string => escapeHtml(table.label?.[language] ?? table.feature);

const STYLE = `
:root{color-scheme:light dark;--ink:#1b2733;--soft:#64748b;--line:#d7dee6;--bad:#c2410c;--good:#0f766e;--page:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e5eaf0;--soft:#94a3b8;--line:#334155;--bad:#fb923c;--good:#2dd4bf;--page:#0f172a}}
body{font:15px/1.5 system-ui,"Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:var(--ink);background:var(--page);max-width:56rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line)}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}section{break-inside:avoid;margin-top:2.5rem}a{color:inherit}
svg{width:100%;height:auto;font-size:11px;fill:var(--soft)}.grid{stroke:var(--line)}.goods{fill:var(--good);opacity:.35}.bads{fill:var(--bad);opacity:.6}
.rate{fill:none;stroke:var(--ink);stroke-width:2}.rate-dot{fill:var(--ink)}.overall{stroke:var(--soft);stroke-dasharray:5 4}
@media print{body{margin:0;max-width:none}}`;
