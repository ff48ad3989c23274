import type { Language } from '../../base/index.ts';
import { escapeHtml } from '../../models/validation/charts.ts';
import { grid, htmlPage, percent } from '../../models/validation/page-parts.ts';
import { hasExpired, type Texts, type WarningHandling } from '../../rating/index.ts';
import type { StoredCustomerReport } from '../../records/reports/index.ts';
import { CUSTOMER_WORDS, type CustomerWord } from './customer-words.ts';
import { sourcesLine } from './source-words.ts';
import { day, money, REPORT_STYLE, signed } from './style.ts';

/** A report on one customer as one self-contained, printable page; levels and countermeasures are named as the handling of warnings names them now. */
export function customerReportPage(
  report: StoredCustomerReport,
  handling: Pick<WarningHandling, 'levels' | 'measures'>,
  language: Language,
  /** What codes of warnings mean; those that are not here are told by their code alone. */
  meanings: { readonly [code: string]: Texts } = {},
): string {
  const say = (word: CustomerWord): string => CUSTOMER_WORDS[word][language];
  const named = (code: string): string =>
    code in CUSTOMER_WORDS ? CUSTOMER_WORDS[code as CustomerWord][language] : escapeHtml(code);
  const { rating, exposure, expectedLoss, riskIndex, change, migration, classShares, openWarnings } = report;
  // What has expired supports no limit.
  const limit = hasExpired(rating, report.asOf)
    ? say('expired')
    : `${money(rating.limit)} ${escapeHtml(rating.currency)}`;
  const headline = [
    [say('grade'), `${escapeHtml(rating.grade)}${rating.class === null ? '' : ` (${say(rating.class)})`}`],
    [say('pd'), percent(rating.pd, 2)],
    [say('score'), String(rating.score)],
    [say('exposure'), money(exposure)],
    [say('expectedLoss'), money(expectedLoss)],
    [say('riskIndex'), riskIndex === null ? '–' : riskIndex.toFixed(1)],
  ].map(([name, value]) => `<div><span>${name}</span><b>${value}</b></div>`);
  const measureName = (code: string): string =>
    handling.measures.find((each) => each.code === code)?.label[language] ?? code;
  const meaningOf = (code: string): string =>
    Object.hasOwn(meanings, code)
      ? `${escapeHtml(meanings[code]?.[language] ?? code)}<br><code>${escapeHtml(code)}</code>`
      : escapeHtml(code);
  const body = [
    `<p class="note">${say('customer')} ${escapeHtml(report.customerId)} · ${say('asOf')} ${escapeHtml(report.asOf.slice(0, 16).replace('T', ' '))} UTC</p>`,
    `<div class="headline">${headline.join('')}</div>`,
    `<p class="note">${say('riskIndexFormula')}</p>`,
    `<p>${say('decision')}: ${named(rating.outcome)} · ${say('limit')} ${limit} · ${say('validUntil')} ${day(rating.validUntil)}</p>`,
    `<h2>${say('change')}</h2>`,
    change === null
      ? `<p>${say('noChange')}</p>`
      : `<p class="note">${say('changeNote')} ${day(change.asOf)}</p>${grid(
          ['', say('difference')],
          [
            [say('grade'), `${escapeHtml(change.gradeBefore)} → ${escapeHtml(rating.grade)}`],
            [say('pd'), signed(change.pd, (of) => `${(100 * of).toFixed(2)} ${say('percentagePoints')}`)],
            [say('exposure'), signed(change.exposure, money)],
            [say('expectedLoss'), signed(change.expectedLoss, money)],
            [say('riskIndex'), signed(change.riskIndex, (of) => of.toFixed(1))],
            [say('openWarnings'), signed(change.openWarnings, money)],
          ],
        )}`,
    `<h2>${say('openWarnings')}</h2>`,
    openWarnings.length === 0
      ? `<p>${say('none')}</p>`
      : grid(
          [say('level'), say('code'), say('since'), say('owner'), say('closeBy'), say('measures')],
          openWarnings.map(({ level, code, openedAt, owner, closeBy, measures, sharedBy }) => [
            escapeHtml(handling.levels[level].label[language]),
            sharedBy === undefined ? meaningOf(code) : `${meaningOf(code)}<br>${say('sharedBy')} ${sharedBy}`,
            day(openedAt),
            owner === null ? '–' : escapeHtml(owner),
            day(closeBy),
            measures.map((each) => `${escapeHtml(measureName(each.code))} (${named(each.state)})`).join('<br>'),
          ]),
        ),
    `<h2>${say('topExposures')}</h2>`,
    report.topExposures.length === 0
      ? `<p>${say('notKnown')}</p>`
      : grid(
          ['', say('amount')],
          report.topExposures.map(({ name, amount }) => [named(name), money(amount)]),
        ),
    `<h2>${say('history')}</h2>`,
    `<p class="note">${migration.worse} ${say('worse')}, ${migration.better} ${say('better')}; ${classShares
      .map(({ name, share }) => `${say(name)} ${percent(share, 0)}`)
      .join(', ')}</p>`,
    grid(
      [say('on'), say('grade'), say('pd'), say('score'), say('decision'), say('limit')],
      report.history.map(({ at, grade, pd, score, outcome, limit }) => [
        day(at),
        escapeHtml(grade),
        percent(pd, 2),
        String(score),
        named(outcome),
        money(limit),
      ]),
    ),
    sourcesLine({ report: report.reportId, rating: rating.ratingId }, language),
  ];
  return htmlPage(language, say('title'), REPORT_STYLE, body.join(''));
}
