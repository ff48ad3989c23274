import type { Json, Language } from '../../base/index.ts';
import { escapeHtml } from '../../models/validation/charts.ts';
import { htmlPage, percent } from '../../models/validation/page-parts.ts';
import type { Audiences, CreditReport, ReportPart } from '../../records/credit-file/index.ts';
import { KEY_WORDS, REPORT_WORDS, VALUE_WORDS } from './words.ts';

const STYLE = `
:root{color-scheme:light dark;--line:#d5d9e0;--soft:#6b7280;--mark:#2563eb}
@media(prefers-color-scheme:dark){:root{--line:#374151;--soft:#9ca3af;--mark:#60a5fa}}
body{font:15px/1.55 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;max-width:860px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0 0 .3rem}h2{font-size:1.1rem;margin:1.8rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
.about{color:var(--soft);margin:0 0 1rem}.notice{border-left:4px solid #dc2626;padding:.4rem .8rem}
.headline{display:flex;gap:2.2rem;flex-wrap:wrap;border:1px solid var(--line);border-radius:10px;padding:1rem 1.2rem}
.headline b{display:block;font-size:1.5rem}.headline span{color:var(--soft);font-size:.85rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}td,th{padding:.35rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:600;color:var(--soft);overflow-wrap:normal}dl{display:grid;grid-template-columns:14rem 1fr;gap:.25rem 1rem;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
ul{margin:0;padding-left:1.1rem}svg{width:100%;max-height:150px}polyline{fill:none;stroke:var(--mark);stroke-width:2}circle{fill:var(--mark)}svg text{fill:var(--soft);font-size:11px}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}`;

/** What the JSON export holds and a page leaves out. */
const IN_DATA_ONLY: ReadonlySet<string> = new Set(['ratingId', 'horizonMonths', 'sha256']);

const ORDER = ['identity', 'rating', 'agreement', 'guarantee', 'document', 'review', 'contact', 'note'] as const;

/** A credit report as one self-contained, printable page. */
export function creditReportPage(report: CreditReport, audiences: Audiences, language: Language): string {
  const say = (word: keyof typeof REPORT_WORDS): string => REPORT_WORDS[word][language];
  const keyName = (key: string): string => escapeHtml(KEY_WORDS[key]?.[language] ?? key);
  const shown = (key: string, value: Json | undefined): string =>
    key === 'pd' && typeof value === 'number' ? percent(value, 2) : valueHtml(value, language);
  const table = (part: ReportPart): string => {
    const keys = [...new Set(part.flatMap((each) => Object.keys(each)))].filter((key) => !IN_DATA_ONLY.has(key));
    const head = keys.map((key) => `<th>${keyName(key)}</th>`).join('');
    const rows = part.map((each) => `<tr>${keys.map((key) => `<td>${shown(key, each[key])}</td>`).join('')}</tr>`);
    return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  };
  const list = (part: ReportPart): string =>
    part
      .map((each) =>
        Object.entries(each).map(([key, value]) => `<dt>${keyName(key)}</dt><dd>${shown(key, value)}</dd>`),
      )
      .map((pairs) => `<dl>${pairs.join('')}</dl>`)
      .join('');
  // A part that a profile hides is left out: that nothing is on file would be said of what is not shown.
  const hides = (name: (typeof ORDER)[number]): boolean => audiences[report.audience]?.[name].length === 0;
  const sections = ORDER.filter((name) => !hides(name)).map((name) => {
    const part = report.parts[name];
    const body =
      part.length === 0 ? `<p class="about">${say('none')}</p>` : name === 'identity' ? list(part) : table(part);
    if (name !== 'rating') return `<h2>${say(name)}</h2>${body}`;
    const older = report.olderRatings ? `<p class="about">${say('olderRatings')}</p>` : '';
    return `<h2>${say(name)}</h2>${scoreChart(part, say('history'))}${body}${older}`;
  });
  const audience = audiences[report.audience]?.name[language] ?? report.audience;
  const about =
    `<p class="about">${say('customer')} ${escapeHtml(report.customerId)} · ${say('audience')} ${escapeHtml(audience)} · ` +
    `${say('madeAt')} ${escapeHtml(plainText(report.madeAt))}</p>`;
  const disputes = report.disputed
    .map(({ about, openedAt, deadline }) => {
      const what = about.kind === 'rating' ? say('rating') : about.kind === 'fact' ? about.table : about.entryKind;
      const when = `${openedAt.slice(0, 10)} → ${deadline.slice(0, 10)}`;
      return `<p class="notice">${say('disputed')}: ${escapeHtml(what)} (${when})</p>`;
    })
    .join('');
  const next =
    report.nextReview === null
      ? ''
      : `<p class="about">${say('nextReview')} ${escapeHtml(report.nextReview.at.slice(0, 10))}</p>`;
  const notice = report.erased ? `<p class="notice">${say('erased')}</p>` : '';
  return htmlPage(
    language,
    say('title'),
    STYLE,
    about + notice + next + disputes + headline(report.parts.rating[0], language, say('present')) + sections.join(''),
  );
}

function headline(latest: ReportPart[number] | undefined, language: Language, label: string): string {
  if (latest === undefined) return '';
  const items = (['grade', 'score', 'pd', 'decision', 'limit'] as const).flatMap((key) =>
    latest[key] === undefined || latest[key] === null
      ? []
      : [
          `<div><span>${escapeHtml(KEY_WORDS[key]?.[language] ?? key)}</span><b>${key === 'pd' && typeof latest[key] === 'number' ? percent(latest[key], 2) : valueHtml(latest[key], language)}</b></div>`,
        ],
  );
  return items.length === 0 ? '' : `<div class="headline" aria-label="${escapeHtml(label)}">${items.join('')}</div>`;
}

function valueHtml(value: Json | undefined, language: Language): string {
  if (value === undefined || value === null || value === '') return '–';
  if (Array.isArray(value)) {
    const items = value.map((each: Json) => valueHtml(each, language));
    return items.length === 0
      ? '–'
      : items.length === 1
        ? (items[0] ?? '–')
        : `<ul>${items.map((each) => `<li>${each}</li>`).join('')}</ul>`;
  }
  if (typeof value === 'object') {
    const texts = value as { readonly [key: string]: Json };
    return valueHtml(texts[language] ?? JSON.stringify(value), language);
  }
  const text = plainText(String(value));
  return escapeHtml(VALUE_WORDS[text]?.[language] ?? text).replaceAll('\n', '<br>');
}

/** An instant as people write it, in UTC, to the minute, a midnight as its day; other texts as they are. */
function plainText(text: string): string {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}(?:\.\d+)?Z$/.exec(text) ?? [];
  if (day === undefined || time === undefined) return text;
  return time === '00:00' ? day : `${day} ${time} UTC`;
}

/** The scores over time as a small line chart, oldest left; nothing where there are fewer than two. */
function scoreChart(part: ReportPart, title: string): string {
  const points = part.flatMap(({ at, score }) =>
    typeof at === 'string' && typeof score === 'number' ? [[Date.parse(at), score] as const] : [],
  );
  if (points.length < 2) return '';
  const [from, until] = [Math.min(...points.map(([t]) => t)), Math.max(...points.map(([t]) => t))];
  const [low, high] = [Math.min(...points.map(([, s]) => s)), Math.max(...points.map(([, s]) => s))];
  const place = points
    .toSorted(([a], [b]) => a - b)
    .map(
      ([t, s]) => [30 + (640 * (t - from)) / (until - from || 1), 100 - (80 * (s - low)) / (high - low || 1)] as const,
    );
  const line = place.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const dots = place.map(([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3"/>`).join('');
  return (
    `<svg viewBox="0 0 700 130" role="img" aria-label="${escapeHtml(title)}"><title>${escapeHtml(title)}</title>` +
    `<text x="0" y="24">${high}</text><text x="0" y="104">${low}</text><polyline points="${line}"/>${dots}` +
    `<text x="30" y="126">${new Date(from).toISOString().slice(0, 10)}</text><text x="670" y="126" text-anchor="end">${new Date(until).toISOString().slice(0, 10)}</text></svg>`
  );
}
