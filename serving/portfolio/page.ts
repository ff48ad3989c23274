import type { Language } from '../../base/index.ts';
import { escapeHtml } from '../../models/validation/charts.ts';
import { STYLE } from '../../models/validation/html.ts';
import { grid, htmlPage, percent } from '../../models/validation/page-parts.ts';
import type { NamedPart, PortfolioAssumptions } from '../../rating/index.ts';
import type { ShownCustomer, StoredReport } from '../../records/reports/index.ts';
import { PORTFOLIO_WORDS, type PortfolioWord } from './words.ts';

const OWN_STYLE = `${STYLE}
.headline{display:flex;gap:2.4rem;flex-wrap:wrap;border:1px solid var(--line);border-radius:10px;padding:1rem 1.2rem;margin:1rem 0}
.headline b{display:block;font-size:1.45rem}.headline span{color:var(--soft);font-size:.85rem}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}.cell{text-align:right}
.bar-of{display:inline-block;height:.7rem;background:var(--good);opacity:.75;vertical-align:middle;margin-right:.4rem}`;

/** A portfolio report as one self-contained, printable page; scenarios are named as the assumptions of now name them. */
export function portfolioPage(report: StoredReport, assumptions: PortfolioAssumptions, language: Language): string {
  const say = (word: PortfolioWord): string => PORTFOLIO_WORDS[word][language];
  const money = (amount: number | null): string =>
    amount === null ? '–' : amount.toLocaleString('en', { maximumFractionDigits: 0 });
  const partTable = (parts: readonly NamedPart[], nameOf: (name: string) => string): string =>
    grid(
      ['', say('customers'), say('exposure'), say('share'), say('expectedLoss'), say('meanPd')],
      parts.map((part) => {
        const share = report.exposure > 0 ? part.exposure / report.exposure : 0;
        return [
          escapeHtml(nameOf(part.name)),
          money(part.customers),
          money(part.exposure),
          `<span class="bar-of" style="width:${(6 * share).toFixed(2)}rem"></span>${percent(share)}`,
          money(part.expectedLoss),
          percent(part.meanPd, 2),
        ];
      }),
    );
  const orUnknown = (name: string): string => (name === '' ? say('notTold') : name);
  const listTable = (customers: readonly ShownCustomer[]): string =>
    grid(
      [say('customer'), say('grade'), 'PD', say('exposure'), say('expectedLoss'), say('net')],
      customers.map(({ customerId, grade, pd, exposure, expectedLoss, net }) => [
        customerId === null ? `<i>${say('erased')}</i>` : escapeHtml(customerId),
        escapeHtml(grade),
        percent(pd, 2),
        money(exposure),
        money(expectedLoss),
        money(net),
      ]),
    );
  const headline = [
    [say('customers'), money(report.customers)],
    [say('exposure'), money(report.exposure)],
    [say('expectedLoss'), money(report.expectedLoss)],
    [say('meanPd'), percent(report.meanPd, 2)],
    [say('riskIndex'), report.riskIndex === null ? '–' : report.riskIndex.toFixed(1)],
  ].map(([name, value]) => `<div><span>${name}</span><b>${value}</b></div>`);
  const { source, concentration: held } = report;
  const labels = new Map(assumptions.scenarios.map(({ code, label }) => [code, label[language]]));
  const body = [
    `<p class="note">${say('asOf')} ${day(source.asOf)} · ${say('madeAt')} ${day(report.madeAt)}</p>`,
    `<div class="headline">${headline.join('')}</div>`,
    `<p class="note">${say('riskIndexFormula')}${report.unknownExposure > 0 ? ` ${money(report.unknownExposure)} ${say('unknown')}.` : ''}</p>`,
    `<h2>${say('byGrade')}</h2>${partTable(report.byGrade, (name) => name)}`,
    `<h2>${say('byClass')}</h2>${partTable(report.byClass, (name) => say(name as 'high' | 'middle' | 'low'))}`,
    `<h2>${say('bySegment')}</h2>${partTable(report.bySegment, orUnknown)}`,
    `<h2>${say('byVintage')}</h2>${partTable(report.byVintage, orUnknown)}`,
    `<h2>${say('migration')}</h2>${migration(report, say)}`,
    `<h2>${say('concentration')}</h2>`,
    held === null
      ? '<p>–</p>'
      : `<p>${say('herfindahlCustomers')} ${held.customers.toFixed(4)}, ${say('herfindahlSegments')} ${held.segments.toFixed(4)}; ` +
        `${held.largest.map(({ count, share }) => (language === 'en' ? `${count} ${say('largest')} ${percent(share)}` : `${say('largest')} ${count} 户 ${percent(share)}`)).join(', ')}</p>`,
    `<h2>${say('stress')}</h2><p class="note">${say('stressNote')}</p>`,
    grid(
      [say('scenario'), say('expectedLoss'), say('meanPd')],
      [
        ...report.stress.scenarios.map(({ code, expectedLoss, meanPd }) => [
          escapeHtml(labels.get(code) ?? code),
          money(expectedLoss),
          percent(meanPd, 2),
        ]),
        ...report.stress.singleNames.map(({ count, loss }) => [`${count} ${say('singleName')}`, money(loss), '']),
      ],
    ),
    `<h2>${say('ranking')}</h2><p class="note">${say('rankingNote')}</p>`,
    grid(
      [say('value'), say('risk'), say('customers'), say('exposure'), say('net')],
      report.ranking
        .filter(({ customers }) => customers > 0)
        .map(({ value, risk, customers, exposure, net }) => [
          value === 'unknown' ? say('notTold') : say(value),
          say(risk),
          money(customers),
          money(exposure),
          money(net),
        ]),
    ),
    `<h2>${say('topExposures')}</h2>${listTable(report.topExposures)}`,
    `<h2>${say('topLosses')}</h2>${listTable(report.topLosses)}`,
    ...(source.withheld === undefined
      ? []
      : [
          `<h2>${say('withheld')}</h2>`,
          grid(
            [say('feature'), say('sourceTable'), say('customers')],
            source.withheld.map((each) => [escapeHtml(each.feature), escapeHtml(each.source), money(each.customers)]),
          ),
        ]),
    `<h2>${say('sources')}</h2><p class="note"><code>${[`report ${report.reportId}`, `model ${source.modelHash}`, `snapshot ${source.snapshotId}`, `scores ${source.scores}`, report.assumptions].map(escapeHtml).join('<br>')}</code></p>`,
  ];
  return htmlPage(language, say('title'), OWN_STYLE, body.join(''));
}

function migration({ migration: moved, source }: StoredReport, say: (word: PortfolioWord) => string): string {
  if (moved === null || source.before === null) return `<p>${say('noMigration')}</p>`;
  const { grades, customers, worse, better, entered, left } = moved;
  const rows = customers.map((row, from) => [
    `<b>${escapeHtml(grades[from] ?? '')}</b>`,
    ...row.map((count, to) => (count === 0 ? '' : from === to ? `<span class="stay">${count}</span>` : String(count))),
  ]);
  return (
    `<p class="note">${say('migrationNote')} ${day(source.before.asOf)}: ${worse} ${say('worse')}, ${better} ${say('better')}, ` +
    `${entered} ${say('entered')}, ${left} ${say('left')}</p>${grid(['', ...grades.map(escapeHtml)], rows)}`
  );
}

const day = (at: string): string => at.slice(0, 10);
