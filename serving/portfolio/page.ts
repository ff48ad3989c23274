import type { Language } from '../../base/index.ts';
import { escapeHtml } from '../../models/validation/charts.ts';
import { grid, htmlPage, percent } from '../../models/validation/page-parts.ts';
import type { NamedPart, OpenWarnings, PortfolioAssumptions, ReportChange, WarningLevel } from '../../rating/index.ts';
import type { ShownCustomer, ShownRanked, StoredReport } from '../../records/reports/index.ts';
import { sourcesLine } from './source-words.ts';
import { day, money, REPORT_STYLE, signed } from './style.ts';
import { PORTFOLIO_WORDS, type PortfolioWord } from './words.ts';

/** A portfolio report as one self-contained, printable page; scenarios are named as the assumptions of now name them. */
export function portfolioPage(report: StoredReport, assumptions: PortfolioAssumptions, language: Language): string {
  const say = (word: PortfolioWord): string => PORTFOLIO_WORDS[word][language];
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
      [say('customer'), say('grade'), say('pd'), say('exposure'), say('expectedLoss'), say('net')],
      customers.map(({ customerId, grade, pd, exposure, expectedLoss, net }) => [
        customerId === null ? `<i>${say('erased')}</i>` : escapeHtml(customerId),
        escapeHtml(grade),
        percent(pd, 2),
        money(exposure),
        money(expectedLoss),
        money(net),
      ]),
    );
  const rankedTable = (customers: readonly ShownRanked[]): string =>
    grid(
      [say('customer'), say('value'), say('risk'), say('pd'), say('exposure'), say('expectedLoss'), say('net')],
      customers.map(({ customerId, value, risk, pd, exposure, expectedLoss, net }) => [
        customerId === null ? `<i>${say('erased')}</i>` : escapeHtml(customerId),
        say(value),
        say(risk),
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
  const levels = (level: WarningLevel): string => say(level);
  const { source, concentration: held } = report;
  const labels = new Map(assumptions.scenarios.map(({ code, label }) => [code, label[language]]));
  const body = [
    `<p class="note">${say('asOf')} ${day(source.asOf)} · ${say('madeAt')} ${day(report.madeAt)}</p>`,
    `<div class="headline">${headline.join('')}</div>`,
    `<p class="note">${say('riskIndexFormula')}${report.unknownExposure > 0 ? ` ${money(report.unknownExposure)} ${say('unknown')}.` : ''}</p>`,
    ...(report.change === null ? [] : [`<h2>${say('change')}</h2>${changeTable(report.change, say)}`]),
    ...(report.openWarnings === null
      ? []
      : [`<h2>${say('openWarnings')}</h2>${warningsTable(report.openWarnings, levels, say)}`]),
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
    ...(report.bestNet.length === 0
      ? []
      : [
          `<h2>${say('bestNet')}</h2>${rankedTable(report.bestNet)}`,
          `<h2>${say('worstNet')}</h2>${rankedTable(report.worstNet)}`,
        ]),
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
    ...(source.models === undefined
      ? []
      : [
          `<h2>${say('models')}</h2>`,
          grid(
            [say('slot'), say('model'), say('customers')],
            source.models.map((each) => [escapeHtml(each.slot), each.modelHash.slice(0, 12), money(each.customers)]),
          ),
        ]),
    ...(source.unscored === undefined ? [] : [`<p>${money(source.unscored)} ${say('unscored')}</p>`]),
    `<h2>${say('sources')}</h2>${sourcesLine(
      {
        report: report.reportId,
        model: source.modelHash,
        snapshot: source.snapshotId,
        scores: source.scores,
        assumptions: report.assumptions,
      },
      language,
    )}`,
  ];
  return htmlPage(language, say('title'), REPORT_STYLE, body.join(''));
}

function changeTable(
  { asOf, customers, exposure, expectedLoss, meanPd, riskIndex, classShares, openWarnings }: ReportChange,
  say: (word: PortfolioWord) => string,
): string {
  const points = (share: number | null): string =>
    signed(share, (of) => `${(100 * of).toFixed(2)} ${say('percentagePoints')}`);
  const rows = [
    [say('customers'), signed(customers, money)],
    [say('exposure'), signed(exposure, money)],
    [say('expectedLoss'), signed(expectedLoss, money)],
    [say('meanPd'), points(meanPd)],
    [say('riskIndex'), signed(riskIndex, (of) => of.toFixed(1))],
    ...classShares.map(({ name, share }) => [`${say('shareOfClass')} ${say(name)}`, points(share)]),
    ...(openWarnings === null ? [] : [[say('openWarnings'), signed(openWarnings, money)]]),
  ];
  return `<p class="note">${say('changeNote')} ${day(asOf)}</p>${grid(['', say('difference')], rows)}`;
}

function warningsTable(
  { warnings, customers, exposure, byLevel, byCode, notAcknowledged, overdue }: OpenWarnings,
  levelName: (level: WarningLevel) => string,
  say: (word: PortfolioWord) => string,
): string {
  const head = ['', say('warnings'), say('customers'), say('exposure')];
  const row = (name: string, part: Pick<OpenWarnings, 'warnings' | 'customers' | 'exposure'>): string[] => [
    name,
    money(part.warnings),
    money(part.customers),
    money(part.exposure),
  ];
  return (
    `<p class="note">${money(notAcknowledged)} ${say('notAcknowledged')}, ${money(overdue)} ${say('overdue')}</p>` +
    grid(head, [
      ...byLevel.map((part) => row(levelName(part.name), part)),
      row(`<b>${say('all')}</b>`, { warnings, customers, exposure }),
    ]) +
    (byCode.length === 0
      ? ''
      : grid(
          head,
          byCode.map((part) => row(escapeHtml(part.name), part)),
        ))
  );
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
